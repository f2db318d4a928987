"""Everything that knows Streamlit. The pages are in `screens`. Nothing here imports PyTorch."""
