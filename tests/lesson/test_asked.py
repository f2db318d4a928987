"""What learners ask: the numbers are those of plain PyTorch with its global generator."""

import numpy as np
import pytest
import torch

from linreg import train
from linreg.lesson.asked import L1_FAST, MSE_FAST, about_the_device, modes, starts, uses
from tests.support import notebook


@pytest.mark.parametrize("seed", [0, 42, 1_234])
def test_each_model_draws_its_start_values_in_its_own_way(seed: int) -> None:
    """As after torch.manual_seed, in the lesson's own classes."""
    for model, _, weight, bias in starts(seed):
        torch.manual_seed(seed)
        drawn = [p.item() for p in notebook.CLASSES[model]().parameters()]
        assert [weight, bias] == drawn


def test_a_large_rate_explodes_with_mse_and_only_swings_with_l1() -> None:
    """The L1 loss stays within a few times its first value; the other one grows in every epoch."""
    swings, grows = (train(each).history.train_loss for each in (L1_FAST, MSE_FAST))
    assert swings.max() < 10 * swings[0]
    assert grows[-1] > 1e6 * grows[0]
    assert (np.diff(grows[1:]) > 0).all()


def test_eval_and_inference_mode_change_different_things() -> None:
    """One switches layers, the other the record for gradients."""
    seen = [(mode.training, mode.recorded) for mode in modes()]
    assert seen == [(True, True), (False, True), (True, False), (False, False)]


def test_the_errors_are_pytorchs_own() -> None:
    """Two devices, a plot of a tensor that has a graph, and one of a tensor on another device."""
    devices, moved, graph, elsewhere, back = uses()
    assert devices.error.startswith("RuntimeError")
    assert "device" in devices.error
    assert "detach()" in graph.error
    assert "cpu()" in elsewhere.error
    assert moved.error == back.error == ""
    named = ["meta" in text for text in (devices.error, elsewhere.error)]
    assert named == ["shapes" in about_the_device()] * 2


def test_each_line_is_shown_with_the_devices_and_the_graph_that_decide() -> None:
    """It fails where model and data are on two devices, and a plot off the CPU or with a graph."""
    calls, plots = uses()[:2], uses()[2:]
    assert [bool(use.error) for use in calls] == [use.model_on != use.data_on for use in calls]
    assert [bool(use.error) for use in plots] == [
        use.data_on != "cpu" or use.recorded for use in plots
    ]
    assert {use.recorded for use in plots} == {True, False}
