"""The loss surface: each point is the loss of one line, and the windows hold the paths."""

import numpy as np
import pytest
import torch
from hypothesis import given

from linreg import Experiment, Loss, Model, loss_surface
from linreg.analysis.surface import end_window, whole_window
from linreg.engines.replay import replayed
from tests.support import notebook
from tests.support.strategies import experiments


@given(experiments(most_epochs=1))
def test_each_point_is_the_loss_of_the_model_with_those_parameters(e: Experiment) -> None:
    """Row i, column j: weights[j] and biases[i], put into the lesson's own class."""
    weights = np.linspace(-2, 2, 5, dtype=np.float32)
    biases = np.linspace(-1, 3, 4, dtype=np.float32)
    surface = loss_surface(e, weights, biases)
    assert surface.shape == (4, 5)
    assert surface.dtype == np.float32
    X, y, train_end, _ = notebook.data(e)
    loss_fn = {"l1": torch.nn.L1Loss, "mse": torch.nn.MSELoss, "huber": torch.nn.HuberLoss}[e.loss]
    model = notebook.CLASSES[e.model]()
    for i, bias in enumerate(biases):
        for j, weight in enumerate(weights):
            with torch.inference_mode():
                for parameter, value in zip(model.parameters(), (weight, bias), strict=True):
                    parameter.fill_(float(value))
                expected = loss_fn()(model(X[:train_end]), y[:train_end]).item()
            assert surface[i, j] == np.float32(expected)


@pytest.mark.parametrize("model", list(Model))
def test_the_whole_window_holds_start_path_and_truth(model: Model) -> None:
    """No part of the run lies outside."""
    run = replayed(Experiment(model=model, epochs=300))
    weights, biases = whole_window(run, 40)
    for axis, path, true in (
        (weights, run.history.weight, 0.7),
        (biases, run.history.bias, 0.3),
    ):
        assert axis.shape == (40,)
        assert axis[0] < min(path.min(), true)
        assert axis[-1] > max(path.max(), true)


def test_the_end_window_holds_the_last_epochs_and_is_much_smaller() -> None:
    """The noise ball fills it."""
    run = replayed(Experiment(model=Model.LINEAR, epochs=1000))
    for axis, whole, path, true in zip(
        end_window(run, 40),
        whole_window(run, 40),
        (run.history.weight, run.history.bias),
        (0.7, 0.3),
        strict=True,
    ):
        assert axis[0] < min(path[-11:].min(), true)
        assert axis[-1] > max(path[-11:].max(), true)
        assert np.ptp(axis) < np.ptp(whole) / 5


def test_a_diverged_path_leaves_a_window_that_can_be_read() -> None:
    """The axes stay finite and near the truth."""
    run = replayed(Experiment(loss=Loss.MSE, lr=10.0, epochs=100))
    for window in (whole_window, end_window):
        for axis in window(run, 40):
            assert np.isfinite(axis).all()
            assert np.abs(axis).max() < 100
            assert (np.diff(axis) > 0).all()
