"""The part that the Lesson shows, and the moves of its buttons."""

import streamlit as st

from linreg.ui.state.view import LESSON, Chapter

PART = LESSON["chapter"].address


def shown_chapter() -> Chapter:
    """Return the part that the control shows."""
    return Chapter(st.session_state[PART])


def move_chapters(parts: int) -> None:
    """Move by some parts, back where negative, and stop at the ends; for use in a callback."""
    chapters = list(Chapter)
    there = chapters.index(shown_chapter()) + parts
    st.session_state[PART] = chapters[min(max(there, 0), len(chapters) - 1)]
