"""The table of settings: the values that it allows, and its errors for others."""

import math
from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from linreg import SETTINGS, Experiment, Loss, Optimizer, train
from linreg.core.data import make_data, split_data
from linreg.settings.kinds import Number, Setting, Whole
from linreg.ui.state.view import LOOP, OPENING, SCREEN, VIEW
from tests.support.examples import examples
from tests.support.strategies import experiments


def test_defaults_are_the_lessons() -> None:
    """A line 0.7 x + 0.3 over 50 rows, 40 of them for training, 100 epochs of SGD on L1."""
    e = Experiment()
    assert (e.weight, e.bias, e.start, e.stop, e.step) == (0.7, 0.3, 0.0, 1.0, 0.02)
    assert (e.n_points, e.n_train, e.n_validation, e.n_test) == (50, 40, 0, 10)
    assert (e.model, e.loss, e.optimizer, e.lr, e.epochs) == ("parameter", "l1", "sgd", 0.01, 100)
    assert (e.batch_size, e.seed, e.device) == (None, 42, "cpu")


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("lr", 0, "a number above 0 and at most 1e+37"),
        ("lr", math.nan, "a number above 0 and at most 1e+37"),
        ("weight", math.inf, "a number from -1000000 to 1000000"),
        ("weight", "0.7", "a number from -1000000 to 1000000"),
        ("epochs", 10_001, "a whole number from 1 to 10000"),
        ("epochs", 1.5, "a whole number from 1 to 10000"),
        ("epochs", True, "a whole number from 1 to 10000"),
        ("batch_size", 0, "'all' or a whole number from 1 to 256"),
        ("model", "Linear", "one of parameter, linear"),
        ("shuffle", 1, "true or false"),
        ("points", ((0.0, 1.0),), "None, or 2 to 5000 pairs (x, y) of finite numbers"),
        ("points", ((0.0, 1.0), (1.0, math.inf)), "None, or 2 to 5000 pairs (x, y)"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(
    name: str, value: object, allowed: str
) -> None:
    """The error names the field, what is allowed and what was given."""
    wrong: dict[str, object] = {name: value}
    with pytest.raises(ValueError, match=f"^{name} must be ") as caught:
        Experiment(**wrong)  # type: ignore[arg-type]
    assert allowed in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"start": 1.0, "stop": 0.0}, "start must be below stop"),
        ({"start": 0.0, "stop": 0.25, "step": 1.0}, "start, stop and step"),
        ({"train_fraction": 0.8, "validation_fraction": 0.4}, "validation_fraction"),
        ({"train_fraction": 0.05, "step": 0.2}, "train_fraction"),
        ({"batch_size": 1, "epochs": 10_000}, "epochs and batch_size"),
    ],
)
def test_settings_that_exclude_each_other_are_named(values: dict[str, float], named: str) -> None:
    """Each value is allowed alone, but not both together."""
    with pytest.raises(ValueError, match=named):
        Experiment(**values)  # type: ignore[arg-type]


def test_equal_settings_are_equal_experiments() -> None:
    """1 and 1.0, 0.3 and 0.1 + 0.2, 0.0 and -0.0 give the same run and the same cache key."""
    same = Experiment(weight=1.0, bias=0.3, noise=0.0)
    other = Experiment(weight=1, bias=0.1 + 0.2, noise=-0.0)
    assert same == other
    assert repr(same) == repr(other)


@pytest.mark.parametrize(
    "value",
    [np.float32(0.5), np.float64(0.5), np.int64(3), np.True_, np.str_("mse"), np.array(0.5)],
    ids=lambda value: type(value).__name__,
)
def test_a_numpy_scalar_is_taken_as_pythons_own_value(value: Any) -> None:
    """The experiment holds the plain value, so that address and file can write it."""
    name = {float: "lr", int: "epochs", bool: "shuffle", str: "loss"}[type(value.item())]
    given, plain = ({name: each} for each in (value, value.item()))
    assert repr(Experiment(**given)) == repr(Experiment(**plain))


