"""The steps that a teacher takes in a room: buttons that say their key, and what they do."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

from linreg.board.refusals import BoardRefusal, BoardUnavailable
from linreg.ui.state import keys
from linreg.ui.state.session import Hosting, session
from linreg.ui.work.board import class_board

if TYPE_CHECKING:
    from linreg.board.store import Board

Action = Callable[["Board", str, str], object]


def look(hosting: Hosting, max_age: float = 0.0) -> dict[str, Any]:
    """Return the room as its host sees it, at most `max_age` seconds old.

    Raises:
        BoardRefusal: there is no such room any more. BoardUnavailable: the database fails.
    """
    return class_board().host_state(hosting.code, hosting.secret, max_age)


def take(action: Action) -> bool:
    """Take a step in the session's room; return whether it was not refused.

    For use in a callback. A refusal is remembered for the page.
    """
    hosting = session().hosting
    if hosting is None:
        return False
    hosting.said = ""
    try:
        action(class_board(), hosting.code, hosting.secret)
    except (BoardRefusal, BoardUnavailable) as failure:
        hosting.said = str(failure)
    return not hosting.said


def step(
    label: str,
    key: str,
    icon: str,
    on_click: Callable[[], Any],
    *,
    primary: bool = False,
    allowed: bool = True,
) -> bool:
    """Show the button of a step with its key; return whether it was pressed.

    A step that is not allowed now keeps its place, so that no other button moves there.
    """
    return st.button(
        label,
        key=keys.one_of(keys.CLASS_STEP, key),
        icon=f":material/{icon}:",
        shortcut=key,
        type="primary" if primary and allowed else "secondary",
        disabled=not allowed,
        on_click=on_click,
    )


def pause_step(seen: dict[str, Any]) -> None:
    """Show the button that pauses everybody's screen, or lets them go on."""
    paused = not seen["paused"]
    step(
        "Pause everybody" if paused else "End the pause",
        "u",
        "pause" if paused else "play_arrow",
        lambda: take(lambda board, code, secret: board.pause(code, secret, paused)),
    )


def let_go_step(seen: dict[str, Any]) -> None:
    """Show the button that lets the class go, which is allowed while it is called to a page."""
    step(
        "Let them go",
        "l",
        "directions_walk",
        lambda: take(lambda board, code, secret: board.bring(code, secret, None)),
        allowed=bool(seen["bring"]),
    )
