"""Links for the class, and the plan of a class."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg import SETTINGS, Experiment, Loss, Optimizer
from linreg.analysis.theory import alternation, stability_limit
from linreg.engines.replay import replayed
from linreg.lesson.class_plan import CONNECTING, LESSONS, MINUTES
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


def test_the_class_takes_45_minutes_in_at_least_ten_lessons() -> None:
    """After five minutes to connect; each has something to look for, and the answer."""
    assert len(LESSONS) >= 10
    assert MINUTES == 45
    assert CONNECTING == 5
    assert all(lesson.says and lesson.look_for and lesson.answer for lesson in LESSONS)
    assert len({lesson.title for lesson in LESSONS}) == len(LESSONS)


def test_what_the_lessons_say_is_so() -> None:
    """Also in the answers, where the numbers are those of the runs."""
    runs = {lesson.title: replayed(lesson.experiment) for lesson in LESSONS if not lesson.page}
    bias = runs["The model never sees the true line"].history.bias
    assert bias[40] == bias.max() == pytest.approx(0.3868, abs=5e-5)
    idle, slow = (
        alternation(runs[title].history)
        for title in ("884 epochs for nothing", "A smaller rate is not only slower")
    )
    assert idle is not None
    assert slow is not None
    assert idle.first_epoch == 1000 - 884 == 116
    assert idle.train == pytest.approx((0.00126, 0.01026), abs=5e-6)
    assert sum(idle.train) / sum(slow.train) == pytest.approx(10, rel=1e-2)
    assert runs["A schedule ends the alternation"].history.train_loss[-1] < 9.5e-6
    too_fast = runs["A larger rate"].history
    assert too_fast.train_loss[-1] == pytest.approx(1e14, rel=0.1)
    assert stability_limit(Experiment(loss=Loss.MSE)) == pytest.approx(0.8625, abs=5e-5)
    valley = runs["Momentum goes past the minimum"].history
    assert valley.bias[6] == valley.bias.max() == pytest.approx(0.588, abs=5e-4)
    shuffled = runs["Extrapolation is not overfitting"].history
    for run, train_loss, test_loss in (
        (shuffled, 0.0492, 0.0489),
        (runs["The model never sees the true line"].history, 0.0248, 0.0569),
    ):
        assert run.train_loss[-1] == pytest.approx(train_loss, abs=5e-5)
        assert run.test_loss[-1] == pytest.approx(test_loss, abs=5e-5)


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


def test_the_lesson_on_momentum_uses_it() -> None:
    """The title names the optimizer that its experiment has."""
    [momentum] = [lesson for lesson in LESSONS if "Momentum" in lesson.title]
    assert momentum.experiment.optimizer is Optimizer.MOMENTUM
