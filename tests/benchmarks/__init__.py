"""Measurements, run by hand; none decides whether the tests pass."""
