"""Hostile addresses, files and tables by Streamlit's own test runner: pages stay plain."""

import re
from itertools import cycle
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from linreg import SETTINGS, Experiment
from linreg.analysis import sweeps
from linreg.sharing.address import MOST_SENTENCES
from linreg.sharing.pins import Pin, write_pin
from tests.support.archives import program, state, tensor
from tests.support.hostile import EVIL, ONE, TEXTS, experiment_file
from tests.support.opened import opened, run, text_of
from tests.support.sentences import LONGEST_SENTENCE

# Those that show a run or its points.
PAGES = ("playground", "lesson", "loop", "tune", "bug_hunt", "challenges", "save_and_load")
LIVE = re.compile(r"!\[|\]\(|<\w|onerror|evil|\u202e|\u2066")  # outside code it would do something
# One for each thing that a page could do with a text; tests/test_hostile.py gives every text to
# every reader, and holds that it comes back between backticks only.
KINDS = (
    *("<img", "</code>", "![x]", "a|![]", "`![x]", "[x](java", "http", "$", ":red", "# x", "|a|b|"),
    *("``` x", "\\`", "\u202e", "\u200b", "\x00", "a" * 1000, "9" * 1000, "%s", "=cmd"),
)
SPECIAL = [next(text for text in TEXTS if text.startswith(kind)) for kind in KINDS]


def messages(app: AppTest) -> list[str]:
    """All messages on the page."""
    return [each.value for each in (*app.warning, *app.error, *app.info, *app.success)]


def switched(app: AppTest, key: str, on: bool) -> AppTest:
    """Turn a switch."""
    app.toggle(key=key).set_value(on)
    return run(app)


def outside_code(text: str) -> str:
    """Markdown without the text between backticks, which is plain."""
    return re.sub(r"`[^`\n]*`", "", text)


def assert_plain(app: AppTest) -> None:
    """Assert that the page shows what was sent only as plain text."""
    for text in (*messages(app), *(each.value for each in app.markdown)):
        cells = [cell for line in text.split("\n") for cell in _cells(line)]
        assert [cell for cell in cells if LIVE.search(outside_code(cell))] == []


def _cells(line: str) -> list[str]:
    """Markdown splits a table at its bars before it reads the cells."""
    return line.split("|") if line.startswith("|") else [line]


@pytest.mark.parametrize("text", SPECIAL)
def test_an_address_is_echoed_as_plain_text(text: str) -> None:
    """As a value, as a name, as the name of a pinned run and in its settings."""
    pin = f"{text}?lr={text}"
    app = opened(**{text: text}, lr=text, weight=text, loss=text, mystery=text, pin=pin)
    assert 2 < len(messages(app)) <= MOST_SENTENCES + 1  # weight=12 may be meant
    assert_plain(app)
    assert all(len(said) < LONGEST_SENTENCE for said in messages(app))


def test_an_address_of_many_faults_leaves_a_page_to_work_with() -> None:
    """A dozen sentences, one that counts the others, and the controls.

    Of more than a thousand parameters Streamlit itself keeps none.
    """
    pins: Any = [f"x?{n}=1&lr=x&weight=y" for n in range(8)]
    parameters = {f"x{n}": "1" for n in range(900)} | {"lr": "x", "seed": "y"}
    app = opened(pin=pins, **parameters)
    assert len(app.warning) == MOST_SENTENCES + 1
    assert app.select_slider(key="lr").value == 0.01


def test_the_keys_of_a_file_are_shown_as_plain_text() -> None:
    """In the table, in the lists of keys that do not fit, and in PyTorch's message."""
    app = opened("save_and_load")
    for number, text in enumerate(SPECIAL):
        tensors = {text: tensor(), "weights": tensor(shape=(1,) * 60, stride=(1,) * 60)}
        file = program(state(**tensors), _0=ONE)
        app.file_uploader(key="pth").set_value((f"{number}.pth", file, "application/octet-stream"))
        run(app)
        assert_plain(app)
        [table] = [m.value for m in app.markdown if "### What is in it" in m.value]
        rows = [line for line in table.split("\n") if line.startswith("| `")]
        assert {row.count("|") for row in rows} == {4}
        assert max(map(len, rows)) < 120


def test_the_name_of_a_file_is_in_no_message() -> None:
    """Only the control itself shows it, as text."""
    app = opened("save_and_load")
    name = f"![]({EVIL})<img src=x>.pth"
    app.file_uploader(key="pth").set_value((name, b"none", "application/octet-stream"))
    app.file_uploader(key="experiment").set_value((f"{name}.json", b"none", "application/json"))
    run(app)
    assert len(app.error) == 2
    assert_plain(app)


def test_a_table_is_echoed_as_plain_text() -> None:
    """Headers and cells, one table after another on the same page.

    (Each text in each place is in tests/test_hostile.py, without a page.)
    """
    app = opened("tune", epochs="1")
    tables = ('"{0}","{0}"\n1,2\n3,4', "1,2\n{0},4", "1,2\n3,{0},5")
    for text, table in zip(SPECIAL, cycle(tables), strict=False):
        app.text_area(key="pasted").set_value(table.replace("{0}", text))
        next(button for button in app.button if button.label == "Use the pasted rows").click()
        run(app)
        assert_plain(app)


