"""The kinds of setting, the named choices, and the devices of this machine. No training.

The settings themselves, with their ranges, are the fields of `linreg.core.experiment.Experiment`.
"""
