"""The rooms as this process saw them last, so that phones that ask cost nothing."""

import math
import threading
from collections.abc import Callable, Mapping
from typing import Any

from linreg.board.database import FAILED, WAIT, Database
from linreg.board.exchanged import Answered
from linreg.board.names import clean_code
from linreg.board.questions import Question
from linreg.board.refusals import BoardUnavailable
from linreg.board.snapshot import Snapshot, load
from linreg.board.views import chosen_rates, host_view, phone_view

MOST_KEPT = 2_000  # codes, of rooms or of none
UNUSED = 600.0  # seconds
_NEVER = None, -math.inf


class KeptRooms:
    """The last snapshot of each room that somebody asked for, with the time when it was taken."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._now = clock
        self._kept: dict[str, tuple[Snapshot | None, float]] = {}
        self._loading = threading.Lock()
        self._changing = threading.Lock()

    def look(self, code: str, max_age: float) -> Snapshot | None:
        """Return the room, at most `max_age` seconds old; None if there is none."""
        code = clean_code(code)
        if code and not self.is_fresh(code, max_age):
            self._load_once(code, max_age)
        return self.known(code)

    def known(self, code: str) -> Snapshot | None:
        """Return the room as it was seen last, if its time is not over; asks no database."""
        room = self._kept.get(clean_code(code), _NEVER)[0]
        return room if _lasts(room, self._now()) else None

    def is_fresh(self, code: str, max_age: float) -> bool:
        """Return whether what is kept, a room or that there is none, is less than `max_age` old."""
        return 0 <= self._now() - self._kept.get(code, _NEVER)[1] < max_age

    def make_stale(self, code: str) -> None:
        """Let the next look ask the database, since the room has changed."""
        with self._changing:
            self._kept[code] = self._kept.get(code, _NEVER)[0], self._long_ago()

    def count(self, code: str, version: int, counted: Mapping[str, Answered]) -> None:
        """Add answers, by the hash of the token, which made the next version of the room.

        Thus nobody reads the room again while a class answers. If this version is not the kept one,
        others have changed the room too, and the next look asks the database.
        """
        with self._changing:
            room = self._kept.get(code, _NEVER)[0]
            new = room.with_answers(counted) if room and room.version == version else None
            self._kept[code] = (new, self._now()) if new else (room, self._long_ago())

    def forget_unused(self) -> None:
        """Drop what nobody has asked for in a while, so that no ended room stays in memory."""
        now = self._now()
        with self._changing:  # else a room that is stored meanwhile would be lost
            self._kept = {at: of for at, of in self._kept.items() if now - of[1] < UNUSED}

    def phone_view(self, code: str, token: str) -> dict[str, Any]:
        """Return what a participant may see of the room as it was seen last."""
        return phone_view(self.known(code), token, self._now())

    def chosen_rates(self, code: str, token: str) -> tuple[Question, list[float]]:
        """Return a revealed question about learning rates, and what the class chose."""
        return chosen_rates(self.known(code), token, self._now())

    def host_view(self, code: str, secret: str) -> dict[str, Any]:
        """Return what the projector may show of the room as it was seen last."""
        return host_view(self.known(code), secret, self._now())

    def _long_ago(self) -> float:
        """Return a time at which nothing is fresh, though not yet unused."""
        return self._now() - UNUSED / 2

    def _load_once(self, code: str, max_age: float) -> None:
        """Ask the database; of many who ask at once, the first does it for all."""
        if not self._loading.acquire(timeout=WAIT):
            raise BoardUnavailable(FAILED)
        try:
            if not self.is_fresh(code, max_age):
                self._load(code)
        finally:
            self._loading.release()

    def _load(self, code: str) -> None:
        now, room, before = self._now(), None, self._kept.get(code)
        if self._database.is_made:
            with self._database.reading() as connection:
                room = load(connection, code, now, self.known(code))
        with self._changing:
            if len(self._kept) >= MOST_KEPT:  # by guessed codes
                self._kept = {at: of for at, of in self._kept.items() if _lasts(of[0], now)}
            kept = self._kept.get(code)
            if kept is before:
                self._kept[code] = room, now
            elif kept is None or kept[0] is None or (before and kept[0] is before[0]):
                self._kept[code] = room, self._long_ago()  # it was dropped, or has changed since


def _lasts(room: Snapshot | None, now: float) -> bool:
    return room is not None and room.expires > now