def test_the_values_of_an_experiments_file_are_echoed_as_plain_text() -> None:
    """As a value of known settings, and as the name and value of an unknown one."""
    app = opened("save_and_load")
    for text in SPECIAL:
        file = experiment_file(lr=text, loss=text, **{text: text})
        app.file_uploader(key="experiment").set_value(("r.json", file, "application/json"))
        run(app)
        assert messages(app)
        assert_plain(app)
        assert all(len(said) < LONGEST_SENTENCE for said in messages(app))


def test_a_file_of_many_faults_gets_a_dozen_sentences_too() -> None:
    """And one that counts the others."""
    app = opened("save_and_load")
    file = experiment_file(**dict.fromkeys(SETTINGS, "x"))
    app.file_uploader(key="experiment").set_value(("r.json", file, "application/json"))
    run(app)
    assert len(app.warning) == MOST_SENTENCES + 1
    assert app.warning[-1].value == f"{len(SETTINGS) - MOST_SENTENCES} more corrections were made."


EXTREME = {
    "too large to be squared": [[1e300, 1], [2, 1e300], [3, 3], [4, 4]],
    "as large as may be": [[1e6, -1e6], [-1e6, 1e6], [0, 1e6], [1e6, 1e6]],
    "too close to be told apart": [[1e-300, 1e-300], [2e-300, 3e-300], [1e-310, 1]],
    "one x": [[1, 2], [1, 2], [1, 2], [1, 2]],
    "nothing but zero": [[0, 0]] * 5,
    "one row far off the others": [[0, 0], [1e-9, 1e-9], [0, 0], [1e-9, 0], [1e6, 1e6]],
}
LESSON: dict[str, Any] = {}
DIVERGES: dict[str, Any] = {"loss": "mse", "lr": 10.0, "model": "linear", "epochs": 40}


@pytest.mark.parametrize(
    ("name", "changes"),
    [*((name, DIVERGES) for name in EXTREME), *((name, LESSON) for name in list(EXTREME)[:2])],
)
def test_each_page_with_a_run_shows_extreme_points(name: str, changes: dict[str, Any]) -> None:
    """They come from a file; in original units, and on Tune in standard units too."""
    app = opened("save_and_load")
    file = experiment_file(points=EXTREME[name], **changes)
    app.file_uploader(key="experiment").set_value(("r.json", file, "application/json"))
    run(app)
    next(button for button in app.button if button.label == "Restore its settings").click()
    run(app)
    for page in PAGES:
        run(app.switch_page(f"screens/{page}.py"))
        if page == "playground" and changes:
            assert any(said.startswith("Training diverged") for said in messages(app))
        if page == "lesson":
            app.segmented_control(key="part").set_value("whole")
            run(app)
        if page == "tune" and app.session_state["linreg"].points is not None:
            for on in (True, False):
                switched(app, f"standard {app.session_state['linreg'].units_given}", on)


def test_points_too_large_for_own_data_give_way_to_the_line_with_a_sentence() -> None:
    """A file may have any numbers; those too large for a pasted table are not used."""
    app = opened("save_and_load")
    file = experiment_file(points=EXTREME["too large to be squared"])
    app.file_uploader(key="experiment").set_value(("r.json", file, "application/json"))
    run(app)
    allowed = "between -1,000,000 and 1,000,000"
    said = f"points has a number that is not {allowed}; the line is used."
    assert [warning.value for warning in app.warning] == [said]


@pytest.fixture
def little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page may train 250 steps in all, so that the tests are short."""
    monkeypatch.setattr("linreg.ui.work.budget.MOST_STEPS", 250)


@pytest.mark.usefixtures("little_room")
def test_the_optimizers_are_not_compared_where_that_is_too_much_work() -> None:
    """A sentence replaces the chart; the run itself is trained."""
    app = opened("tune", epochs="90")
    assert any(said.startswith("Three runs of 90 steps are too much") for said in messages(app))
    assert "learned, 90 epochs" in text_of(app)
    app.select_slider(key="epochs").set_value(80)
    run(app)
    assert not any("too much" in said for said in messages(app))


@pytest.mark.usefixtures("little_room")
def test_pinned_runs_that_are_too_much_work_are_named_and_can_be_let_go() -> None:
    """With 100 steps of the present run, one run of 90 steps fits, but not two."""
    pins = [Pin(name=f"run |{n}|", experiment=Experiment(epochs=90, seed=n)) for n in range(4)]
    app = opened("tune", pin=[write_pin(pin) for pin in pins])  # type: ignore[arg-type]
    [said] = [each for each in messages(app) if "left out" in each]
    assert r"left out: `'run \x7c1\x7c'`, `'run \x7c2\x7c'` and 1 more." in said
    assert len(said) < LONGEST_SENTENCE
    assert list(app.dataframe[0].value["run"]) == ["run |0|"]
    next(b for b in app.button if (b.key or "").startswith("unpin ")).click()
    run(app)
    assert list(app.dataframe[0].value["run"]) == ["run |1|"]


def test_sweeps_from_many_seeds_are_refused_where_they_are_too_much_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The sweep itself stays; the sentence says that none of the others is shown."""
    app = opened("tune", epochs="10")
    monkeypatch.setattr(sweeps, "MOST_STEPS_REPEATED", 8 * 10)
    switched(app, "several seeds", True)
    assert any(said.startswith("8 sweeps of 10 steps on 40 rows are too") for said in messages(app))
