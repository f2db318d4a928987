"""The link of a teacher that a student's panel asks for."""

import pytest

from linreg.ui.state import hosting


@pytest.mark.parametrize(
    ("sent", "taken"), [(None, []), ("", []), ("loop?lr=0.1", ["loop?lr=0.1"])]
)
def test_a_student_follows_a_link_and_not_its_absence(
    sent: object, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A component whose state was lost calls without one."""
    followed: list[str] = []
    monkeypatch.setattr(hosting, "sent_by", lambda *_: sent)
    monkeypatch.setattr(hosting, "take_place", followed.append)
    hosting.follow_teacher()
    assert followed == taken
