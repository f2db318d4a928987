"""The bytes for the browser, read by an independent reader."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linreg import Experiment, Loss, Model, Run, sweep, train
from linreg.engines.replay import replayed
from linreg.figures import optimizer_paths_figure, surface_figure, sweep_figure
from linreg.ui.parts.packing import pack
from linreg.ui.parts.stage import content
from linreg.ui.state.view import VIEW, Picture
from tests.support.strategies import experiments, experiments_on_points

PICTURE = Picture(**{name: setting.default for name, setting in VIEW.items()})


def packed(run: Run) -> bytes:
    """The bytes of a run with its three charts."""
    return content(run, PICTURE)


def unpacked(packed: bytes) -> Any:
    """The header with its arrays in place."""
    length = int.from_bytes(packed[:4], "little")
    header = json.loads(packed[4 : 4 + length])
    body = packed[(4 + length + 7) // 8 * 8 :]

    def revive(value: Any) -> Any:
        if isinstance(value, list):
            return [revive(item) for item in value]
        if not isinstance(value, dict):
            return value
        if {"at", "type"} <= set(value):
            array = np.frombuffer(body, value["type"], value["length"], value["at"])
            return array.reshape(value.get("shape", -1))
        return {key: revive(item) for key, item in value.items()}

    return revive(header)


MODEL_1 = train(Experiment(model=Model.LINEAR, epochs=1000))
LARGE = Experiment(points=((3.0, 3.4e38), (-3.4e38, 3.4e38), (4.0, 3.4e38)), batch_size=2, epochs=3)


@pytest.mark.parametrize("epoch", [0, 500, 999])
def test_the_record_holds_the_historys_numbers(epoch: int) -> None:
    """At the first, a middle and the last epoch: parameters, gradients and losses."""
    run, history = unpacked(packed(MODEL_1))["run"], MODEL_1.history
    for name, values in {
        "weight": history.weight,
        "bias": history.bias,
        "weightGrad": history.weight_grad,
        "biasGrad": history.bias_grad,
        "trainLoss": history.train_loss,
        "trainCurve": history.train_loss,
        "testCurve": history.test_loss,
    }.items():
        assert run[name][epoch] == values[epoch]
    assert run["epochs"] == 1000
    for name in ("weight", "bias", "weightGrad", "biasGrad", "trainLoss"):
        assert len(run[name]) == 1001


def test_the_losses_that_no_step_needed_are_those_of_the_end_and_of_the_start() -> None:
    """After the last epoch and before the first: as a run with one more epoch, or none, records."""
    run = unpacked(packed(train(Experiment(epochs=50))))["run"]
    longer = train(Experiment(epochs=51)).history
    assert run["trainLoss"][50] == longer.train_loss[50]
    assert run["weightGrad"][50] == pytest.approx(longer.weight_grad[50], rel=1e-6)
    assert run["biasGrad"][50] == pytest.approx(longer.bias_grad[50], rel=1e-6)
    x = np.arange(0.8, 0.99, 0.02)
    first = np.abs(0.3366904 * x + 0.1288094 - (0.7 * x + 0.3)).mean()
    assert run["firstTestLoss"][0] == pytest.approx(first, rel=1e-5)


def test_with_batches_the_numbers_are_those_of_the_model_on_the_screen() -> None:
    """Loss and gradients on all training rows, at any position, by hand for the L1 loss."""
    run = train(Experiment(batch_size=8, epochs=5))
    shown = unpacked(packed(run))["run"]
    x = np.arange(40) * 0.02
    for k in range(6):
        residual = shown["weight"][k] * x + shown["bias"][k] - (0.7 * x + 0.3)
        assert shown["trainLoss"][k] == pytest.approx(np.abs(residual).mean(), rel=1e-4)
        assert shown["weightGrad"][k] == pytest.approx((np.sign(residual) * x).mean(), abs=1e-6)
        assert shown["biasGrad"][k] == pytest.approx(np.sign(residual).mean(), abs=1e-6)
    np.testing.assert_array_equal(shown["trainCurve"], run.history.train_loss)


def test_figures_come_back_whole() -> None:
    """Each array of each trace, with the grid of the contours."""
    charts = {chart["name"]: chart["figure"] for chart in unpacked(packed(MODEL_1))["charts"]}
    surface = surface_figure(MODEL_1)
    by_name = {trace["name"]: trace for trace in charts["surface"]["data"]}
    np.testing.assert_array_equal(by_name["training loss"]["z"], surface.data[0].z)
    np.testing.assert_array_equal(by_name["path"]["x"], MODEL_1.history.weight)
    assert "linear" in charts["loss"]["layout"]["title"]["text"]


@given(experiment=experiments() | experiments_on_points(), power=st.floats(-307, 37))
@example(experiment=Experiment(), power=37)  # every second loss overflows
@example(experiment=LARGE, power=30)
def test_any_run_can_be_sent(experiment: Experiment, power: float) -> None:
    """Whatever overflows: no number outside of an array is infinite or NaN, which JSON has not."""
    run = replayed(replace(experiment, lr=10.0**power))
    paths = optimizer_paths_figure.drawing([run])
    rates = sweep_figure.drawing(sweep(experiment, [1e-4, 0.01, 10.0]), 0.01)
    for block in (packed(run), pack({}, {"paths": paths, "sweep": rates})):
        assert unpacked(block)["charts"]


@pytest.mark.parametrize(
    ("experiment", "most"),
    [
        (Experiment(epochs=1000, loss=Loss.MSE), 60_000),
        (Experiment(epochs=10_000, loss=Loss.MSE, lr=0.001), 300_000),
    ],
)
def test_what_is_sent_stays_small(experiment: Experiment, most: int) -> None:
    """Curves and record share their bytes; a run that does not alternate is the largest."""
    assert len(packed(replayed(experiment))) < most
