"""The history as CSV: every number of every epoch, to the last bit."""

import csv
import io
from dataclasses import replace

import numpy as np
from hypothesis import given

from linreg import Experiment, Loss, history_csv, train
from tests.support import notebook
from tests.support.strategies import experiments


def columns(text: str) -> dict[str, np.ndarray]:
    """The columns of a CSV text by name, as float32."""
    names, *rows = csv.reader(io.StringIO(text))
    return {
        name: np.array([float(row[i]) for row in rows], dtype=np.float32)
        for i, name in enumerate(names)
    }


def assert_same_bits(actual: np.ndarray, expected: list[float] | np.ndarray) -> None:
    """NaN and the sign of zero included."""
    wanted = np.array(expected, dtype=np.float32)
    np.testing.assert_array_equal(np.isnan(actual), np.isnan(wanted))
    number = ~np.isnan(wanted)
    np.testing.assert_array_equal(actual[number].view(np.int32), wanted[number].view(np.int32))


@given(experiments())
def test_the_table_holds_the_plain_loops_numbers(experiment: Experiment) -> None:
    """One row for each epoch, with the parameters at its beginning and end."""
    table = columns(history_csv(train(experiment)))
    plain = notebook.plain_loop(experiment)
    wanted: dict[str, list[float]] = {
        "epoch": [*range(experiment.epochs)],
        "train_loss": plain["train_loss"],
        "weight_before": plain["weight"][:-1],
        "bias_before": plain["bias"][:-1],
        "weight_grad": plain["weight_grad"],
        "bias_grad": plain["bias_grad"],
        "weight_after": plain["weight"][1:],
        "bias_after": plain["bias"][1:],
    }
    if experiment.n_test:
        wanted["test_loss"] = plain["test_loss"]
    for name, values in wanted.items():
        assert_same_bits(table[name], values)
    assert set(table) - set(wanted) == ({"validation_loss"} if experiment.n_validation else set())


@given(experiments())
def test_the_history_can_be_read_back_from_the_table(experiment: Experiment) -> None:
    """A column is left out only if its set is empty."""
    run = train(experiment)
    history, table = run.history, columns(history_csv(run))
    none = [np.nan] * experiment.epochs
    assert_same_bits(table["train_loss"], history.train_loss)
    assert_same_bits(np.array(table.get("test_loss", none)), history.test_loss)
    assert_same_bits(np.array(table.get("validation_loss", none)), history.validation_loss)
    for name in ("weight", "bias"):
        path = np.append(table[f"{name}_before"][:1], table[f"{name}_after"])
        assert_same_bits(path, getattr(history, name))
        assert_same_bits(table[f"{name}_grad"], getattr(history, f"{name}_grad"))


def test_the_first_row_is_the_one_that_the_lesson_prints() -> None:
    """The digits are those of `loss.item()` in a notebook, and of b - lr * grad."""
    text = history_csv(train(Experiment(epochs=1)))
    assert text == (
        "epoch,train_loss,test_loss,weight_before,bias_before,weight_grad,bias_grad,"
        "weight_after,bias_after\n"
        "0,0.31288138031959534,0.48106518387794495,0.33669036626815796,0.12880940735340118,"
        "-0.39000001549720764,-1.0,0.34059035778045654,0.1388094127178192\n"
    )


def test_columns_of_empty_sets_are_left_out() -> None:
    """A column of nan only would look like an overflow."""
    one = Experiment(epochs=2)
    assert "validation_loss" not in columns(history_csv(train(one)))
    both = columns(history_csv(train(replace(one, validation_fraction=0.1))))
    assert {"validation_loss", "test_loss"} <= set(both)
    assert "test_loss" not in columns(history_csv(train(replace(one, train_fraction=1.0))))


def test_a_run_that_overflowed_keeps_its_nan_and_inf() -> None:
    """They are what happened."""
    run = train(Experiment(loss=Loss.MSE, lr=10.0, epochs=200))
    table = columns(history_csv(run))
    assert np.isinf(table["train_loss"]).any()
    assert_same_bits(table["train_loss"], run.history.train_loss)
    assert_same_bits(table["weight_after"], run.history.weight[1:])
