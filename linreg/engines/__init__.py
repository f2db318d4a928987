"""Faster ways to the numbers of `linreg.core`: a repeated recorded step, many models at once."""
