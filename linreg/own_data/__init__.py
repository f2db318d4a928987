"""A student's table as points: read, kept by a browser tab, brought to standard units."""
