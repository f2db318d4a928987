"""The training loop line by line, with every tensor, gradient and graph; draws nothing."""
