"""The lesson's code as text: parts, cells, a script, a notebook. Nothing here runs it."""
