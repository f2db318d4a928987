"""What runs in the browser: scripts and styles, and their addresses on the server."""
