"""A button that downloads a file; a click makes the file without a new run of the page."""

from collections.abc import Callable

import streamlit as st

from linreg.ui.state import keys


def download(
    label: str,
    make: Callable[[], str | bytes],
    name: str,
    mime: str,
    icon: str = ":material/download:",
) -> None:
    """Show the download button of a file.

    Arguments:
        label: of the button. make: returns the file's content. name, mime: of the file.
    """
    st.download_button(
        label,
        data=make,
        file_name=name,
        mime=mime,
        on_click="ignore",
        icon=icon,
        key=keys.one_of(keys.DOWNLOAD, name),
    )
