"""Own data in a browser tab: the same data come back, or an error."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg.core.experiment import MOST_POINTS
from linreg.own_data.browser_copy import MOST_KEPT, mark_of, read_kept, read_mark, write_kept
from linreg.own_data.table import LARGEST, DataError, Pairs
from linreg.settings.named_pairs import NamedPairs
from tests.support.examples import examples

POINTS: Pairs = ((1.0, 2.5), (2.0, 4.0), (3.0, 4.5))
numbers = st.floats(-LARGEST, LARGEST)
tables = st.lists(st.tuples(numbers, numbers), min_size=2, max_size=20).map(tuple)


@given(tables, st.booleans())
def test_points_and_units_come_back_as_they_were_sent(points: Pairs, standard: bool) -> None:
    """To the last bit, under their mark."""
    kept = read_kept(write_kept(points, standard=standard), mark_of(points))
    assert [(x.hex(), y.hex()) for x, y in kept[0]] == [(x.hex(), y.hex()) for x, y in points]
    assert kept[1] is standard


def test_the_names_of_the_columns_come_back_too() -> None:
    """What an earlier version has kept has none."""
    points = NamedPairs(POINTS, "years", "°C")
    kept, _ = read_kept(write_kept(points, standard=True), mark_of(points))
    assert repr(kept) == repr(points)
    kept, _ = read_kept(json.dumps({"rows": ROWS, "standard": True}), mark_of(points))
    assert repr(kept) == repr(NamedPairs(POINTS))


def test_the_most_rows_fit() -> None:
    """5,000 rows of the longest numbers fit into the limit for a tab."""
    points = tuple((-123456.78901234567 - i, -1.2345678901234567e-300) for i in range(MOST_POINTS))
    text = write_kept(points, standard=False)
    assert len(text) < MOST_KEPT
    assert read_kept(text, mark_of(points)) == (points, False)


ROWS = "x,y\n1,2.5\n2,4\n3,4.5\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{",
        "[" * 100_000,
        "1" * 10_000,
        json.dumps({"rows": ROWS}),
        json.dumps({"rows": ROWS, "standard": 1}),
        json.dumps({"rows": [[1, 2.5]], "standard": True}),
        json.dumps({"rows": ROWS, "standard": True, "more": 1}),
        json.dumps({"rows": ROWS, "standard": True, "names": ["x"]}),
        json.dumps({"rows": ROWS.replace("4.5", "4.6"), "standard": True}),
        json.dumps({"rows": ROWS.replace("4.5", "nan"), "standard": True}),
        json.dumps({"rows": ROWS.replace("4.5", "1e9"), "standard": True}),
        json.dumps({"rows": "x,y\n1,2\n", "standard": True}),
        " " * (MOST_KEPT + 1),
    ],
)
def test_what_is_not_the_data_of_the_mark_is_refused(text: str) -> None:
    """A browser can send anything: other rows, no rows, no numbers, too much."""
    assert read_kept(json.dumps({"rows": ROWS, "standard": True}), mark_of(POINTS)) == (
        POINTS,
        True,
    )
    with pytest.raises(DataError):
        read_kept(text, mark_of(POINTS))


@examples(5)
@given(st.text())
def test_any_text_from_a_tab_is_refused_or_is_the_data(text: str) -> None:
    """Nothing else is raised."""
    with pytest.raises(DataError):
        read_kept(text, mark_of(POINTS))


@given(tables)
def test_a_mark_is_short_and_plain(points: Pairs) -> None:
    """It fits into any address, and is read back with no sentence."""
    mark = mark_of(points)
    assert re.fullmatch("[0-9a-f]{12}", mark)
    assert read_mark([mark]) == (mark, ())


def test_a_mark_that_is_none_is_said() -> None:
    """The sentence shows it as text; an address without a mark is no error."""
    assert read_mark([]) == ("", ())
    assert read_mark(["<b>"]) == (
        "",
        ("own=`'<b>'` is not a mark of own data; the line is used.",),
    )