def test_an_array_with_dimensions_is_no_value() -> None:
    """Also one that holds a single number."""
    for value in (np.array([True]), np.array([0.5])):
        with pytest.raises(ValueError, match="must be"):
            Experiment(shuffle=value)  # type: ignore[arg-type]


@pytest.mark.parametrize("optimizer", list(Optimizer))
@pytest.mark.parametrize("lr", [math.ulp(0.0), 1e-310, 1e37])
def test_any_rate_that_is_allowed_trains(lr: float, optimizer: Optimizer) -> None:
    """A rate that float32 rounds to 0 moves nothing; a larger one than 3.4e37 stops Adam."""
    run = train(Experiment(lr=lr, optimizer=optimizer, loss=Loss.MSE, epochs=3))
    assert bool(np.ptp(run.history.weight) == 0) is (lr < 1)
    parameter = torch.nn.Parameter(torch.ones(1))
    parameter.grad = torch.ones(1)
    with pytest.raises(RuntimeError, match="overflow"):
        torch.optim.Adam([parameter], lr=3.5e37).step()


@pytest.mark.parametrize("name", list(SETTINGS))
def test_every_declaration_is_complete(name: str) -> None:
    """Each has a label, a help text, and an allowed default and allowed stops."""
    setting: Setting[object] = SETTINGS[name]
    assert setting.label
    assert setting.help.endswith(".")
    for value in (setting.default, *setting.stops):
        assert setting.check(value) == value
        assert setting.nearest(value) == value
        if setting.address:
            assert setting.parse(setting.format(value)) == value
    assert not setting.stops or setting.default in setting.stops


@pytest.mark.parametrize(
    "table",
    [SETTINGS, VIEW, SCREEN, OPENING, LOOP],
    ids=["run", "view", "screen", "opening", "loop"],
)
def test_stops_that_are_numbers_ascend(table: Mapping[str, Setting[object]]) -> None:
    """The search for the nearest stop needs this."""
    for setting in table.values():
        numbers = [stop for stop in setting.stops if isinstance(stop, int | float)]
        assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(
    "table",
    [SETTINGS, VIEW, SCREEN, OPENING, LOOP],
    ids=["run", "view", "screen", "opening", "loop"],
)
def test_each_number_knows_whether_its_stops_are_evenly_spaced(
    table: Mapping[str, Setting[object]],
) -> None:
    """The field agrees with the differences between neighbouring stops."""
    for name, setting in table.items():
        if isinstance(setting, Number | Whole):
            steps = np.diff(setting.stops)
            assert setting.evenly_spaced == np.allclose(steps, steps[:1], rtol=1e-9), name


@examples(5)
@given(st.sampled_from(["weight", "lr", "epochs", "seed", "batch_size"]), st.floats(-2e4, 2e4))
def test_no_stop_is_nearer_than_the_nearest(name: str, value: float) -> None:
    """All stops are compared; of two equally near stops the lower one counts."""
    stops = [stop for stop in SETTINGS[name].stops if stop is not None]
    distances = [abs(stop - value) for stop in stops]
    assert SETTINGS[name].nearest(value) == stops[distances.index(min(distances))]


@given(st.data())
def test_any_number_that_the_library_allows_is_written_exactly(data: st.DataObject) -> None:
    """An address and a file give back the ten digits that a setting keeps, small ones too."""
    numbers = [setting for setting in SETTINGS.values() if isinstance(setting, Number)]
    setting = data.draw(st.sampled_from(numbers))
    ends = setting.limits or setting.stops
    low, high = ends[0], ends[-1]
    value = setting.check(data.draw(st.floats(low, high) | st.floats(max(low, 1e-9), min(high, 1))))
    assert setting.check(setting.parse(setting.format(value))) == value


def test_addresses_of_settings_differ() -> None:
    """No two settings share a name in the address."""
    addresses = [setting.address for setting in SETTINGS.values() if setting.address]
    assert len(set(addresses)) == len(addresses)
    assert set(SETTINGS) == {field.name for field in fields(Experiment)}


