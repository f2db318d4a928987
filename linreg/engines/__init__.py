"""The same numbers sooner: one step traced and repeated, many models at once."""
