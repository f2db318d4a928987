"""A room against a model in plain Python: whatever happens in whatever order, its counts agree."""

import shutil
import tempfile
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from linreg.board.refusals import BoardRefusal
from linreg.board.store import Board
from tests.support.boards import CHOICE, Clock

COUNTDOWN = 30.0


class RoomModel(RuleBasedStateMachine):
    """The board beside a dictionary of votes; calls go to either of two processes."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self.clock = Clock()
        self.boards = [self._board(), self._board()]
        self.tokens: list[str] = []
        self.nicknames: dict[str, str] = {}
        self.number, self.vote, self.state = 0, 0, "none"
        self.closes: float | None = None
        self.votes: list[dict[str, int]] = [{}, {}]
        self.seen_version = -1

    def _board(self) -> Board:
        return Board(f"sqlite:///{self.folder}/board.sqlite", self.clock)

    @initialize()
    def open_room(self) -> None:
        """A teacher opens the room."""
        self.room = self.boards[0].open_room()

    def _host(self, at: int, name: str, *arguments: Any) -> bool:
        """Do what the host does; return whether it was allowed."""
        try:
            getattr(self.boards[at], name)(self.room.code, self.room.host_secret, *arguments)
        except BoardRefusal as refused:
            return refused.status != 409  # any other status is wrong here
        return True

    @property
    def is_open(self) -> bool:
        """Whether the model's round takes answers."""
        return self.state == "open" and (self.closes is None or self.closes > self.clock.now)

    at = st.sampled_from([0, 1])
    counted = st.sampled_from([None, COUNTDOWN])

    @precondition(lambda self: len(self.tokens) < 6)
    @rule(at=at)
    def join(self, at: int) -> None:
        """A new device comes."""
        joined = self.boards[at].join(self.room.code)
        assert joined.nickname not in self.nicknames.values()
        self.tokens.append(joined.token)
        self.nicknames[joined.token] = joined.nickname

    @precondition(lambda self: self.tokens)
    @rule(at=at, data=st.data())
    def rejoin(self, at: int, data: st.DataObject) -> None:
        """A phone wakes up, or reloads."""
        token = data.draw(st.sampled_from(self.tokens))
        assert self.boards[at].join(self.room.code, token).nickname == self.nicknames[token]

    @rule(at=at, seconds=counted)
    def ask(self, at: int, seconds: float | None) -> None:
        """The teacher asks, perhaps too early."""
        assert self._host(at, "ask", CHOICE, seconds) == (not self.is_open)
        if not self.is_open:
            self.number, self.vote, self.state = self.number + 1, 1, "open"
            self.closes = None if seconds is None else self.clock.now + seconds
            self.votes = [{}, {}]

    @rule(at=at)
    def close_vote(self, at: int) -> None:
        """The teacher closes the vote, perhaps twice."""
        assert self._host(at, "close_vote") == self.is_open
        if self.is_open:
            self.state = "closed"

    @rule(at=at, seconds=counted)
    def vote_again(self, at: int, seconds: float | None) -> None:
        """The class has talked, and votes again."""
        allowed = self.state in ("open", "closed") and not self.is_open and self.vote == 1
        assert self._host(at, "vote_again", seconds) == allowed
        if allowed:
            self.vote, self.state = 2, "open"
            self.closes = None if seconds is None else self.clock.now + seconds

    @rule(at=at)
    def reveal(self, at: int) -> None:
        """The teacher shows the result."""
        allowed = self.state in ("open", "closed") and not self.is_open
        assert self._host(at, "reveal") == allowed
        if allowed:
            self.state = "revealed"

    @precondition(lambda self: self.tokens)
    @rule(at=at, value=st.integers(0, 2), late=st.booleans(), data=st.data())
    def answer(self, at: int, value: int, late: bool, data: st.DataObject) -> None:
        """A device answers this question or the one before."""
        token = data.draw(st.sampled_from(self.tokens))
        number = self.number - late
        try:
            counted = self.boards[at].answer(self.room.code, token, number, value)
        except BoardRefusal:
            counted = None
        assert (counted is not None) == (self.is_open and not late)
        if counted is None:
            return
        assert (counted.vote, counted.value) == (self.vote, value)
        self.votes[self.vote - 1][token] = value

    @rule(seconds=st.sampled_from([1.0, COUNTDOWN]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.clock.now += seconds

    @rule(at=at)
    def restart(self, at: int) -> None:
        """A process ends, and another one takes its place."""
        self.boards[at].close()
        self.boards[at] = self._board()

    @invariant()
    def everybody_sees_the_same(self) -> None:
        """Both processes show the model's round, and to each device its own answers."""
        states = [board.host_state(self.room.code, self.room.host_secret) for board in self.boards]
        assert states[0] == states[1]
        assert states[0]["participants"] == len(self.tokens)
        assert states[0]["version"] >= self.seen_version
        self.seen_version = states[0]["version"]
        shown = states[0]["round"]
        if self.state == "none":
            assert shown is None
            return
        closed = self.state == "open" and not self.is_open
        assert shown["state"] == ("closed" if closed else self.state)
        assert (shown["number"], shown["vote"]) == (self.number, self.vote)
        assert shown["answered"] == len(self.votes[self.vote - 1])
        if self.state == "revealed":
            counts = [[list(v.values()).count(i) for i in range(3)] for v in self.votes]
            assert shown["result"]["votes"] == counts
        for token in self.tokens:
            mine = self.boards[0].phone_state(self.room.code, token)["round"]["mine"]
            assert mine == [vote.get(token) for vote in self.votes]

    def teardown(self) -> None:
        """Close the file and remove it."""
        for board in self.boards:
            board.close()
        shutil.rmtree(self.folder)


TestRoomModel = RoomModel.TestCase
TestRoomModel.settings = settings(stateful_step_count=25)
