"""Work that fails, by Streamlit's own test runner: a sentence, and the last picture stays."""

import logging
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import Mock

import pytest
import streamlit as st
import torch
from streamlit.testing.v1 import AppTest

from linreg import Experiment, train
from linreg.mistakes.catalog import BUGS
from linreg.settings.choices import Mistake
from linreg.sharing.pins import Pin, write_pin
from linreg.ui.work import cache
from linreg.ui.work.log import LOG
from tests.support.opened import failure_of, opened, run, shows, text_of, unopened

BAD = 0.05  # the learning rate that fails
OUT_OF_MEMORY = (
    "[enforce fail at alloc_cpu.cpp:114] . DefaultCPUAllocator: can't allocate memory: you tried "
    "to allocate 400000000000 bytes. Error code 12 (Cannot allocate memory)"
)
LOST = 'CUDA error: device lost\nException raised at /pytorch/c10/cuda/CUDAException.cpp:41 "(...)"'
WORK = ("replayed", "bookmarks", "sweep", "run_mistake")


class Fault:
    """Makes work fail while it is on, and counts the failures."""

    def __init__(self) -> None:
        self.error: Exception | None = RuntimeError("the device is gone")
        self.fails: Callable[[Experiment], bool] = lambda experiment: experiment.lr == BAD
        self.met = 0

    def around(self, work: Callable[..., Any]) -> Callable[..., Any]:
        """The same work with the fault."""

        def faulty(experiment: Experiment, *rest: Any) -> Any:
            if self.error is not None and self.fails(experiment):
                self.met += 1
                raise self.error
            return work(experiment, *rest)

        return faulty


@pytest.fixture
def fault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fault]:
    """Work with a fault, and empty caches."""
    found = Fault()
    for name in WORK:
        monkeypatch.setattr(cache, name, found.around(getattr(cache, name)))
    st.cache_data.clear()
    yield found
    st.cache_data.clear()


def set_rate(app: AppTest, lr: float) -> AppTest:
    """Move the learning rate; no exception reaches the page."""
    app.select_slider(key="lr").set_value(lr)
    return again(app)


def again(app: AppTest) -> AppTest:
    """Run the page, which may say that something failed."""
    app.run()
    assert not app.exception
    return app


def learned(lr: float) -> str:
    """The final weight of an independent run, as the page writes it."""
    return f"{float(train(Experiment(lr=lr)).history.weight[-1]):.4f}"


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (MemoryError(), "Training ran out of memory. Use fewer epochs, fewer points"),
        (torch.OutOfMemoryError("CUDA out of memory. Tried"), "Training ran out of memory"),
        (RuntimeError(OUT_OF_MEMORY), "Training ran out of memory"),
        (RuntimeError(LOST), "Training failed: `RuntimeError: CUDA error: device lost`."),
        (OSError(28, "No space left on device", "/tmp/x/y"), "Training failed: `OSError`."),
        (KeyError("weight"), "Training failed: `KeyError: 'weight'`."),
    ],
)
def test_a_training_that_fails_is_one_sentence_and_the_last_picture_stays(
    fault: Fault, error: Exception, says: str
) -> None:
    """The controls keep their values, and the page names no file of the server."""
    fault.error = error
    app = opened(lr="0.02")
    before = picture(app)
    set_rate(app, BAD)
    assert failure_of(app).startswith(says)
    assert failure_of(app).endswith("The page shows the last settings that worked.")
    assert len(app.error) == 1
    assert picture(app) == before
    assert learned(0.02) in before[0]
    assert app.select_slider(key="lr").value == BAD
    assert fault.met == 1


def test_what_failed_is_tried_again_when_a_setting_changes(fault: Fault) -> None:
    """It is not repeated with the same settings; with others the new page is complete."""
    app = set_rate(opened(), BAD)
    app.segmented_control(key="scale").set_value("log")
    again(app)
    assert failure_of(app)
    assert fault.met == 1
    fault.error = None
    set_rate(app, 0.1)
    assert not failure_of(app)
    shows(app, learned(0.1))
    set_rate(app, BAD)
    assert not failure_of(app)
    shows(app, learned(BAD))


def test_a_press_tries_again(fault: Fault) -> None:
    """With the same settings it fails once more; then the device works again."""
    app = set_rate(opened(), BAD)
    app.button(key="try again").click()
    again(app)
    assert failure_of(app)
    assert fault.met == 2
    fault.error = None
    app.button(key="try again").click()
    run(app)
    shows(app, learned(BAD))


