"""The address of the app as this browser uses it, and its QR code."""

from functools import lru_cache
from urllib.parse import urlsplit

import segno
import streamlit as st


def app_address(page: str) -> str:
    """Return the address of the app that this browser used, without the path of the present page.

    A proxy's path for the app may end like another page.
    """
    url = urlsplit(st.context.url or "http://localhost:8501")
    path = url.path.rstrip("/").removesuffix(f"/{page}")
    return f"{url.scheme}://{url.netloc}{path}"


def local_only(base: str) -> str:
    """Return a sentence where other devices can't open the address; else ""."""
    if urlsplit(base).hostname not in ("localhost", "127.0.0.1", "::1"):
        return ""
    return (
        "This address works on this computer only. For other devices, open the app by its "
        "Network URL, which Streamlit prints at the start, and copy the link from there."
    )


@lru_cache(maxsize=64)
def qr_image(link: str) -> str:
    """Return the QR code of the link as the address of an image, black on white in any theme."""
    uri: str = segno.make(link, error="m", micro=False).svg_data_uri(
        border=4, dark="#000", light="#fff"
    )
    return uri


@lru_cache(maxsize=64)
def qr_code(link: str) -> str:
    """Return the QR code of the link as SVG, black on white in any theme."""
    image: str = segno.make(link, error="m", micro=False).svg_inline(
        scale=6, border=4, dark="#000", light="#fff"
    )
    return image
