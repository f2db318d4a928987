"""Computing for all sessions: cache, queue, measurement, budget, log."""