@given(experiments())
def test_the_three_sets_are_a_partition_of_the_rows(experiment: Experiment) -> None:
    """Every row is in exactly one set, and the sets have the sizes of the experiment."""
    X, y = make_data(experiment)
    split = split_data(experiment)
    assert len(X) == experiment.n_points == len(torch.arange(*_range(experiment)))
    sets = [
        (split.X_train, split.y_train, experiment.n_train),
        (split.X_validation, split.y_validation, experiment.n_validation),
        (split.X_test, split.y_test, experiment.n_test),
    ]
    rows = [row for X_set, y_set, _ in sets for row in _rows(X_set, y_set)]
    assert [len(X_set) for X_set, _, _ in sets] == [size for _, _, size in sets]
    assert sorted(rows) == sorted(_rows(X, y))
    if not experiment.shuffle:
        assert rows == _rows(X, y)


def test_the_data_are_those_of_the_lesson() -> None:
    """The first ten rows are as the lesson prints them; shapes (50, 1), float32."""
    X, y = make_data(Experiment())
    assert X.shape == y.shape == (50, 1)
    assert X.dtype == y.dtype == torch.float32
    assert [f"{x:.2f}" for x in X[:10, 0].tolist()] == [f"{0.02 * i:.2f}" for i in range(10)]
    shown = "0.3000 0.3140 0.3280 0.3420 0.3560 0.3700 0.3840 0.3980 0.4120 0.4260"
    assert " ".join(f"{v:.4f}" for v in y[:10, 0].tolist()) == shown


@given(st.integers(0, 999), st.floats(0.01, 1))
def test_noise_has_the_standard_deviation_that_was_set(seed: int, noise: float) -> None:
    """Over 1000 rows the residuals have this deviation, within five standard errors."""
    X, y = make_data(Experiment(step=0.01, start=-5, stop=5, noise=noise, seed=seed))
    residuals = y - (0.7 * X + 0.3)
    assert abs(residuals.std().item() / noise - 1) < 5 / math.sqrt(2 * len(X))
    assert abs(residuals.mean().item()) < 5 * noise / math.sqrt(len(X))


def test_own_points_are_used_instead_of_the_line() -> None:
    """They are not changed, and they keep their order."""
    X, y = make_data(Experiment(points=((3.0, 1.0), (1.0, 2.0), (2.0, 5.0))))
    assert X.tolist() == [[3.0], [1.0], [2.0]]
    assert y.tolist() == [[1.0], [2.0], [5.0]]


def test_choices_are_plain_words() -> None:
    """A choice may be given by its text, as in an address; the experiment holds the member."""
    experiment = Experiment(model="linear")  # type: ignore[arg-type]
    assert isinstance(experiment.model, StrEnum)


def _range(experiment: Experiment) -> tuple[float, float, float]:
    return experiment.start, experiment.stop, experiment.step


def _rows(X: torch.Tensor, y: torch.Tensor) -> list[tuple[float, float]]:
    return list(zip(X.ravel().tolist(), y.ravel().tolist(), strict=True))


@pytest.mark.parametrize("seed", [1000, 2**31, 2**32 - 1])
def test_the_library_takes_more_than_the_sliders(seed: int) -> None:
    """Large seeds, any rate above 0, steep lines, NumPy's numbers."""
    numpys: dict[str, Any] = {
        "seed": np.int64(seed),
        "lr": np.float64(1e-6),
        "weight": np.float32(-12.5),
        "epochs": np.int32(3),
    }
    experiment = Experiment(**numpys)
    assert isinstance(experiment.seed, int)
    assert (experiment.seed, experiment.lr, experiment.weight) == (seed, 1e-6, -12.5)


def test_the_noise_has_the_unit_of_y() -> None:
    """It is added to y, so twice the y with twice the noise are the same rows times two."""
    small, large = (make_data(Experiment(weight=k, bias=0.0, noise=0.1 * k))[1] for k in (1, 2))
    np.testing.assert_allclose(large, 2 * small, rtol=1e-5)
    assert SETTINGS["noise"].unit == "that of y"
