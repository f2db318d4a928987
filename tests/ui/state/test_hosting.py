"""The link of a teacher that a student's panel asks for."""

from types import SimpleNamespace
from typing import Any

import pytest

from linreg.own_data.browser_copy import mark_of
from linreg.own_data.table import Pairs
from linreg.ui.state import hosting

OWN: Pairs = ((0.0, 1.0), (1.0, 2.0), (2.0, 4.0))
OTHER: Pairs = ((0.0, 5.0), (1.0, 4.0), (2.0, 2.0))
BACK = f"?lr=0.2&own={mark_of(OWN)}"


def followed(
    monkeypatch: pytest.MonkeyPatch, points: Pairs | None, *links: object
) -> tuple[list[Any], list[Any]]:
    """Follow these links, as a tab with these points; return what was taken, and its data then."""
    state = SimpleNamespace(points=points, standard=True, called_away=(None, False))
    taken: list[Any] = []
    data: list[Any] = []

    def take(link: str, *, points: Pairs | None = None) -> None:
        taken.append(link)
        state.points = points

    monkeypatch.setattr(hosting, "session", lambda: state)
    monkeypatch.setattr(hosting, "take_place", take)
    for link in links:
        monkeypatch.setattr(hosting, "sent_by", lambda *_, link=link: link)
        hosting.follow_teacher()
        data.append((state.points, state.standard))
    return taken, data


@pytest.mark.parametrize(
    ("sent", "taken"), [(None, []), ("", []), ("loop?lr=0.1", ["loop?lr=0.1"])]
)
def test_a_student_follows_a_link_and_not_its_absence(
    sent: object, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A component whose state was lost calls without one."""
    assert followed(monkeypatch, None, sent)[0] == taken


@pytest.mark.parametrize(
    ("points", "back"), [(OWN, (OWN, True)), (OTHER, (None, False)), (None, (None, False))]
)
def test_the_way_back_from_a_call_leads_to_the_own_data(
    points: Pairs | None, back: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To those that its link names, in their units; the teacher's page shows the line."""
    _, data = followed(monkeypatch, points, "loop?lr=0.1&call=1", "?call=2", BACK)
    assert data == [(None, False), (None, False), back]
