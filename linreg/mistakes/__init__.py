"""The bug hunt: runs classic mistakes with PyTorch and describes what each one does."""
