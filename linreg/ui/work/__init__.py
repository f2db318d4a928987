"""What computes for all sessions: cache, queue, fall-back, measurement, budget, log."""
