"""Answers that come at once are stored together, and each sender learns of its own."""

import asyncio
from collections.abc import Sequence

import pytest

from linreg.board.exchanged import Answered, Sent
from linreg.board.refusals import BoardRefusal, BoardUnavailable
from linreg.ui.server import answer_queue
from linreg.ui.server.answer_queue import AnswerQueue
from tests.support.coroutines import result_of


class Store:
    """A store whose writes wait until they may end."""

    def __init__(self) -> None:
        self.written: list[tuple[str, list[str]]] = []
        self.may_end = asyncio.Event()

    async def write(self, code: str, sent: Sequence[Sent]) -> list[Answered | BoardRefusal]:
        """Count what is a number, and refuse the rest."""
        self.written.append((code, [each.token for each in sent]))
        await self.may_end.wait()
        if any(each.token == "failure" for each in sent):
            raise BoardUnavailable("The database does not answer.")
        return [
            Answered(round=each.number, vote=1, value=each.value)
            if isinstance(each.value, float)
            else BoardRefusal(400, f"{each.token}: no number.")
            for each in sent
        ]


def sent(token: str, value: object = 1.0) -> Sent:
    """An answer to the first question."""
    return Sent(token=token, number=1, value=value)


def test_answers_wait_for_the_one_before_and_then_go_together() -> None:
    """Room by room, in their order; what is refused or fails concerns no other."""

    async def vote() -> tuple[Store, list[object]]:
        store = Store()
        queue = AnswerQueue(store.write)
        coming = [("R", sent("a")), ("R", sent("b", 2.0)), ("R", sent("c", "x")), ("S", sent("d"))]
        tasks = [asyncio.ensure_future(queue.answer(code, each)) for code, each in coming]
        await asyncio.sleep(0)
        gone = asyncio.ensure_future(queue.answer("R", sent("gone")))
        await asyncio.sleep(0)
        tasks += [asyncio.ensure_future(queue.answer("S", sent("failure")))]
        await asyncio.sleep(0)
        gone.cancel()
        store.may_end.set()
        return store, await asyncio.gather(*tasks, return_exceptions=True)

    store, found = result_of(vote())
    by_room = {
        code: [t for c, tokens in store.written if c == code for t in tokens] for code in "RS"
    }
    assert by_room == {"R": ["a", "b", "c", "gone"], "S": ["d", "failure"]}
    assert len(store.written) < 6
    assert [each.value for each in found if isinstance(each, Answered)] == [1.0, 2.0, 1.0]
    assert [str(each) for each in found if isinstance(each, BoardRefusal)] == ["c: no number."]
    assert isinstance(found[-1], BoardUnavailable)


def test_a_room_takes_so_many_waiting_answers_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The others are told to come again."""
    monkeypatch.setattr(answer_queue, "MOST_WAITING", 3)

    async def vote() -> list[object]:
        store = Store()
        queue = AnswerQueue(store.write)
        first = asyncio.ensure_future(queue.answer("R", sent("first")))
        while not store.written:
            await asyncio.sleep(0)
        rest = [asyncio.ensure_future(queue.answer("R", sent(f"{i}"))) for i in range(5)]
        await asyncio.sleep(0)
        store.may_end.set()
        return await asyncio.gather(first, *rest, return_exceptions=True)

    found = result_of(vote())
    assert [isinstance(each, Answered) for each in found] == [True] * 4 + [False] * 2
    assert all(each.status == 503 for each in found if isinstance(each, BoardRefusal))
