"""One more point, far from the line: what it does to each loss."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg import (
    DataError,
    Experiment,
    Loss,
    add_outlier,
    best_line,
    read_points,
    write_points,
)
from linreg.core.data import split_data
from linreg.core.experiment import MOST_POINTS
from linreg.engines.replay import replayed
from linreg.own_data.table import LARGEST

numbers = st.floats(-1e6, 1e6)
points_lists = st.lists(st.tuples(numbers, numbers), min_size=2, max_size=40).map(tuple)


def lesson() -> tuple[tuple[float, float], ...]:
    """The lesson's fifty points."""
    return tuple((i * 0.02, 0.7 * i * 0.02 + 0.3) for i in range(50))


def test_an_outlier_moves_least_squares_and_leaves_absolute_deviations_where_they_are() -> None:
    """One wrong row of 41: the L1 line is still 0.7 x + 0.3, the squared one is far from it."""
    points = add_outlier(lesson())
    l1 = best_line(Experiment(points=points))
    mse = best_line(Experiment(points=points, loss=Loss.MSE))
    assert l1 is not None
    assert mse is not None
    assert (l1.weight, l1.bias) == pytest.approx((0.7, 0.3), abs=1e-6)
    assert abs(mse.weight - 0.7) > 0.3
    assert mse.loss > 0.05


def test_trained_models_feel_an_outlier_as_their_loss_says() -> None:
    """Gradient descent ends near the two lines: L1 on the true one, MSE on the tilted one."""
    points = add_outlier(lesson())
    l1 = replayed(Experiment(points=points, epochs=1000)).history
    mse = replayed(Experiment(points=points, loss=Loss.MSE, lr=0.5, epochs=1000)).history
    tilted = best_line(Experiment(points=points, loss=Loss.MSE))
    assert tilted is not None
    assert (l1.weight[-1], l1.bias[-1]) == pytest.approx((0.7, 0.3), abs=0.03)
    assert (mse.weight[-1], mse.bias[-1]) == pytest.approx((tilted.weight, tilted.bias), abs=1e-3)


def test_the_outlier_is_one_more_training_row_far_from_the_line() -> None:
    """It comes first, at the smallest x, and the other rows are unchanged."""
    before = lesson()
    first, *others = add_outlier(before)
    assert tuple(others) == before
    assert first[0] == 0.0
    assert first[1] > 2 * max(y for _, y in before)
    data = split_data(Experiment(points=add_outlier(before)))
    assert data.y_train[0].item() == pytest.approx(first[1])


@given(points_lists)
def test_an_outlier_can_be_read_back_whatever_the_points(
    points: tuple[tuple[float, float], ...],
) -> None:
    """It stays finite and within the limits of own data."""
    more = add_outlier(points)
    assert len(more) == len(points) + 1
    assert all(abs(value) <= LARGEST for value in more[0])
    assert read_points(write_points(more)).points == more


def test_there_is_no_room_beyond_the_last_row() -> None:
    """With 5,000 rows an outlier is refused in a sentence."""
    with pytest.raises(DataError, match="at most 5,000 rows"):
        add_outlier(((0.0, 1.0),) * MOST_POINTS)
