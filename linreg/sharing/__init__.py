"""Settings in an address: links, teacher's links, pinned runs. Knows no browser."""