def test_a_first_visit_that_fails_has_a_sentence_and_all_controls(fault: Fault) -> None:
    """There is no earlier picture; the first comes when a setting changes."""
    app = again(unopened(lr=str(BAD)))
    assert failure_of(app) == (
        "Training failed: `RuntimeError: the device is gone`. Change a setting, or try again."
    )
    assert app.select_slider(key="lr").value == BAD
    assert fault.met == 1
    run(set_rate(app, 0.02))
    shows(app, learned(0.02))


def test_the_last_picture_is_there_when_the_cache_has_let_it_go(fault: Fault) -> None:
    """Also when no work succeeds any more."""
    app = opened(lr="0.02")
    before = text_of(app)
    fault.fails = lambda experiment: True
    st.cache_data.clear()
    set_rate(app, BAD)
    assert failure_of(app)
    assert text_of(app) == before
    set_rate(app, 0.02)  # known to the session, so this is no failure
    assert not failure_of(app)
    assert text_of(app) == before


@pytest.mark.parametrize("page", ["", "lesson", "loop", "tune", "challenges", "save_and_load"])
def test_each_page_that_trains_keeps_its_last_picture(fault: Fault, page: str) -> None:
    """Everything else stays as before, below the sentence, until that is gone."""
    app = opened(page, part="whole") if page == "lesson" else opened(page)
    before = picture(app)
    fault.error = MemoryError()
    fault.fails = lambda experiment: experiment.weight == 0.5
    app.slider(key="weight").set_value(0.5)
    again(app)
    assert "ran out of memory" in failure_of(app)
    assert picture(app) == before
    fault.error = None
    app.button(key="try again").click()
    run(app)
    if page != "save_and_load":  # where all that depends on it is in the files
        assert picture(app) != before


def picture(app: AppTest) -> tuple[str, list[str]]:
    """All text and all charts."""
    return text_of(app), [chart.proto.spec for chart in app.get("plotly_chart")]


@pytest.mark.parametrize(
    ("page", "says"),
    [("loop", "Placing bookmarks failed"), ("tune", "Training all rates failed")],
)
def test_other_work_that_fails_is_named_on_a_first_visit(
    fault: Fault, page: str, says: str
) -> None:
    """Another page's run is not shown here; the title and the controls are there."""
    app = opened()
    fault.fails = lambda experiment: True
    again(app.switch_page(f"screens/{page}.py"))
    assert failure_of(app).startswith(f"{says}: `RuntimeError: the device is gone`.")
    assert app.title[0].value
    again(app.switch_page("screens/playground.py"))
    assert not failure_of(app)


def test_wrong_code_that_cannot_be_run_is_not_taken_for_its_mistake(
    fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PyTorch's errors are evidence; only a lack of memory is a failure of the page."""
    app = opened("bug_hunt")
    app.selectbox(key="mistake").set_value(Mistake.NO_ZERO_GRAD)
    run(app)
    [guess] = [radio for radio in app.radio if "Predict first" in radio.label]
    guess.set_value(BUGS[Mistake.NO_ZERO_GRAD].symptom)
    monkeypatch.setattr(cache, "run_mistake", Mock(side_effect=MemoryError))
    again(app)
    assert failure_of(app).startswith("Training wrong code ran out of memory")
    assert "PyTorch raises:" not in text_of(app)


def test_a_pinned_run_that_fails_can_be_let_go(fault: Fault) -> None:
    """The rest of the page is there, and the sentence is in the section of compared runs."""
    app = opened("tune", pin=write_pin(Pin(name="bad", experiment=Experiment(lr=BAD))))
    [said] = [error.value for error in app.error]
    assert said.endswith("Unpin that run, or change a setting to try it again.")
    shows(app, "(exact)")
    next(b for b in app.button if (b.key or "").startswith("unpin ")).click()
    run(app)
    shows(app, "Nothing is pinned yet")
    assert not app.error


def test_an_error_in_drawing_is_a_sentence_too(
    fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For any exception the server's log has the traceback, and the page has none."""
    app = opened(lr="0.02")
    before = text_of(app)

    def fail(run: Any) -> None:
        if run.experiment.lr != 0.02:
            raise MemoryError

    monkeypatch.setattr("linreg.ui.parts.report.divergence", fail)
    set_rate(app, 0.1)
    assert failure_of(app).startswith("This page ran out of memory")
    monkeypatch.undo()
    set_rate(app, 0.02)
    assert text_of(app) == before


def test_the_log_has_the_traceback_and_the_settings(
    fault: Fault, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One entry for the failure, with the exception that was raised."""
    monkeypatch.setattr(LOG, "handlers", [caplog.handler])
    set_rate(opened(), BAD)
    [failed] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert failed.getMessage() == f"Training: lr={BAD} on cpu failed"
    assert failed.exc_info is not None
    assert failed.exc_info[1] is fault.error
