"""The best lines, against numpy.polyfit and against every line through two of the points."""

from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linreg import (
    Experiment,
    Loss,
    best_line,
    least_absolute_deviations,
    least_squares,
    loss_surface,
    train,
)
from linreg.analysis.closed_form import lowest_losses
from tests.support.examples import examples

Doubles = npt.NDArray[np.float64]

small = st.integers(-4, 4)
grid = st.lists(st.tuples(small, small), min_size=1, max_size=9)
fine = st.floats(-1000, 1000).map(lambda value: round(value, 3))
anywhere = st.lists(st.tuples(fine, fine), min_size=1, max_size=9)


def columns(points: list[tuple[float, float]]) -> tuple[Doubles, Doubles]:
    """X and y, (n,) each."""
    x, y = np.array(points, dtype=np.float64).T
    return x, y


def deviations(x: Doubles, y: Doubles, weight: float, bias: float) -> float:
    """Return the sum that the best line minimises."""
    return float(np.abs(y - weight * x - bias).sum())


def lowest_of_all_pairs(x: Doubles, y: Doubles) -> float:
    """Return the smallest sum of all lines through two points and level lines through one."""
    sums = [deviations(x, y, 0.0, level) for level in y]
    for i, j in combinations(range(len(x)), 2):
        if x[i] != x[j]:
            slope = (y[j] - y[i]) / (x[j] - x[i])
            sums.append(float(np.abs(y - y[i] - slope * (x - x[i])).sum()))
    return min(sums)


@examples(5)
@example([(0, 0), (1, 1), (2, 2), (3, 3), (0, 4), (0, -4), (3, 0)])
@example([(0, 0), (0, 0), (1, 2), (1, 2), (2, 0), (2, 0)])
@example([(0, 0), (1, 0), (2, 0), (2, 4), (2, 4), (2, 4)])
@given(st.one_of(grid, anywhere))
def test_no_line_through_two_points_has_smaller_deviations(
    points: list[tuple[float, float]],
) -> None:
    """Ties, duplicates, equal x and rows in line included; an optimum is always such a line."""
    x, y = columns(points)
    found = deviations(x, y, *least_absolute_deviations(x, y))
    assert found == pytest.approx(lowest_of_all_pairs(x, y), rel=1e-9, abs=1e-9)


@examples(5)
@given(grid)
def test_the_line_passes_through_two_points_of_different_x(
    points: list[tuple[float, float]],
) -> None:
    """Or, where all x are equal, through the median."""
    x, y = columns(points)
    weight, bias = least_absolute_deviations(x, y)
    if len(set(x)) == 1:
        assert (weight, bias) == (0.0, np.median(y))
    else:
        assert len(set(x[np.abs(y - weight * x - bias) < 1e-9])) >= 2


def test_offset_data_lose_nothing() -> None:
    """The line is as good for data at a million as for data near zero."""
    random = np.random.default_rng(0)
    x, y = random.integers(0, 6, (2, 9)).astype(np.float64)
    near = deviations(x, y, *least_absolute_deviations(x, y))
    far = deviations(x + 1e6, y - 1e6, *least_absolute_deviations(x + 1e6, y - 1e6))
    assert far == pytest.approx(near, abs=1e-7)


def lowest_by_search(x: Doubles, y: Doubles) -> float:
    """Return the smallest sum by ternary search for the slope; each best level is a median."""
    low, high = -1000.0, 1000.0
    for _ in range(120):
        third = (high - low) / 3
        left, right = (
            deviations(x, y, slope, float(np.median(y - slope * x)))
            for slope in (low + third, high - third)
        )
        low, high = (low, high - third) if left < right else (low + third, high)
    return deviations(x, y, low, float(np.median(y - low * x)))


