"""Numbers as people read them."""

import math
from collections.abc import Callable

import pytest

from linreg import formatting


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "none"), (1, "`k0`"), (3, "`k0`, `k1`, `k2`"), (1503, "`k0`, `k1`, `k2` and 1,500 more")],
)
def test_of_many_names_the_first_are_listed(count: int, text: str) -> None:
    """The others are counted; without a limit all are listed."""
    names = [f"k{n}" for n in range(count)]
    assert formatting.listed(names, 3) == text
    assert formatting.listed(names) == (", ".join(f"`{name}`" for name in names) or "none")


@pytest.mark.parametrize(
    ("function", "value", "text"),
    [
        (formatting.decimals, 0.35134, "0.3513"),
        (formatting.decimals, 1.268e18, "1.268×10¹⁸"),
        (formatting.decimals, 2371.25, "2,371.25"),
        (formatting.decimals, 999.5, "999.5000"),
        (formatting.decimals, 116_969.0, "116,969"),
        (formatting.number, 39_343.0, "39,343"),
        (formatting.measured, 116_969.0, "116,969"),
        (formatting.measured, 12_345_678.0, "1.234568×10⁷"),
        (formatting.measured, 1.23456, "1.23456"),
        (formatting.measured, 1995.0, "1995"),
        (formatting.decimals, math.inf, "inf"),
        (formatting.significant, -0.0, "0"),
        (formatting.significant, 0.00012346, "0.0001235"),
        (formatting.significant, -999_999.0, "-10⁶"),
        (formatting.significant, 2.5e6, "2.5×10⁶"),
        (formatting.significant, 9.99996e-5, "0.0001"),
        (formatting.loss_text, 69_468.444, "69,468.44"),
        (formatting.rough_count, 2.44e12, "2.4×10¹²"),
        (formatting.decimals, -1e-9, "0.0000"),
        (formatting.number_text, 0.004161057257, "0.004161057257"),
        (formatting.number_text, 0.1 + 0.2, "0.3"),
        (formatting.number_text, 100.0, "100"),
        (formatting.number_text, -0.0, "0"),
        (formatting.number_text, 1e-7, "1e-07"),
        (formatting.loss_text, 0.0247952, "0.024795"),
        (formatting.loss_text, 0.0, "0"),
        (formatting.loss_text, 1.029e-30, "1.029×10⁻³⁰"),
        (formatting.loss_text, math.nan, "nan"),
        (formatting.short_count, 100, "100"),
        (formatting.short_count, 1_000, "1k"),
        (formatting.short_count, 20_000, "20k"),
        (formatting.short_count, 1e7, "10M"),
        (formatting.rough_count, 80_808.1, "81,000"),
        (formatting.times, 2.52, "2.5 times"),
        (formatting.times, 123.4, "123 times"),
        (formatting.times, 1.04, "1.04 times"),
        (formatting.times, 0.996, "0.996 times"),
        (formatting.percent, 0.0349, "3.5 %"),
        (formatting.percent, 1.2, "100 %"),
    ],
)
def test_a_number_is_as_long_as_people_need_it(
    function: Callable[[float], str], value: float, text: str
) -> None:
    """Few digits, and an exponent only where a number is tiny or huge."""
    assert function(value) == text


def test_a_line_is_written_with_the_sign_of_its_bias() -> None:
    """Not "+ -0.3"."""
    assert formatting.formula(0.7, 0.3) == "y = 0.7000 x + 0.3000"
    assert formatting.formula(-0.7, -0.3) == "y = -0.7000 x - 0.3000"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.39, "-0.3900"), (1e-5, "10⁻⁵"), (123456.0, "123,456"), (math.inf, "inf")],
)
def test_numbers_are_short_and_lose_nothing_that_matters(value: float, text: str) -> None:
    """Four decimals, or four digits where decimals would be zeros or too many."""
    assert formatting.number(value) == text


def test_a_span_of_equal_numbers_is_one_number() -> None:
    """All rows of an L1 gradient are equal."""
    assert formatting.span([0.025, 0.025]) == "all 0.0250"
    assert formatting.span([1.0, -1.0]) == "-1.0000 to 1.0000"


def test_numbers_that_nearly_agree_are_written_to_the_same_place() -> None:
    """With as many digits as tell them apart, and no text that looks rounded."""
    assert formatting.apart(0.33669, 0.33669) == ("0.3367", "0.3367")
    assert formatting.apart(0.1288094, 0.128809) == ("0.1288094", "0.1288090")
    assert formatting.apart(1.5e-9, 1.50001e-9) == ("1.5×10⁻⁹", "1.50001×10⁻⁹")
