"""What devices and the board say to each other."""

from dataclasses import dataclass

HEARD_EVERY = 5.0  # seconds between two notes in the database of who is there


@dataclass(frozen=True, kw_only=True)
class Joined:
    """What a device keeps: its token, and the nickname that it was given."""

    token: str
    nickname: str


@dataclass(frozen=True, kw_only=True)
class Sent:
    """An answer as a device sends it: to this vote, or any, of the question with this number."""

    token: str
    number: int
    value: object
    vote: int | None = None


@dataclass(frozen=True, kw_only=True)
class Answered:
    """An answer that was counted."""

    round: int
    vote: int
    value: float
