"""Own data that a new session gets from the browser's tab, by Streamlit's own test runner."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from linreg import Experiment
from linreg.own_data.browser_copy import mark_of
from linreg.own_data.table import Pairs
from linreg.ui.state import own_data as tab_module
from linreg.ui.state.own_data import NOT_HELD, TAB, Tab
from tests.support.opened import opened, run, unopened

POINTS: Pairs = ((1.0, 1.0), (2.0, 2.0), (3.0, 3.5), (4.0, 4.0))


def components(app: AppTest) -> list[str]:
    """The components for own data on the page, by name."""
    names = [each.proto.component_name for each in app.get("bidi_component")]
    others = ("linreg_page_top", "linreg_screen", "linreg_live_region")
    return [name for name in names if name not in others]


def test_where_the_tab_has_none_the_line_is_used_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another visitor opens a link with own data; the mark leaves the address."""
    monkeypatch.setattr(tab_module, "PATIENCE", 0)
    app = opened(own=mark_of(POINTS), lr="0.05")
    assert [warning.value for warning in app.warning] == [NOT_HELD]
    assert "own" not in app.query_params
    assert app.select_slider(key="lr").value == 0.05
    assert not app.slider(key="weight").disabled
    assert components(run(app)) == []


def test_a_mark_that_is_none_is_put_right_at_once() -> None:
    """The page sends the browser no question."""
    app = opened(own="<b>")
    [said] = [warning.value for warning in app.warning]
    assert said.startswith("own=`'<b>'` is not")
    assert components(app) == []


def test_without_own_data_there_is_no_component_for_them() -> None:
    """With own data there is one, and the address has their mark; with the line there is none."""
    app = opened("tune")
    assert components(app) == []
    app.text_area(key="pasted").set_value("1,1\n2,2\n3,3.5\n4,4")
    [use] = [button for button in app.button if button.label == "Use the pasted rows"]
    use.click()
    run(app)
    assert components(app) == ["linreg_tab"]
    assert app.query_params["own"] == mark_of(POINTS)
    app.button(key="line again").click()
    run(app)
    assert components(app) == []
    assert "own" not in app.query_params


def test_the_same_numbers_with_other_names_are_sent_to_the_tab_again() -> None:
    """A reload would bring the old names back to the axes."""
    app = opened("tune")
    for x, y in (("hours", "points"), ("days", "marks")):
        app.text_area(key="pasted").set_value(f"{x},{y}\n1,1\n2,2\n3,3.5\n4,4")
        [use] = [button for button in app.button if button.label == "Use the pasted rows"]
        use.click()
        run(app)
        [part] = [
            each.proto
            for each in app.get("bidi_component")
            if each.proto.component_name == "linreg_tab"
        ]
        sent = json.loads(part.json)
        assert json.loads(sent["keep"])["names"] == [x, y]
        app.session_state[TAB].kept = sent["name"]  # as the tab would say
        assert components(run(app)) == []


def test_settings_are_read_for_the_data_that_come_back() -> None:
    """600 epochs with batches of one row are too many for the line, but not for four rows."""
    settings: Any = {"epochs": 600, "batch_size": 1, "step": 0.005}
    with pytest.raises(ValueError, match="epochs"):
        Experiment(**settings)
    app = unopened(epochs="600", batch="1", step="0.005", own=mark_of(POINTS))
    app.session_state[TAB] = Tab(awaited="", sentences=(), since=0.0, points=POINTS, standard=True)
    run(app)
    assert not app.warning
    assert app.select_slider(key="epochs").value == 600
    assert app.slider(key="weight").disabled
    assert app.session_state["linreg"].standard
