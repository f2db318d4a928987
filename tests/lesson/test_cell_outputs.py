"""What the lesson's cells print, against plain PyTorch with its global generator."""

from pathlib import Path

import pytest
import torch

from linreg import Experiment, Loss, Model
from linreg.engines.replay import replayed
from linreg.lesson.cell_outputs import (
    data_described,
    judged,
    parameter_device,
    parameters_before,
    round_trip,
    saved_file,
)
from tests.support import notebook


@pytest.mark.parametrize("model", list(Model))
def test_size_and_random_values_are_those_of_a_plain_notebook(model: Model, tmp_path: Path) -> None:
    """After one seed, the first instance is trained and the second one loads the file."""
    run = replayed(Experiment(model=model))
    trip = round_trip(run)
    assert len(saved_file(run)) == trip.size
    torch.manual_seed(42)
    first, second = (notebook.CLASSES[model]() for _ in range(2))
    first.load_state_dict(run.state_dict())
    file = tmp_path / Path(trip.path).name
    torch.save(first.state_dict(), file)
    assert trip.size == file.stat().st_size
    assert trip.fresh == {key: value.item() for key, value in second.state_dict().items()}
    assert trip.answer == str(second.load_state_dict(torch.load(file, weights_only=True)))
    assert (trip.rows, trip.equal) == ("test", (True,) * 10)


def test_a_diverged_model_is_not_equal_to_itself() -> None:
    """Its NaN predictions are loaded as they are, and ten comparisons of NaN are False."""
    trip = round_trip(replayed(Experiment(loss=Loss.MSE, lr=1.0, epochs=1000)))
    assert trip.equal == (False,) * 10
    assert trip.answer == "<All keys matched successfully>"


def test_predictions_before_and_after_are_the_lessons() -> None:
    """The first and the last test row, to the last digit that the lesson prints."""
    seen = judged(replayed(Experiment(model=Model.LINEAR, epochs=1000)))
    assert (seen.rows, seen.device) == ("test", "cpu")
    assert seen.x == pytest.approx([0.8 + 0.02 * i for i in range(10)])
    assert seen.y == pytest.approx([0.7 * x + 0.3 for x in seen.x])
    assert f"{seen.after[0]:.4f} {seen.after[-1]:.4f}" == "0.8600 0.9854"
    assert seen.before == pytest.approx([0.7645 * x + 0.8300 for x in seen.x], abs=1e-3)


@pytest.mark.parametrize(
    ("validation", "rows", "count"), [(0.0, "training", 50), (0.2, "validation", 10)]
)
def test_without_a_test_set_the_last_set_is_predicted(
    validation: float, rows: str, count: int
) -> None:
    """The lesson's code predicts the same set."""
    share = 1.0 - validation
    run = replayed(Experiment(train_fraction=share, validation_fraction=validation))
    seen = judged(run)
    assert (seen.rows, len(seen.x)) == (rows, count)
    assert round_trip(run).rows == rows


def test_data_and_parameters_are_described_as_pytorch_has_them() -> None:
    """Names, shapes, types and first values are PyTorch's."""
    X, y = data_described(Experiment(), 3)
    assert (X.name, X.shape, X.dtype) == ("X", (50, 1), "torch.float32")
    assert X.values == pytest.approx((0, 0.02, 0.04))
    assert y.values == pytest.approx((0.3, 0.314, 0.328))
    weight, bias = parameters_before(Experiment(model=Model.LINEAR))
    assert (weight.name, weight.shape) == ("linear_layer.weight", (1, 1))
    assert (bias.name, bias.shape) == ("linear_layer.bias", (1,))
    assert (f"{weight.values[0]:.4f}", f"{bias.values[0]:.4f}") == ("0.7645", "0.8300")
    assert parameter_device(Experiment()) == "cpu"
