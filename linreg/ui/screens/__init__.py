"""The pages, one file each. From a folder named `pages`, Streamlit would make pages by itself."""
