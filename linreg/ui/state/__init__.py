"""What one session holds: settings, own data, pins, address, last complete page. No layout."""
