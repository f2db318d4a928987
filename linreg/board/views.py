"""What a phone and the projector may see of a room, ready for JSON."""

import secrets
from typing import Any

from linreg.board.leading import CLOSED, OPEN, REVEALED
from linreg.board.names import digest
from linreg.board.questions import Question, shows_rates
from linreg.board.refusals import NO_ROOM, NOT_HERE, NOT_THE_HOST, BoardRefusal
from linreg.board.snapshot import Round, Snapshot, has_run_out


def check_host(kept: str, secret: str) -> None:
    """Refuse a secret that has not the hash that was kept."""
    if not secrets.compare_digest(kept, digest(secret)):
        raise BoardRefusal(403, NOT_THE_HOST)


def phone_view(room: Snapshot | None, token: str, now: float) -> dict[str, Any]:
    """Return what the participant with this token may see."""
    if room is None:
        raise BoardRefusal(404, NO_ROOM)
    me = room.participants.get(digest(token))
    if me is None:
        raise BoardRefusal(403, NOT_HERE)
    state = _shared(room, now) | {"nickname": me.nickname}
    if room.round is not None:
        state["round"]["mine"] = [vote.get(me.id) for vote in room.round.answers]
    return state


def chosen_rates(room: Snapshot | None, token: str, now: float) -> tuple[Question, list[float]]:
    """Return the question whose answers were learning rates, and those of its last vote, ascending.

    Once they are revealed, if their runs are shown.
    """
    asked = phone_view(room, token, now)["round"]
    if room is None or room.round is None or not shows_rates(asked):
        raise BoardRefusal(409, "There are no runs to watch now.")
    last = next(vote for vote in reversed(room.round.answers) if vote)
    return room.round.question, sorted(last.values())


def host_view(room: Snapshot | None, secret: str, now: float) -> dict[str, Any]:
    """Return what the projector may show; single answers only once they are revealed."""
    if room is None:
        raise BoardRefusal(404, NO_ROOM)
    check_host(room.secret, secret)
    state = _shared(room, now)
    state |= {"participants": len(room.participants), "challenges": room.challenges}
    if room.round is not None:
        state["round"]["link"] = room.round.question.link
    if room.round is not None and room.round.state == REVEALED:
        state["round"]["values"] = [sorted(vote.values()) for vote in room.round.answers]
    return state


def _shared(room: Snapshot, now: float) -> dict[str, Any]:
    return {
        "version": room.version_at(now),
        "paused": room.paused,
        "bring": room.bring,
        "expires_in": max(0.0, room.expires - now),
        "round": None if room.round is None else _round(room, room.round, now),
    }


def _round(room: Snapshot, asked: Round, now: float) -> dict[str, Any]:
    question = asked.question
    is_open = asked.state == OPEN and not has_run_out(asked, now)
    leave = None if asked.closes is None or not is_open else round(asked.closes - now, 1)
    return {
        "number": asked.number,
        "vote": asked.vote,
        "state": CLOSED if asked.state == OPEN and not is_open else asked.state,
        "text": question.text,
        "kind": question.kind,
        "options": question.options,
        "setting": question.setting,
        "low": question.low,
        "high": question.high,
        "stops": question.stops,
        "closes_in": leave,
        "answered": len(asked.answers[asked.vote - 1]),
        "present": max(room.present, len(asked.answers[asked.vote - 1])),
        "result": asked.result,
    }
