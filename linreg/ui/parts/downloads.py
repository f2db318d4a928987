"""A button that downloads a file; a click makes the file without a new run of the page."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from linreg.ui.state import keys

TYPES = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".pth": "application/octet-stream",
    ".py": "text/x-python",
    ".txt": "text/plain",
}


def download(
    name: str,
    make: Callable[[], str | bytes],
    label: str = "",
    icon: str = ":material/download:",
    help: str | None = None,  # noqa: A002  # Streamlit's name
) -> None:
    """Show the download button of a file.

    Arguments:
        name: of the file; its ending gives the type. make: returns the file's content.
        label: of the button; without it, the file's name. help: shown beside it.
    """
    st.download_button(
        label or name,
        data=make,
        file_name=name,
        mime=TYPES[Path(name).suffix],
        on_click="ignore",
        icon=icon,
        help=help,
        key=keys.one_of(keys.DOWNLOAD, name),
    )
