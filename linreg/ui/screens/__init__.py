"""The pages, one file each. A folder named `pages` Streamlit would take as pages by itself."""
