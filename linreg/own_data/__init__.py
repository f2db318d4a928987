"""A student's table as points: read, kept by a browser tab, converted to standard units."""
