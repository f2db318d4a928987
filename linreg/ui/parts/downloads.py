"""A button that downloads a file: made when it is asked for, without a new run of the page."""

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
    """Offer a file.

    Arguments:
        label: what the button says. make: gives the file's content. name, mime: of the file.
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
