"""Files in and out: `.pth`, experiment file, history as CSV. Nothing in a file is ever run."""
