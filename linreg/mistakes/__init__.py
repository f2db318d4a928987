"""The bug hunt: classic mistakes run for real, and the evidence that each leaves."""
