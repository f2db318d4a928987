"""What can be set: the kinds of setting, the choices by name, the devices. No training."""
