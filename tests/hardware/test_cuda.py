"""The lesson on a real GPU: as many tests as a machine without one can't replace."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from linreg import BUGS, Device, Experiment, Loss, Mistake, Model, run_mistake, sweep, train
from linreg.core.data import split_data
from linreg.core.losses import make_loss
from linreg.core.models import make_model
from linreg.engines.replay import replayed
from linreg.walkthrough.resume import bookmarks
from linreg.walkthrough.walk import walk

if not torch.cuda.is_available():
    pytest.skip("this machine has no CUDA GPU", allow_module_level=True)

CUDA = Experiment(device=Device.CUDA, epochs=60)
MODELS = pytest.mark.parametrize("model", list(Model))


@MODELS
@pytest.mark.parametrize("loss", list(Loss))
def test_training_is_the_plain_loop_on_the_gpu_to_the_last_bit(model: Model, loss: Loss) -> None:
    """Trained and replayed; the CPU's losses are as near as float32 is."""
    experiment = replace(CUDA, model=model, loss=loss)
    data, net = split_data(experiment).to("cuda"), make_model(model, experiment.seed).to("cuda")
    loss_fn, optimizer = make_loss(loss), torch.optim.SGD(net.parameters(), lr=experiment.lr)
    plain = []
    for _ in range(experiment.epochs):
        value = loss_fn(net(data.X_train), data.y_train)
        plain.append(value.item())
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
    run = train(experiment)
    np.testing.assert_array_equal(run.history.train_loss, np.array(plain, dtype=np.float32))
    np.testing.assert_array_equal(replayed(experiment).history.weight, run.history.weight)
    assert {tensor.device.type for tensor in run.state_dict().values()} == {"cpu"}
    on_cpu = train(replace(experiment, device=Device.CPU)).history
    np.testing.assert_allclose(run.history.train_loss, on_cpu.train_loss, atol=1e-6)


@MODELS
@pytest.mark.parametrize("batch_size", [None, 16])
def test_a_sweep_on_the_gpu_is_its_single_runs(model: Model, batch_size: int | None) -> None:
    """Within rounding, for a few rates, in full and in small batches."""
    experiment = replace(CUDA, model=model, batch_size=batch_size, loss=Loss.MSE)
    rates = [0.001, 0.03, 0.1, 0.3]
    found = sweep(experiment, rates)
    for i, lr in enumerate(rates):
        alone = train(replace(experiment, lr=lr)).history
        np.testing.assert_allclose(found.weight[i], alone.weight, rtol=1e-5)
        np.testing.assert_allclose(found.train_loss[i], alone.train_loss, rtol=1e-4, atol=1e-9)


@MODELS
def test_a_step_on_the_gpu_can_be_walked(model: Model) -> None:
    """The loss of the walk is the one that training recorded."""
    experiment = replace(CUDA, model=model)
    seen = walk(experiment, bookmarks(experiment), 20)
    assert seen.step.loss == pytest.approx(train(experiment).history.train_loss[20], rel=1e-6)


@MODELS
@pytest.mark.parametrize("mistake", list(BUGS))
def test_every_mistake_can_be_made_on_the_gpu(model: Model, mistake: Mistake) -> None:
    """It ends as on the CPU: with an error of the same type, or with none."""
    here, there = (
        run_mistake(replace(CUDA, model=model, device=device), mistake)
        for device in (Device.CPU, Device.CUDA)
    )
    assert here.error.partition(":")[0] == there.error.partition(":")[0]
    assert _errors(here.facts) == _errors(there.facts)


def _errors(facts: tuple[str, ...]) -> list[str]:
    return [word for word in " ".join(facts).split() if word.endswith("Error:")]
