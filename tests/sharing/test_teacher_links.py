"""Links for the class, and the plan of a class."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg import SETTINGS, Experiment, Loss
from linreg.lesson.class_plan import LESSONS
from linreg.lesson.printed_pages import guide_html
from linreg.mistakes.puzzles import open_token
from linreg.sharing.address import read_address, settle
from linreg.sharing.teacher_links import iframe, read_names, write_link
from linreg.ui.state.pages import PATHS
from linreg.ui.state.view import LOOP, OPENING, SCREEN, VIEW

BASE = "http://192.0.2.7:8501/"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.title)
def test_a_lessons_link_brings_its_experiment(lesson: object) -> None:
    """Read as the app reads it, it gives the same settings and needs no correction."""
    link = urlsplit(
        write_link(BASE, lesson.experiment, page=lesson.page, view=dict(lesson.view))  # type: ignore[attr-defined]
    )
    parameters = parse_qs(link.query)
    for token in parameters.pop("mystery", []):
        assert open_token(token)
    reading = read_address(parameters, {**SETTINGS, **VIEW, **SCREEN, **OPENING, **LOOP})
    run = {name: value for name, value in reading.values.items() if name in SETTINGS}
    assert reading.sentences == ()
    assert settle(run) == (lesson.experiment, ())  # type: ignore[attr-defined]
    assert link.path.strip("/") in ("", *PATHS)


def test_hidden_and_locked_names_survive_the_link() -> None:
    """In the order of the table, unknown ones left out."""
    link = write_link(BASE, Experiment(lr=0.1), hide=("lr", "tune"), lock=("weight",))
    fields = parse_qs(urlsplit(link).query)
    known = ("weight", "lr", "tune")
    assert read_names(fields["hide"], known) == ("lr", "tune")
    assert read_names(fields["lock"], known) == ("weight",)
    assert fields["lr"] == ["0.1"]


@given(st.lists(st.text()))
def test_any_text_gives_known_names(texts: list[str]) -> None:
    """Unknown names are left out."""
    assert set(read_names(texts, ("lr", "tune"))) <= {"lr", "tune"}


def test_a_link_goes_into_an_iframe_as_text() -> None:
    """Ampersands are escaped, and the link uses Streamlit's embed mode."""
    text = iframe(write_link(BASE, Experiment(lr=0.1, loss=Loss.MSE)))
    assert "&amp;" in text
    assert "embed=true" in text
    assert iframe(BASE).count("?embed=true") == 1


def test_the_guide_lists_every_lesson_with_its_link_and_its_minutes() -> None:
    """From minute 0 to minute 45, as plain HTML that loads nothing."""
    links = tuple(f"{BASE}?lr={i}&x=<" for i in range(len(LESSONS)))
    page = guide_html(BASE, links, "Only here & now.")
    assert '<ol start="0"><li>' in page  # connecting is 0, so that step 1 is the app's step 1
    assert page.count("<li>") == page.count('class="segno"') == len(LESSONS) + 1
    assert page.count("<i>Answer:</i>") == len(LESSONS)
    assert page.count("<polyline") > 6
    assert len(page) < 300_000
    assert "Only here &amp; now." in page
    assert "Connect</b> (minute 0 to 5)" in page
    assert "to 45)" in page
    assert "&x=<" not in page
    assert "<script" not in page
    assert "src=" not in page