@pytest.mark.parametrize("seed", range(9))
def test_five_thousand_rows_are_fitted_as_well_as_a_search_can(seed: int) -> None:
    """Far-out x and y, x in few places, and all rows on one line."""
    random = np.random.default_rng(seed)
    x = (
        random.standard_cauchy(5000),
        random.integers(0, 30, 5000).astype(np.float64),
        random.uniform(0, 1, 5000),
    )[seed % 3]
    noise = random.standard_cauchy(5000) if seed < 6 else np.zeros(5000)
    y = 0.7 * x + 0.3 + noise
    found = deviations(x, y, *least_absolute_deviations(x, y))
    assert found == pytest.approx(lowest_by_search(x, y), rel=1e-9, abs=1e-6)


@given(anywhere)
def test_least_squares_is_that_of_polyfit(points: list[tuple[float, float]]) -> None:
    """Numpy's own fit, as far as the predictions go."""
    x, y = columns(points)
    weight, bias = least_squares(x, y)
    if np.ptp(x) < 0.1:
        return
    expected = np.polyval(np.polyfit(x - x.mean(), y, 1), x - x.mean())
    np.testing.assert_allclose(weight * x + bias, expected, rtol=1e-6, atol=1e-6)


def test_least_squares_by_hand() -> None:
    """(0, 0), (1, 0), (2, 3): weight 3 / 2, bias -1 / 2."""
    found = least_squares(np.array([0.0, 1.0, 2.0]), np.array([0.0, 0.0, 3.0]))
    assert found == pytest.approx((1.5, -0.5))
    assert least_squares(np.array([2.0, 2.0]), np.array([1.0, 5.0])) == pytest.approx((0.0, 3.0))


@pytest.mark.parametrize("loss", [Loss.L1, Loss.MSE])
def test_the_best_line_of_the_lesson_is_the_true_one(loss: Loss) -> None:
    """Without noise the line fits the training rows to the rounding of float32."""
    line = best_line(Experiment(loss=loss))
    assert line is not None
    assert (line.weight, line.bias, line.loss) == pytest.approx((0.7, 0.3, 0.0), abs=1e-6)


@pytest.mark.parametrize("loss", [Loss.L1, Loss.MSE])
@pytest.mark.parametrize("shuffle", [False, True])
def test_nothing_on_the_loss_surface_lies_below_the_best_line(loss: Loss, shuffle: bool) -> None:
    """Neither PyTorch's losses around it, on the training rows, nor those of a trained model."""
    e = Experiment(loss=loss, noise=0.2, shuffle=shuffle, epochs=500)
    line = best_line(e)
    assert line is not None
    around = np.linspace(-0.5, 0.5, 21)
    surface = loss_surface(
        e, (line.weight + around).astype(np.float32), (line.bias + around).astype(np.float32)
    )
    assert surface.min() >= line.loss - 1e-6
    assert surface[10, 10] == pytest.approx(line.loss, rel=1e-5)
    assert train(e).history.train_loss.min() >= line.loss - 1e-6


def test_huber_and_data_that_overflow_have_no_best_line() -> None:
    """The result is None, not a wrong line."""
    assert best_line(Experiment(loss=Loss.HUBER)) is None
    assert best_line(Experiment(points=((0.0, 1e300), (1.0, 2.0)), train_fraction=1.0)) is None


@pytest.mark.parametrize("loss", list(Loss))
def test_no_line_is_below_the_lowest_loss_and_one_is_near(loss: Loss) -> None:
    """The loss surface over a fine grid, and its row without slope."""
    e = Experiment(noise=0.3, loss=loss)
    lowest, horizontal = lowest_losses(e)
    weights = biases = np.linspace(-1, 2, 301, dtype=np.float32)
    surface = loss_surface(e, weights, biases)  # (bias, weight)
    assert lowest - 1e-6 <= surface.min() < 1.03 * lowest
    level = surface[:, np.abs(weights).argmin()]
    assert horizontal - 1e-6 <= level.min() < 1.03 * horizontal


def test_data_that_overflow_have_no_lowest_loss() -> None:
    """In float32, which trains, the number is infinite."""
    assert np.isnan(lowest_losses(Experiment(points=((0.0, 1e39), (1.0, 2.0))))).all()
