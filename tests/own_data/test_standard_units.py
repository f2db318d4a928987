"""Standard units come from the training rows only, and can be converted back."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg import (
    Experiment,
    Loss,
    best_line,
    condition_number,
    standardised,
    train,
)
from linreg.analysis.theory import stability_limit
from linreg.core.data import split_data, split_order

HOUSES = tuple((40.0 + 7 * (i * 5 % 12), 1000.0 * (90 + 13 * (i * 5 % 12))) for i in range(12))


def test_training_rows_have_mean_0_and_deviation_1() -> None:
    """By hand: x 1, 3 and y 10, 30 are training rows; the test row 5, 90 uses their scale."""
    scaled = standardised(((1.0, 10.0), (3.0, 30.0), (5.0, 90.0)), n_train=2)
    assert scaled.points == ((-1.0, -1.0), (1.0, 1.0), (3.0, 7.0))
    assert (scaled.x_mean, scaled.x_std, scaled.y_mean, scaled.y_std) == (2.0, 1.0, 20.0, 10.0)


def test_the_test_rows_have_no_say_in_the_scale() -> None:
    """Whatever values they have, the training rows are the same."""
    other = (*HOUSES[:9], (1e6, -1e6), (5.0, 1e6), (0.0, 0.0))
    assert standardised(HOUSES, 9).points[:9] == standardised(other, 9).points[:9]
    assert standardised(HOUSES, 9).x_mean == standardised(other, 9).x_mean


@pytest.mark.parametrize("seed", range(5))
def test_where_rows_are_shuffled_those_that_train_give_the_scale(seed: int) -> None:
    """The split of the standardised points has training rows with mean 0 and deviation 1."""
    e = Experiment(points=HOUSES, shuffle=True, seed=seed)
    scaled = standardised(HOUSES, e.n_train, split_order(e))
    data = split_data(replace(e, points=scaled.points))
    for column in (data.X_train, data.y_train):
        assert float(column.mean()) == pytest.approx(0, abs=1e-6)
        assert float(column.std(correction=0)) == pytest.approx(1, abs=1e-6)


def test_the_order_is_that_of_the_split() -> None:
    """Row by row, with and without shuffling."""
    for shuffle in (False, True):
        e = Experiment(points=HOUSES, shuffle=shuffle, validation_fraction=0.1)
        data = split_data(e)
        x = [*data.X_train.tolist(), *data.X_validation.tolist(), *data.X_test.tolist()]
        assert [value for (value,) in x] == [HOUSES[row][0] for row in split_order(e)]


@pytest.mark.parametrize("value", [0.1, 1e6, -3.3])
def test_a_column_without_spread_is_only_shifted(value: float) -> None:
    """Also where the mean of equal numbers is not exactly that number."""
    scaled = standardised(((value, 1.0), (value, 2.0), (value, 3.0), (value + 2, 3.0)), 3)
    assert scaled.x_std == 1.0
    assert [x for x, _ in scaled.points] == pytest.approx([0, 0, 0, 2], abs=1e-9)


@pytest.mark.parametrize("n_train", [0, 13, -1])
def test_a_training_set_that_cannot_be_is_refused(n_train: int) -> None:
    """The sentence names what is allowed and what was given."""
    with pytest.raises(ValueError, match=f"from 1 to 12, not {n_train}"):
        standardised(HOUSES, n_train)


parameters = st.floats(-100, 100)


@given(parameters, parameters)
def test_a_line_in_standard_units_is_the_same_line_in_the_old_ones(w: float, b: float) -> None:
    """Predictions for every row agree, scaled back by hand."""
    scaled = standardised(HOUSES, 9)
    weight, bias = scaled.original(w, b)
    for (x, _), (x_std, _) in zip(HOUSES, scaled.points, strict=True):
        expected = (w * x_std + b) * scaled.y_std + scaled.y_mean
        assert weight * x + bias == pytest.approx(expected, rel=1e-9, abs=1e-3)


def test_training_in_standard_units_finds_the_best_line_of_the_old_ones() -> None:
    """Prices by area: training diverges in these units; in standard units 100 epochs do."""
    e = Experiment(points=HOUSES, loss=Loss.MSE, lr=0.1, epochs=100)
    best = best_line(e)
    assert best is not None
    assert not np.isfinite(train(e).history.train_loss[-1])
    scaled = standardised(HOUSES, e.n_train)
    history = train(replace(e, points=scaled.points)).history
    found = scaled.original(float(history.weight[-1]), float(history.bias[-1]))
    assert found == pytest.approx((best.weight, best.bias), rel=1e-4)


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=20))
def test_condition_number_is_the_ratio_of_the_hessians_eigenvalues(x: list[int]) -> None:
    """Against numpy's own eigenvalues of 2 / n * X'^T X'."""
    if len(set(x)) == 1:
        assert condition_number(x) == np.inf
        return
    rows = np.stack([x, np.ones(len(x))], axis=1)
    assert condition_number(x) == pytest.approx(np.linalg.cond(rows) ** 2, rel=1e-6)


def test_standard_units_make_a_bowl_of_the_valley() -> None:
    """The condition number falls to 1, and the largest stable rate rises to 1."""
    assert condition_number([x for x, _ in HOUSES]) > 10_000
    scaled = standardised(HOUSES, len(HOUSES)).points
    assert condition_number([x for x, _ in scaled]) == pytest.approx(1)
    e = Experiment(points=scaled, train_fraction=1.0)
    assert stability_limit(e) == pytest.approx(1, rel=1e-6)


def test_condition_number_of_the_lessons_rows() -> None:
    """By the formula for the eigenvalues of a 2 x 2 matrix."""
    x = np.arange(40) * 0.02
    a, b, d = np.mean(x * x), np.mean(x), 1.0
    root = np.sqrt(((a - d) / 2) ** 2 + b * b)
    expected = ((a + d) / 2 + root) / ((a + d) / 2 - root)
    assert condition_number(x) == pytest.approx(expected, rel=1e-9)
