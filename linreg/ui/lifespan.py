"""From the server's start to its end: it listens first, and gets ready beside.

PyTorch takes longer to import than all else together, and meanwhile the first visitor's browser
fetches its scripts. So nothing that imports PyTorch is imported here before the server listens.
"""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from streamlit.logger import get_logger

from linreg.ui.assets import served

ready = threading.Event()  # whatever a page needs has been imported, or nobody imports it beside
ready.set()


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Get ready, and keep the server so until it ends."""
    served.set()
    ready.clear()
    stop = threading.Event()
    threading.Thread(target=_prepare, args=(stop,), name="prepare", daemon=True).start()
    yield
    stop.set()


def _prepare(stop: threading.Event) -> None:
    try:
        from linreg.ui.warm_up import keep_warm, warm_up  # noqa: PLC0415

        warm_up()
    except Exception:  # the first page then does the same, or says what fails
        get_logger("linreg").exception("The server could not warm up")
        return
    finally:
        ready.set()
    keep_warm(stop)
