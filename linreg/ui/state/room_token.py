"""The token by which a student's browser says which participant of the class's room it is."""

from linreg.board.names import LONGEST_TOKEN
from linreg.ui.state import keys
from linreg.ui.state.streamlit_internals import sent_by


def told_token() -> str:
    """Return the token that the browser has just sent, or ""; for use in a callback."""
    told = sent_by(keys.ROOM_SOLVED, "token")
    return told if isinstance(told, str) and len(told) <= LONGEST_TOKEN else ""
