"""What one session holds: settings, widget keys, pins, own data, the last page. No page layout."""
