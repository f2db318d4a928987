"""Own data on Tune: what the page says of them is so, with the curtain, edited rows, and units."""

from collections.abc import Iterable
from typing import Any

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from tests.app.test_tune import paste, press, state
from tests.support.opened import opened, run, shows, text_of

FIVE = "1,2.1\n2,3.9\n3,6.2\n4,7.8\n5,10.1"
YEARS = "year,gdp,pop\n1990,10,3\n2000,14,4\n2010,19,5\n2020,25,7"


def in_editor(monkeypatch: pytest.MonkeyPatch, rows: Iterable[tuple[float | None, ...]]) -> None:
    """Let the editor hold these rows, as after a visitor's changes."""
    edited = [dict(zip(("row", "x", "y"), row, strict=True)) for row in rows]

    def editor(*_: Any, **__: Any) -> list[dict[str, Any]]:
        return edited

    monkeypatch.setattr(streamlit, "data_editor", editor)


def test_with_the_curtain_down_no_result_is_told_or_promised() -> None:
    """What the run has learned is behind it, in the original units too."""
    app = paste(opened("tune", curtain="true"), FIVE)
    state(app).standard = True
    run(app)
    shows(app, "a round bowl")
    assert "Learned, in the original units" not in text_of(app)
    press(app, "Lift the curtain")
    shows(app, "Learned, in the original units", "same run in both units")


@pytest.mark.parametrize("curtain", ["true", "false"])
def test_the_preset_with_an_outlier_says_when_its_runs_are_compared(curtain: str) -> None:
    """The heading that it names is on the page, or comes with the run."""
    app = press(opened("tune", curtain=curtain), "L1 against MSE with an outlier")
    [said] = [each.value for each in app.success if each.value.startswith("Pinned")]
    headings = [each.value for each in app.header]
    assert ("Runs compared" in headings) is ("once the curtain is up" not in said)
    assert ("once the curtain is up" in said) is (curtain == "true")


def test_a_message_about_edited_rows_counts_them_as_the_editor_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It knows no header and no commas; an emptied row is left out and keeps its number."""
    app = paste(opened("tune"), FIVE)
    in_editor(monkeypatch, [(1, 2e6, 2.0), (2, 2.0, 3.0), (3, 3.0, 5.0)])
    press(run(app), "Use the edited rows")
    assert app.error[0].value.startswith("Row 1: `'2000000.0'` is not between")
    in_editor(monkeypatch, [(1, None, None), (2, 2.0, 3.0), (3, 3e6, 5.0)])
    press(run(app), "Use the edited rows")
    assert app.error[0].value.startswith("Row 3: `'3000000.0'` is not between")
    in_editor(monkeypatch, [(1, None, None), (2, 2.0, 3.0), (3, 2.0, 5.0)])
    press(run(app), "Use the edited rows")
    assert state(app).points == ((2.0, 3.0), (2.0, 5.0))
    [said] = [each.value for each in app.success]
    assert said == (
        "2 rows are used. All x are equal, so the data do not determine the slope (the weight)."
    )


def asked_for_columns(app: AppTest) -> list[str]:
    """The buttons that answer which columns are used."""
    return [each.label for each in app.button if each.label.startswith(("Use them", "Use these"))]


def test_a_table_that_is_used_in_standard_units_says_so() -> None:
    """They stay on for another table, which is offered in no other units; not for the line."""
    app = paste(opened("tune"), YEARS)
    assert len(asked_for_columns(app)) == 2
    next(each for each in app.button if each.label.startswith("Use them in standard")).click()
    run(app)
    assert state(app).standard
    paste(app, YEARS.replace("1990", "1980"))
    assert asked_for_columns(app) == ["Use these two columns"]
    assert "standard units help" not in text_of(app)
    press(app, "Use these two columns")
    assert app.success[0].value.startswith("4 rows are used, in standard units.")
    press(app, "Back to the line")
    press(app, "Add an outlier")
    assert not state(app).standard
