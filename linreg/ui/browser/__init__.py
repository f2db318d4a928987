"""Scripts and styles for the browser, and their addresses on the server."""
