"""Own data: written points are read back, and a wrong row is named by its number."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg import (
    DataError,
    Experiment,
    read_points,
    write_points,
)
from linreg.core.experiment import MOST_POINTS
from linreg.own_data.table import LONGEST
from tests.support.examples import examples

TWO = ((1.5, 2.0), (3.0, -4.5))
numbers = st.floats(-1e6, 1e6)
points_lists = st.lists(st.tuples(numbers, numbers), min_size=2, max_size=40).map(tuple)


def error(text: str | bytes) -> str:
    """The sentence that refuses `text`."""
    with pytest.raises(DataError) as caught:
        read_points(text)
    return str(caught.value)


@given(points_lists)
def test_points_survive_the_trip_through_text(points: tuple[tuple[float, float], ...]) -> None:
    """To the last bit, the sign of zero included."""
    read = read_points(write_points(points)).points
    assert list(map(repr, read)) == list(map(repr, points))


@examples(2)
@given(
    points_lists,
    st.sampled_from(["\t", ";", " ", "   "]),
    st.sampled_from(["\n", "\r\n", "\r", "\n\n"]),
    st.sampled_from(["", "\ufeff"]),
    st.sampled_from(["", '"']),
)
def test_decimal_commas_are_read_wherever_the_comma_separates_nothing(
    points: tuple[tuple[float, float], ...], between: str, end: str, mark: str, quote: str
) -> None:
    """Any delimiter but the comma, any newlines, with or without quotes or byte order mark."""
    rows = (
        between.join(f"{quote}{value!r}{quote}".replace(".", ",") for value in pair)
        for pair in points
    )
    assert read_points(mark + end.join(rows)).points == points


@pytest.mark.parametrize(
    "text",
    [
        "1.5,2\n3,-4.5",
        "x,y\n1.5,2\n3,-4.5\n",
        "1,5;2,0\n3;-4,5",
        "Höhe, in m;Zeit in s\r\n1,5;2\r\n\r\n3;-4,5\r\n",
        "\ufeffx\ty\r1,5\t2\r3\t-4,5",
        "1,5 2\n  3   -4,5  ",
        '"x","y"\n"1.5", "2"\n"3","-4.5"',
        "1.5 , 2\n3 , -4.5",
        "1.5,2,\n,,\n3,-4.5,,\n",
        "1.5\t2\n3\t\u22124.5",
        b"\xef\xbb\xbfx,y\n1.5,2\n3,-4.5",
        "1.5e0,2E0\n+3.,-4.5",
    ],
)
def test_text_as_people_paste_it_is_read(text: str | bytes) -> None:
    """The same two points, written in twelve ways."""
    assert read_points(text).points == TWO


def test_the_sentences_say_how_the_text_was_understood() -> None:
    """Separator, decimal mark and header, so that a wrong guess is visible."""
    cells, mark, header = read_points("a;b\n1,5;2\n3;4").sentences
    assert "semicolons" in cells
    assert "comma is read as the decimal mark" in mark
    assert "`'a, b'`" in header
    [cells] = read_points("1,2\n3,4").sentences
    assert "commas" in cells


def test_equal_x_are_allowed_and_said_to_leave_the_slope_open() -> None:
    """No line through them is better than another."""
    table = read_points("2,1\n2,5\n2,9")
    assert table.points == ((2.0, 1.0), (2.0, 5.0), (2.0, 9.0))
    assert "do not determine the slope" in table.sentences[-1]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x,y\n1,2\nfoo,4", "Row 3: `'foo'` is not a number."),
        ("1,2\n\n\nfoo,4", "Row 4: `'foo'` is not a number."),
        ("inf,2\n3,4", "Row 1: `'inf'` is not a finite number."),
        ("1,2\n3,1e999", "Row 2: `'1e999'` is not a finite number."),
        ("1,2\n3,4,5", "Row 2: 3 columns instead of 2, `'3,4,5'`."),
        (
            "1,2\n,4",
            "At least 2 rows of two numbers are needed, not 1; 1 row with a missing value was "
            "skipped: row 2.",
        ),
        ("1_000,2\n3,4", "Row 1: `'1_000'` is not a number."),
        ("1.00,5;2\n3;4", "Row 1: `'1.00,5'` is not a number."),
        (
            "kg;m\n1 kg;2\n3 g;4",
            "Row 3: `'3 g'` differs in its unit: the first number has the unit `'kg'`.",
        ),
        ("Größe;年份\n1,5;drei\n2;3", "Row 2: `'drei'` is not a number."),
        (
            "1,2\n3,-1000001",
            "Row 2: `'-1000001'` is not between -1,000,000 and 1,000,000; write all numbers of "
            "its column in thousands.",
        ),
        (
            "a,b\nc,1\n1,2\n3,d\n1,2,3",
            "Row 2: `'c'` is not a number; row 4: `'d'` is not a number; "
            "row 5: 3 columns instead of 2, `'1,2,3'`.",
        ),
        (
            "1,a\n2,b\n3,c\n4,d",
            "Row 1: `'a'` is not a number; row 2: `'b'` is not a number; "
            "row 3: `'c'` is not a number; and 1 more row.",
        ),
        (
            '1,2\n"3,4\n5,6',
            "Row 2 cannot be split into cells: quotation marks must come in pairs.",
        ),
        ("", "At least 2 rows of two numbers are needed, not 0."),
        ("x,y\n1,2", "At least 2 rows of two numbers are needed, not 1."),
        (b"1,2\n\xe4,4", "Row 2: `'ä'` is not a number."),
        (
            b"1,2\n\x81,4",
            "The file is neither UTF-8 nor Windows text (byte 5 is not); save it as CSV UTF-8.",
        ),
        (b"<!DOCTYPE html><html>1,2", "This is a web page; download the file itself."),
        (
            "version https://git-lfs.github.com/spec/v1\noid sha256:1",
            "This is a Git LFS pointer, which only names the file; download the file.",
        ),
        (b"PK\x03\x04..xl/workbook.xml", "This is an Excel file; save it as CSV."),
    ],
)
def test_what_cannot_be_used_is_named_by_its_row(text: str | bytes, sentence: str) -> None:
    """Rows are counted as an editor counts them, header and blank rows included."""
    assert error(text) == sentence


@pytest.mark.parametrize(
    ("cells", "unit", "followed"),
    [
        (("10k", "20"), "thousands", ("10", "0.02")),
        (("20", "5 Mio"), "millions", ("0.00002", "5")),
        (("$5M", "5000000"), "millions", ("5", "5")),
        (("5000000", "1"), "thousands", ("5000", "0.001")),
        (("2e17", "1"), "trillions", ("200000", "0.000000000001")),
        (("2e12", "1 million"), "billions", ("2000", "0.001")),
        (("3 crore", "1"), "millions", ("30", "0.000001")),
        (("3 bn", "1"), "billions", ("3", "0.000000001")),
        (("1e300", "1"), "a larger unit", ("1", "1e-300")),
    ],
)
def test_one_advice_on_numbers_that_are_too_large_works_at_the_first_try(
    cells: tuple[str, str], unit: str, followed: tuple[str, str]
) -> None:
    """Words for thousands and millions, and plain numbers, get the same unit for the column."""
    said = error(f"x;y\n1;{cells[0]}\n2;{cells[1]}")
    assert set(re.findall("write all numbers of its column in ([a-z ]+)", said)) == {unit}
    points = read_points(f"x;y\n1;{followed[0]}\n2;{followed[1]}").points
    assert points == ((1, float(followed[0])), (2, float(followed[1])))


def test_what_stands_in_a_cell_cannot_leave_its_place_in_the_sentence() -> None:
    """Markdown, HTML, control characters and endless cells come out short and readable."""
    assert error("x;y\nGröße 年份;2\n3;4") == "Row 2: `'Größe 年份'` is not a number."
    sentence = error("1,2\n3,`<script>\u202e\x1b[2J**x**" + "a" * 1000)
    (inside,) = re.findall("`(.*)`", sentence)
    assert "`" not in inside
    assert len(inside) <= 40
    assert sentence.isprintable()


def test_bounds_hold_to_the_row_and_to_the_character() -> None:
    """5,000 rows, a million characters or bytes, and 20,000 lines are still read."""
    rows = "1,2\n" * MOST_POINTS
    assert len(read_points(rows).points) == MOST_POINTS
    assert error(rows + "1,2") == "At most 5,000 rows of numbers can be used, not 5,001."
    filled = "1,2\n3,4" + "\n" * (LONGEST - 7)
    assert len(read_points(filled).points) == 2
    assert "1,000,000 characters at most, not 1,000,001" in error(filled + "\n")
    assert "1,000,000 bytes at most" in error(filled.encode() + b"\n")
    assert len(read_points("1,2" + "\n" * 19_999 + "3,4\n").points) == 2
    assert "20,000 lines at most, not 20,001" in error("1,2" + "\n" * 20_000 + "3,4\n")
    assert "10,000 cells at most, not 400,000" in error("1 " * 400_000)
    assert read_points("1,1e6\n2,-1e6").points == ((1.0, 1e6), (2.0, -1e6))


@examples(5)
@given(st.one_of(st.text(), st.binary(), st.text("0123456789.,;\t\n\r \"'-+eExnaif_\x00")))
def test_any_text_gives_points_or_a_data_error(text: str | bytes) -> None:
    """Nothing else is raised, and an experiment accepts all points."""
    try:
        points = read_points(text).points
    except DataError as refused:
        said = str(refused)
        assert said.endswith(".")
        assert said.isprintable()
    else:
        assert Experiment(points=points, train_fraction=1.0).n_points == len(points)


@pytest.mark.parametrize(
    "text",
    [
        '"' * 999_999,
        "," * LONGEST,
        "1,2\n" + "9" * 200_000 + ",1\n2,3",
        "\x00,\x00\n\x00",
        "\ud800,1\n2,3",
        '{"x": [1, 2], "y": [3, 4]}',
        "<table><tr><td>1</td><td>2</td></tr></table>",
        "=1+1,2\n=cmd|' /C calc'!A0,3",
        "١٢,abc\n1,2",
        "1;2\n" * 10 + '"3;4',
        b"\x00" * 1000,
        b"PK\x03\x04\x14\x00\x06\x00",
    ],
    ids=range(12),
)
def test_nasty_text_is_refused_in_one_sentence(text: str | bytes) -> None:
    """Only a short DataError is raised."""
    assert len(error(text)) < 300


def test_a_million_characters_of_blank_cells_are_no_rows() -> None:
    """A spreadsheet may have thousands of empty rows at its end."""
    assert read_points("1;2\n3;4\n" + ";\n" * 400_000).points == ((1.0, 2.0), (3.0, 4.0))
