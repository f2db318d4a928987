"""How long an epoch takes on each device, and from how many rows a GPU is faster. No drawing."""
