"""The kinds of setting, the named choices, and the devices of this machine. No training."""
