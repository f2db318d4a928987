"""Who is in a room, as the routes note it."""

import asyncio
from unittest.mock import Mock

import pytest

from linreg.ui.server import presence
from linreg.ui.server.board_lookup import BoardLookup
from linreg.ui.server.presence import Presence
from tests.support.coroutines import result_of


def test_the_first_who_asks_after_a_silence_tells_the_board_that_the_server_was_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Be it a phone or the projector; nobody else does, until there is a silence again."""
    board = Mock()

    async def visit(*tokens: str | None) -> int:
        for token in tokens:
            noted.hear_of(board, "BCDFG", token)
        await asyncio.gather(*noted._tasks)
        return int(board.welcome_back.call_count)

    for first in ("a token", None):
        board.reset_mock()
        noted = Presence(BoardLookup())
        assert result_of(visit(first, "another", None)) == 1
        monkeypatch.setattr(presence, "SILENCE", 0.0)
        assert result_of(visit("a token")) == 2
        monkeypatch.undo()
    board.hear_of.assert_not_called()
