"""The web server: start and end, warm-up, cached static files, security headers. No pages."""
