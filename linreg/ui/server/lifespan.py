"""The server's start and end: it listens at once, and prepares in a thread.

Importing PyTorch takes longer than all other imports together. Meanwhile the first visitor's
browser can fetch its scripts. So no module that imports PyTorch is imported before the server
listens.
"""

import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from streamlit.logger import get_logger

from linreg.ui.browser.assets import served
from linreg.ui.state.streamlit_internals import (
    call_no_other_host,
    describe_options_once,
    send_whole_pages,
)

LOG = get_logger("linreg")

ready = threading.Event()  # set when pages can import what they need without waiting for a thread
ready.set()


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Prepare the server in a thread, and stop that thread at the end."""
    call_no_other_host()
    describe_options_once()
    send_whole_pages()
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
        LOG.exception("The server stops, since it could not import what every page needs")
        os._exit(1)  # a listening server would look healthy; no session has data yet
    try:
        warm_up()
    except Exception:  # the first page does the same work, or shows what fails
        LOG.exception("The server could not warm up")
    ready.set()
    keep_warm(stop)
