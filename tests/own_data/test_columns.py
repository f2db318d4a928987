"""Columns of a table: which there are, which two are used, and which are asked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg import Column, DataError, list_columns, read_points
from linreg.own_data.table import ColumnsError, MarkError, suggest_columns
from tests.support.examples import examples

PLANTS = """\
"","plot","height","leaves","mass"
"1","north","12.5",3,0.75
"2","south","14.25",4,1.5
"3","north","NA",5,2.25
"""


def test_the_columns_of_a_published_table_are_listed_with_numbers_and_an_example() -> None:
    """Row names, words, numbers in quotes and a missing value, as R writes them."""
    assert list_columns(PLANTS) == (
        Column(name="column 1", numbers=3, rows=3, example="1", only_counts=True),
        Column(name="plot", numbers=0, rows=3, example="north"),
        Column(name="height", numbers=2, rows=3, example="12.5"),
        Column(name="leaves", numbers=3, rows=3, example="3"),
        Column(name="mass", numbers=3, rows=3, example="0.75"),
    )


@pytest.mark.parametrize(("x", "y"), [("leaves", "mass"), (3, 4), ("leaves", np.int64(4))])
def test_two_columns_are_chosen_by_name_or_by_position(x: str | int, y: str | int) -> None:
    """Positions count every column from 0."""
    table = read_points(PLANTS, x, y)
    assert table.points == ((3.0, 0.75), (4.0, 1.5), (5.0, 2.25))
    assert "x is `'leaves'`, and y is `'mass'`." in table.sentences
    skipping = read_points(PLANTS, "height", "mass")
    assert skipping.points == ((12.5, 0.75), (14.25, 1.5))
    assert skipping.sentences[-1] == "1 row with a missing value was skipped: row 4."


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        (None, None, "has 3 columns of numbers: `'height'`, `'leaves'`, `'mass'`. Choose two"),
        ("leaves", None, "Choose both columns, x and y."),
        ("leaves", "leaves", "The same column was chosen for x and for y"),
        ("width", "mass", "There is no column `'width'`; the table has `'column 1'`, `'plot'`"),
        (0, 5, "There is no column 5; the columns are 0 to 4."),
        ("plot", "mass", "Row 2: `'north'` is not a number; row 3: `'south'` is not a number; "),
    ],
)
def test_a_choice_that_cannot_be_made_is_said(
    x: str | int | None, y: str | int | None, said: str
) -> None:
    """Without a choice the columns of numbers are named."""
    with pytest.raises(DataError) as caught:
        read_points(PLANTS, x, y)
    assert said in str(caught.value)
    assert isinstance(caught.value, ColumnsError) == (x is None)


@pytest.mark.parametrize(
    "text",
    [
        "rownames,speed,dist\n1,4,2\n2,7,22\n3,8,16",
        "speed dist\n1 4 2\n2 7 22\n3 8 16",
        "1\t4\t2\n2\t7\t22\n3\t8\t16",
        "Unnamed: 0;speed;dist\n0;4;2\n1;7;22\n2;8;16",
        "car,speed,dist\nA,4,2\nB,7,22\nC,8,16",
        "Cars of 1920\nspeed,dist\n4,2\n7,22\n8,16",
        "My data, 2020\nspeed,dist\n4,2\n7,22\n8,16",
        "2020\nKiel\t12 km\nspeed\tdist\nmph\tft\n4\t2\n7\t22\n8\t16",
        "Measured on 3 May 2020 in Kiel\nspeed dist\n4 2\n7 22\n8 16",
        "Cars, 1920\n\ncar,speed,dist\nA,4,2\nB,7,22\nC,8,16",
        "Cars; 50 of them\ny;x\n2;4\n22;7\n16;8",
        "My cars, from Kiel\ny,x\n2,4\n22,7\n16,8",
        "Cars of 1920\nspeed,4,7,8\ndist,2,22,16",
        "Cars, 1920\ny,2,22,16\nx,4,7,8",
        ",0,1\n0,4,2\n1,7,22\n2,8,16",
        "speed,dist\nmph,ft\n4,2\n7,22\n8,16",
        "speed,4,7,8\ndist,2,22,16",
        "[[4, 7, 8], [2, 22, 16]]",
        "dist = [2, 22, 16]\nx = [4, 7, 8]",
        "y_train,2,22,16\nX_train,4,7,8",
        "y;speed\n2;4\n22;7\n16;8",
        "speed,dist,\n4,2,9\n7,22,9\n8,16,9",
        "speed\tdist\t\n4\t2\n7\t22\t9\n8\t16\t9",
        "speed,dist\nA,4,2\nB,7,22\nC,8,16",
        "   x    y\n0  4    2\n1  7   22\n2  8   16",
        "| speed | dist |\n|------:|:-----|\n| 4 | 2 |\n| 7 | 22 |\n| 8 | 16 |",
        "+---+----+\n| 4 | 2 |\n| 7 | 22 |\n| 8 | 16 |\n+---+----+",
        "[(4, 2), (7, 22), (8, 16)]",
        "points = np.array([[4., 2], [7, 22], [8, 16]])",
        "[[ 4.  2.]\n [ 7. 22.]\n [ 8. 16.]]",
        "speed = [4, 7, 8]\ndist = [2, 22, 16]",
        "X = torch.tensor([4., 7, 8], dtype=torch.float32)\ny = torch.tensor([2., 22, 16])",
        "X = np.array([[4], [7], [8]]).astype()\ny = np.array([2, 22,\n  16]).reshape(-1, 1)",
        "'speed','dist'\n'4','2'\n'7','22'\n\u20188\u2019,\u201c16\u201d",
        "sep=\t\nspeed\tdist\n4\t2\n7\t22\n8\t16",
        "# measured\nspeed;dist\n4;2\n# later\n7;22\n8;16\n",
        "sep=;\nspeed;dist\n4;2\n7;22\n8;16",
        "4 kg;2 %\n7 kg;22 %\n8 kg;16 %",
        "$4;2 \N{EURO SIGN}\n$7;22 \N{EURO SIGN}\n$8;16 \N{EURO SIGN}",
        "\u200e4\u200e,\u20622\n7,22\n8,16\ufeff",
        "速度,مسافة\n4,2\n7,22\n8,16",
        "speed;;dist;;\n4;;2;;\n7;;22\n8;;16\n;;;;\n",
        "4,2\n7,22\n,3\n8,16\n5,N/A\nNaN,1\n-,1\n#N/A,#DIV/0!\n",
        "speed;dist\n4;2\n7;22\n8;16".encode("utf-16"),
        "speed;dist\n4;2\n7;22\n8;16".encode("utf-16-le"),
        "Größe;dist\n4;2\n7;22\n8;16".encode("cp1252"),
    ],
    ids=range(46),
)
def test_a_table_with_two_columns_of_numbers_is_read_however_it_is_written(
    text: str | bytes,
) -> None:
    """The same three points; a column or a row that is no data does not count."""
    assert read_points(text).points == ((4.0, 2.0), (7.0, 22.0), (8.0, 16.0))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x;y\ncm;kg\n1;2\n3;4", "Row 2 is read as units, `'cm, kg'`, and skipped."),
        ("My data, 2020\nx,y\n1,2\n3,4", "Row 1 is skipped as a title."),
        ("Kiel\nMay, 3\nx,y\n1,2\n3,4", "Row 2 is skipped as a title."),
        ("Measured on Monday,\n1,2\n3,4", "Row 1 is skipped as a title."),
        ("A,1,2\nB,3,4\nC,5,6", "There is no header: row 1, `'A, 1, 2'`, is read as data."),
        ("x,1,2,3\ny,4,5,6", "The first row is read as x and the second as y."),
        ("y,1,2,3\nx,4,5,6", "The second row is read as x and the first as y."),
        ("y;x\n1;2\n3;4", "x is `'x'`, and y is `'y'`."),
        ("# a\n1,2\n3,4", "1 comment line was skipped."),
        ("[(1, 2), (3, 4)]", "The text is read as a list of Python."),
        ("1 kg;2\n3 kg;4", "The sign or unit `'kg'` is left out: `'1 kg'` is 1."),
        ("1.5;39,343\n2;40,000", "Thousands are grouped: `'39,343'` is 39343."),
        (
            "1,2\n,2\n3,4\n5,NA\n6,-\n7,?",
            "4 rows with a missing value were skipped: rows 2, 4, 5 ...",
        ),
        ("Größe;年份\n1;2\n3;4", "Row 1 is read as the header, `'Größe, 年份'`."),
        ("Größe;x\n1;2\n3;4".encode("cp1252"), "The file is read as Windows text (cp1252)."),
    ],
)
def test_what_was_understood_or_skipped_is_said(text: str | bytes, said: str) -> None:
    """One sentence each, in readable letters."""
    assert any(sentence.startswith(said) for sentence in read_points(text).sentences)


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        (("39,343", "1.5"), 39343),
        (("39.343", "1,5"), 39343),
        (("1,050", "2,5"), 1.05),
        (("1.050", "0.125"), 1.05),
        (("1.234,5", "2"), 1234.5),
        (("1,234.5", "2"), 1234.5),
        (("12,345", "123,456,7"), None),
        (("123,456", "100,000.25"), 123456),
        (("1,00,000", "2"), 100000),
        (("12\u202f345", "2"), 12345),
        (("12\u00a0345,5", "2"), 12345.5),
        (("12'345.5", "2"), 12345.5),
        (("12\u2019345", "2"), 12345),
        (("12 345", "2"), 12345),
        (("0,125", "2"), 0.125),
        (("1234,567", "2"), 1234.567),
        (("\u221212,5", "2"), -12.5),
        (("1,5e3", "2"), 1500),
    ],
)
def test_the_other_numbers_of_the_table_decide_what_a_comma_or_dot_means(
    cells: tuple[str, str], value: float | None
) -> None:
    """Where the cell alone does not tell."""
    text = f"a;b\n{cells[0]};3\n{cells[1]};4"
    if value is None:
        with pytest.raises(DataError, match="is not a number"):
            read_points(text)
    else:
        assert read_points(text).points[0][0] == value


@pytest.mark.parametrize("minus", ["-", "- ", "\u2212", "\u2013", "\uff0d"])
@pytest.mark.parametrize(
    ("digits", "grouped"), [("5,5", False), ("5.5", False), ("5", False), ("1 234", True)]
)
def test_only_separators_of_thousands_are_said_to_group_them(
    minus: str, digits: str, grouped: bool
) -> None:
    """No sign before a number is one, nor the blank behind it."""
    table = read_points(f"x;y\n{minus}{digits};1\n2;3")
    assert table.points[0][0] == -float(digits.replace(",", ".").replace(" ", ""))
    assert any("grouped" in sentence for sentence in table.sentences) == grouped


@pytest.mark.parametrize(
    ("text", "by_dot", "by_comma"),
    [
        ("1,050;2\n3;4", 1050, 1.05),
        ("1.050\t2\n3\t4", 1.05, 1050),
        ('"1,050","2"\n3,4', 1050, 1.05),
        ("1,050;1.5\n2,5;4", 1050, 1.05),
    ],
)
def test_where_nothing_decides_both_readings_are_named_and_none_is_guessed(
    text: str, by_dot: float, by_comma: float
) -> None:
    """`decimal` then tells which. The other numbers may also contradict each other."""
    with pytest.raises(MarkError, match=r"may be 1050 or 1\.05, and the other numbers") as caught:
        read_points(text)
    assert (caught.value.by_dot, caught.value.by_comma) == (by_dot, by_comma)
    assert read_points(text, decimal=".").points[0][0] == by_dot
    assert read_points(text, decimal=",").points[0][0] == by_comma


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("year,salary\n1,900\n2,1,050\n3,1,100", "Row 3: 3 columns instead of 2, `'2,1,050'`; "),
        ("x,y\n1,39,343\n2,46,205", "2 columns, but the rows have 3 cells, such as `'1,39,343'`: "),
        ("x,y\n1,2,5\n2,3,5\n3,4,5", "2 columns, but the rows have 3 cells, such as `'1,2,5'`: "),
        ("x y\n1 39 343\n2 46 205", "`'39 343'` in row 2 may be one number or two: "),
        ("1 050 2\n2 100 9", "`'1 050'` in row 1 may be one number or two: "),
        ("1,39,343\n2,46,205", "The table has 3 columns of numbers"),
        ("1,5,2,5\n2,5,3,5", "The table has 4 columns of numbers"),
        ("X = [[1, 2], [3, 4]]\ny = [5, 6]", "Two columns of numbers are needed"),
        ("x = [100 200 300]\ny = [1 2 3]", "Two columns of numbers are needed"),
        ("grade\n1\n2", "the table has 1 of them, and row 2 is `'1'`."),
        ("4 7 8\n2 22 16", "The table has 3 columns of numbers"),
    ],
)
def test_numbers_that_a_separator_may_have_split_are_never_guessed(text: str, said: str) -> None:
    """Unquoted thousands and decimal commas; rows of x and y only with names or brackets."""
    with pytest.raises(DataError) as caught:
        read_points(text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2020,2021\nx,y\n1,2\n3,4", "Row 2, `'x, y'`, holds no numbers: leave it out or, if it"),
        ("A,1,2\nB,no,none yet\nC,3,4", "Row 2, `'B, no, none yet'`, holds no numbers: leave it"),
        ("x,y\n1,2\nno,not\n3,4", "Row 3: `'no'` is not a number."),
        ("x,y\nno,2\nno,not\n3,4", "Row 2: `'no'` is not a number; row 3: `'no'` is not"),
        ("My data, 2020\n1,2\n3,4", "Row 1: `'My data'` is not a number."),
        ("speed,dist\nA,1,2\nB,3,4\nno,not,never\nC,5,6", "Row 4: `'not'` is not a number."),
    ],
)
def test_a_row_of_words_that_may_be_no_header_is_never_guessed(text: str, said: str) -> None:
    """Rows of numbers above it are no titles."""
    with pytest.raises(DataError) as caught:
        read_points(text)
    assert str(caught.value).startswith(said)


def test_columns_that_cells_of_a_printed_table_stand_in_are_no_thousands() -> None:
    """As pandas prints a table: two spaces before three digits."""
    text = "   height  weight\n0      58     115\n1      59     117"
    assert read_points(text).points == ((58.0, 115.0), (59.0, 117.0))


@examples(2)
@given(
    st.lists(st.integers(-999_999, 999_999), min_size=2, max_size=9),
    st.sampled_from([",", ".", "'", "\u00a0", "\u202f"]),
)
def test_grouped_whole_numbers_never_come_back_as_others(values: list[int], between: str) -> None:
    """Either the same numbers, or the question which was meant."""
    text = "\n".join(f"{value:,};7".replace(",", between) for value in values)
    try:
        points = read_points(text).points
    except MarkError:
        assert between in ",."
    else:
        assert [x for x, _ in points] == values


def test_two_columns_that_go_together_are_suggested() -> None:
    """Not a copy of x, and not the one without a connection to it."""
    rows = [(n, x, 2 * x, -(x**2), (7 * x) % 5, "a") for n, x in enumerate([1, 4, 2, 8, 5, 7], 1)]
    text = "id,x,twice,square,rest,word\n" + "\n".join(",".join(map(str, row)) for row in rows)
    assert suggest_columns(text) == (1, 3)
    assert suggest_columns("a,b\nc,d") is None


@pytest.mark.parametrize(
    ("names", "pair"),
    [
        ("a,x,y", (1, 2)),
        ("y,a,x", (2, 0)),
        ("y_test,X_train,y_train", (1, 2)),
        ("x1,x2,Y", (0, 2)),
        ("y,a,b", (1, 0)),
        ("year,b,c", (0, 2)),
    ],
)
def test_columns_named_x_and_y_are_suggested_as_these(names: str, pair: tuple[int, int]) -> None:
    """Whatever correlates; the last column is the first one with a little added."""
    assert suggest_columns(f"{names}\n1,7,1.5\n2,1,2\n3,9,3.5\n4,2,4") == pair
