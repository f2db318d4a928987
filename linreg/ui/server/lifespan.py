"""From the server's start to its end: it listens first, and gets ready beside.

PyTorch takes longer to import than all else together, and meanwhile the first visitor's browser
fetches its scripts. So nothing that imports PyTorch is imported here before the server listens.
"""

import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from streamlit.logger import get_logger

from linreg.ui.browser.assets import served

LOG = get_logger("linreg")

ready = threading.Event()  # all that pages need has been imported, or nobody imports it beside
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
        from linreg.ui import frame  # noqa: F401, PLC0415
        from linreg.ui.server.warm_up import keep_warm, warm_up  # noqa: PLC0415
    except Exception:
        LOG.exception("The server ends, since it could not import what every page needs")
        os._exit(1)  # listening, it would be taken for healthy; no session holds anything yet
    try:
        warm_up()
    except Exception:  # the first page does the same, or says what fails
        LOG.exception("The server could not warm up")
    ready.set()
    keep_warm(stop)
