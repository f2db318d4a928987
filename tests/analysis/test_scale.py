"""The scale of own data: what is said of it, and that standard units put it right."""

from dataclasses import replace

import numpy as np
import pytest

from linreg import Experiment, Loss, best_line, standardised, train
from linreg.analysis.scale import RATE_OF_STANDARD_UNITS, scale_problem
from linreg.core.data import split_data
from linreg.figures import predictions_figure
from linreg.formatting import significant
from linreg.own_data.standard_units import condition_number

RANDOM = np.random.default_rng(3)


def rows(x: object, slope: float, bias: float, spread: float) -> tuple[tuple[float, float], ...]:
    """Points around a line."""
    x = np.asarray(x, dtype=float)
    y = slope * x + bias + RANDOM.normal(0, spread, len(x))
    return tuple(zip(x.tolist(), y.tolist(), strict=True))


TABLES = {
    "eruptions": rows(RANDOM.choice([2.0, 4.4], 200) + RANDOM.normal(0, 0.3, 200), 11, 33, 6),
    "heights": rows(RANDOM.normal(68, 1.8, 300).round() + 0.5, 0.65, 24, 2.2),
    "stopping": rows(np.repeat(np.arange(4, 26), 2), 4, -18, 15),
    "salaries": rows(np.linspace(1.1, 10.5, 30), 9_500, 26_000, 5_700),
    "years": rows(np.arange(1880, 2020), 0.008, -1.6, 0.12),
    "four": rows([10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5], 0.5, 3, 1.1),
    "falling": rows(np.arange(1500, 5500, 40), -0.008, 47, 4),
    "tiny": rows(np.linspace(0, 0.003, 40), 0.9, 0.001, 1e-4),
}


@pytest.mark.parametrize("loss", list(Loss))
@pytest.mark.parametrize("name", TABLES)
def test_standard_units_give_any_table_a_useful_picture(name: str, loss: Loss) -> None:
    """The scale is said to be a problem, and one press ends near the best line.

    Near: the loss is a tenth above the smallest at most (for Huber: that of the least squares
    line), or as little as the steps of the rate. Line and rows fill the window.
    """
    experiment = Experiment(points=TABLES[name], loss=loss)
    assert scale_problem(experiment)
    units = standardised(TABLES[name], experiment.n_train)
    run = train(replace(experiment, points=units.points, lr=RATE_OF_STANDARD_UNITS))
    best = best_line(replace(run.experiment, loss=Loss.MSE if loss is Loss.HUBER else loss))
    assert best is not None
    assert run.history.train_loss[-1] < 1.1 * best.loss + 0.06
    low, high = predictions_figure.drawing(run).layout["yaxis"]["autorangeoptions"]["include"]
    y = [y for _, y in units.points]
    assert high - low < 3 * (max(y) - min(y))


def test_nothing_is_said_where_the_scale_suits() -> None:
    """The lesson's line as own data, and its noise; and nothing once units are standard."""
    points = rows(np.arange(0, 1, 0.02), 0.7, 0.3, 0.05)
    assert not scale_problem(Experiment(points=points))
    for table in TABLES.values():
        experiment = Experiment(points=table, loss=Loss.MSE)
        units = standardised(table, experiment.n_train)
        assert not scale_problem(replace(experiment, points=units.points))


def test_a_limit_below_the_smallest_rate_is_named() -> None:
    """2 / lambda_max by hand: nearly 1 / mean(x^2)."""
    said = scale_problem(Experiment(points=TABLES["falling"], loss=Loss.MSE))
    assert "diverges above the rate 9.7×10⁻⁸" in said
    assert "the smallest rate on offer is 0.0001" in said


@pytest.mark.parametrize("lr", [0.0001, 0.01, 1.0])
def test_flat_data_are_compared_with_a_step_that_is_named(lr: float) -> None:
    """The sentence holds at every rate: a step of 0.01 moves this line by 0.01 (1 + mean(x)²)."""
    x = np.linspace(0, 1, 20)
    flat = Experiment(points=rows(x, 0.025, 0.3, 0.0), lr=lr)
    y = split_data(flat).y_train.numpy()
    assert y.std() < 0.01 * (1 + x[:16].mean() ** 2)
    assert "a few steps of the lesson's learning rate, 0.01," in scale_problem(flat)


def test_a_limit_just_below_the_smallest_rate_is_told_from_it() -> None:
    """2 / lambda_max = 1 / mean(x²) = 9.98e-5."""
    said = scale_problem(Experiment(points=((-100.1, 1.0), (100.1, 2.0)) * 5, loss=Loss.MSE))
    assert "above the rate 9.98×10⁻⁵, and the smallest rate on offer is 0.0001" in said


def test_curvature_is_said_of_the_loss_that_has_one() -> None:
    """The surface of L1 is flat between its edges: only that of MSE is curved."""
    for loss in Loss:
        experiment = Experiment(points=TABLES["tiny"], loss=loss)
        said = scale_problem(experiment)
        x = split_data(experiment).X_train.numpy().ravel()
        assert "the surface of the mean squared error is a narrow valley" in said
        # The same digits as where the condition number is told beside the data.
        assert f"{significant(condition_number(x), 3)} times as curved across" in said


def test_how_far_a_step_goes_is_said_where_all_steps_are_as_long() -> None:
    """One step of PyTorch's moves the line by as much; squared errors make steps as they need."""
    x = np.linspace(0, 1, 20)
    far = Experiment(points=rows(x, 100.0, 100.0, 1.0), epochs=2)
    said = scale_problem(far)
    weight, bias = train(far).history.weight, train(far).history.bias
    middle = split_data(far).X_train.mean().item()
    moved = (weight[1] - weight[0]) * middle + bias[1] - bias[0]
    assert "a step of plain SGD with the lesson's learning rate, 0.01, moves it" in said
    assert said.endswith(f" by at most {moved:.2g} on average")
    x_both = np.linspace(-9, 3, 20)  # the line of these rows leaves some above it, some below
    both = Experiment(points=rows(x_both, 400.0, 100.0, 1.0), epochs=2)
    most = float(scale_problem(both).split(" at most ")[1].removesuffix(" on average"))
    history, middle = train(both).history, split_data(both).X_train.mean().item()
    assert abs(np.diff(history.weight)[0] * middle + np.diff(history.bias)[0]) < 1.05 * most
    across = Experiment(points=rows(np.linspace(-5, 5, 41), 4e4, 0.0, 0.0), epochs=2, shuffle=True)
    most = float(scale_problem(across).split(" at most ")[1].removesuffix(" on average"))
    history, x_train = train(across).history, split_data(across).X_train.numpy()
    first = np.abs(np.diff(history.weight)[0] * x_train + np.diff(history.bias)[0]).mean()
    assert 0.5 * most < first < 1.005 * most  # `most` has two digits
    squared = replace(far, loss=Loss.MSE, lr=0.5, epochs=100)
    best = best_line(squared)
    assert best is not None
    assert train(squared).history.train_loss[-1] < 1.1 * best.loss
    assert not scale_problem(squared)
    flat = Experiment(points=rows(x, 0.025, 0.3, 0.0), epochs=1)
    for loss in Loss:
        steps = np.diff(train(replace(flat, loss=loss)).history.bias)
        assert bool(abs(steps[0]) > 0.003) is (loss is Loss.L1)
        assert bool(scale_problem(replace(flat, loss=loss))) is (loss is Loss.L1)
