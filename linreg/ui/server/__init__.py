"""What serves the app: start, warm-up, files that never change, security headers. No page."""
