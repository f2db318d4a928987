"""The pictures of single mistakes: the line, the epochs that go on, and the grid of a broadcast."""

import numpy as np
import pytest
import torch

from linreg import Experiment, Mistake, run_mistake, train
from linreg.core.data import split_data
from linreg.figures import broadcast_figure, continued_losses_figure, trial_lines_figure
from linreg.figures.elements.style import TRAINING
from tests.support.figures import assert_whole, says, trace

MODEL_0 = Experiment()


def test_the_two_mistakes_with_a_state_dict_have_different_pictures() -> None:
    """One stops before the model has its values; the other predicts with random ones."""
    right, strict = train(MODEL_0), run_mistake(MODEL_0, Mistake.OTHER_CLASS)
    loose = run_mistake(MODEL_0, Mistake.OTHER_CLASS_LOOSE)
    assert "gets the same parameters, but stops before" in says(trial_lines_figure(right, strict))
    untrained = run_mistake(MODEL_0, Mistake.NO_GRAD)
    assert "no line was learned" in says(trial_lines_figure(right, untrained))
    torch.manual_seed(42)
    torch.randn(1), torch.randn(1)  # the lesson's own model
    layer = torch.nn.Linear(1, 1)
    assert loose.line == (layer.weight.item(), layer.bias.item())
    figure = trial_lines_figure(right, loose)
    assert_whole(figure)
    assert trace(figure, "this code").y[0] == pytest.approx(layer.bias.item())


def test_a_forgotten_unsqueeze_shows_a_flat_line_and_the_grid() -> None:
    """After 1000 epochs weight 0.0868; every prediction minus every y."""
    longer = Experiment(epochs=1000)
    right, trial = train(longer), run_mistake(longer, Mistake.NO_UNSQUEEZE)
    assert trial.line == pytest.approx((0.0868, 0.5379), abs=5e-5)
    line = trace(trial_lines_figure(right, trial), "this code").y
    assert line[1] - line[0] == pytest.approx(0.0868 * 0.98, abs=1e-3)
    figure = broadcast_figure(right, trial)
    data = split_data(longer)
    weight, bias = trial.line or (0.0, 0.0)
    expected = (weight * data.X_train + bias - data.y_train.squeeze()).numpy()
    assert expected.shape == (40, 40)
    np.testing.assert_allclose(figure.data[0].z, expected, rtol=1e-5, atol=1e-6)
    assert "1,600" in says(figure)


@pytest.mark.parametrize(
    ("batch_size", "size", "said"),
    [(8, "8 x 8", "all 64."), (1, "1 x 1", "compared with its own y alone.")],
)
def test_the_grid_is_that_of_one_batch(batch_size: int, size: str, said: str) -> None:
    """As the trial prints its shapes, and each y is one of the training set's."""
    in_batches = Experiment(batch_size=batch_size, epochs=5)
    right, trial = train(in_batches), run_mistake(in_batches, Mistake.NO_UNSQUEEZE)
    figure = broadcast_figure(right, trial)
    assert np.shape(figure.data[0].z) == (batch_size, batch_size)
    assert f"{size} numbers" in figure.layout.title.text
    assert said in says(figure)
    [shapes] = [fact for fact in trial.facts if "shape" in fact]
    numbers = "64 numbers" if batch_size == 8 else "1 number"
    assert shapes.endswith(f"({batch_size}, {batch_size}): {numbers}.")


def test_a_cell_that_was_run_twice_goes_on_after_the_first_run() -> None:
    """Its curve begins at epoch 100, and is that of the epochs 100 to 199 of one long run."""
    right, trial = train(MODEL_0), run_mistake(MODEL_0, Mistake.RUN_TWICE)
    figure = continued_losses_figure(right, trial)
    first, second = (t for t in figure.data if t.name == f"{TRAINING.name} loss")
    whole = train(Experiment(epochs=200)).history.train_loss
    np.testing.assert_array_equal(first.y, whole[:100])
    assert second.x0 == 100
    np.testing.assert_array_equal(second.y, whole[100 : 100 + len(second.y)])
