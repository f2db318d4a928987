"""The live display of a room for the projector, and the links into the room."""

from typing import Any

import streamlit as st

from linreg.board.questions import shows_rates
from linreg.ui.browser.assets import SOURCES, loader, served
from linreg.ui.parts.app_address import app_address, local_only, qr_image
from linreg.ui.state import keys
from linreg.ui.state.pages import FOR_TEACHERS
from linreg.ui.state.session import Hosting

PAGE = "class_board"  # its path

_MISSING = (
    "A script of the app did not arrive, so the live display of the class is missing. Reload the "
    "page. If that does not help, tell whoever runs the server; HOSTING.md says where to look."
)
_CSS = "\n".join(
    (SOURCES / name).read_text(encoding="utf-8") for name in ("class_screen.css", "class_votes.css")
)

_screen = st.components.v2.component(
    "linreg_class", js=loader("class_screen.js", _MISSING), css=_CSS, isolate_styles=False
)


def secret_link(hosting: Hosting) -> str:
    """Return the link that leads the room from any browser; what is behind # is sent to nobody."""
    return f"{app_address(PAGE)}/{PAGE}#{hosting.code}.{hosting.secret}"


def join_link(code: str) -> str:
    """Return the link for phones."""
    return f"{app_address(PAGE)}/?room={code}&hide={'-'.join(FOR_TEACHERS)}"


def class_screen(hosting: Hosting, seen: dict[str, Any]) -> None:
    """Show the live display of a room; `seen` is its state as the host sees it."""
    if not served.is_set():
        return
    link = join_link(hosting.code)
    data = {
        "room": hosting.code,
        "secret": hosting.secret,
        "link": link.partition("&")[0],
        "qr": qr_image(link),
        "note": local_only(app_address(PAGE)),
        "state": seen,
        "stage": stage_of(seen),
        "instead": _instead(hosting, seen),
    }
    _screen(key=keys.CLASS_SCREEN, data=data, on_moved_change=lambda: None)


def _instead(hosting: Hosting, seen: dict[str, Any]) -> str:
    """Return what the page shows in place of the round, if anything."""
    if hosting.is_asking:
        return "asking"
    return "watching" if hosting.is_watching and shows_rates(seen["round"]) else ""


def is_pending(seen: dict[str, Any]) -> bool:
    """Return whether the answers are shown, and what the real runs tell is still to come."""
    return bool(((seen["round"] or {}).get("result") or {}).get("pending"))


def stage_of(seen: dict[str, Any]) -> str:
    """Return where the class is: number, vote and state of the round, and what it has solved."""
    asked, solved = seen["round"], sum(seen["challenges"].values())
    if not asked:
        return f"{solved}"
    state = "pending" if is_pending(seen) else asked["state"]
    return f"{asked['number']} {asked['vote']} {state} {solved}"
