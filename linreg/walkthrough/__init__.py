"""The training loop line by line: every tensor, gradient and graph. No drawing."""
