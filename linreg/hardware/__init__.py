"""The time of an epoch on each device, and how many rows make a GPU faster. No drawing."""
