"""The loop: the lesson's figures, the plain notebook loop, threads, small cases."""

import io
import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from hypothesis import given

from linreg import (
    Device,
    Experiment,
    History,
    LinearRegressionModel,
    Loss,
    Model,
    Run,
    Schedule,
    train,
)
from linreg.core import training
from linreg.engines.torch_internals import Watched
from tests.support import notebook
from tests.support.devices import take_the_cpu_for_a_gpu
from tests.support.examples import examples
from tests.support.strategies import experiments

MODEL_0 = Experiment()
MODEL_1 = Experiment(model=Model.LINEAR, epochs=1000)


def close(actual: object, expected: object) -> bool:
    """Compare with a relative tolerance of 1e-6, since processors round differently."""
    return np.allclose(np.asarray(actual, float), np.asarray(expected, float), rtol=1e-6, atol=0)


def assert_same(run: Run, plain: dict[str, list[float]]) -> None:
    """Every number of the history is the plain loop's, to the last bit."""
    for name, values in plain.items():
        expected = np.array(values, dtype=np.float32)
        np.testing.assert_array_equal(getattr(run.history, name), expected, err_msg=name)


def test_model_0_shows_the_figures_of_the_lesson() -> None:
    """Model 0 has the losses of epochs 0, 20 ... 80 and the parameters of 0, 100 and 200 epochs."""
    history = train(MODEL_0).history
    assert close(
        history.train_loss[::20],
        [
            0.31288138031959534,
            0.08908725529909134,
            0.04543796554207802,
            0.03818932920694351,
            0.03132382780313492,
        ],
    )
    assert close(
        history.test_loss[::20],
        [
            0.48106518387794495,
            0.21729660034179688,
            0.11360953003168106,
            0.08886633068323135,
            0.07232122868299484,
        ],
    )
    longer = train(replace(MODEL_0, epochs=200)).history
    shown = [f"{longer.weight[e]:.4f} {longer.bias[e]:.4f}" for e in (0, 100, 200)]
    assert shown == ["0.3367 0.1288", "0.5784 0.3513", "0.6990 0.3093"]


def test_model_1_shows_the_figures_of_the_lesson() -> None:
    """Losses of model 1 every 100th epoch, its parameters and predictions after 1000."""
    run = train(MODEL_1)
    assert close(
        run.history.train_loss[::100],
        [0.5551779866218567, 0.006215679459273815, *[0.0012645035749301314] * 8],
    )
    assert close(
        run.history.test_loss[::100],
        [0.5739762187004089, 0.014086711220443249, *[0.013801807537674904] * 8],
    )
    state = run.state_dict()
    assert {key: f"{value.item():.4f}" for key, value in state.items()} == {
        "linear_layer.weight": "0.6968",
        "linear_layer.bias": "0.3025",
    }
    X_test = torch.arange(0, 1, 0.02).unsqueeze(dim=1)[40:]
    predictions = [f"{p:.4f}" for p in run.predict(X_test).squeeze().tolist()]
    lesson = "0.8600 0.8739 0.8878 0.9018 0.9157 0.9296 0.9436 0.9575 0.9714 0.9854"
    assert " ".join(predictions) == lesson


@examples(2)
@given(experiments())
def test_the_history_is_that_of_the_plain_loop_to_the_last_bit(experiment: Experiment) -> None:
    """This holds for all models, losses, optimizers, schedules, batches, splits and noise."""
    assert_same(train(experiment), notebook.plain_loop(experiment))


@pytest.mark.parametrize("experiment", [MODEL_0, MODEL_1], ids=["model 0", "model 1"])
def test_the_lessons_runs_are_those_of_the_plain_loop_to_the_last_bit(
    experiment: Experiment,
) -> None:
    """All epochs of both runs of the lesson are equal, also where the losses alternate."""
    assert_same(train(experiment), notebook.plain_loop(experiment))


@pytest.mark.parametrize(
    "experiment",
    [
        MODEL_0,
        Experiment(model=Model.LINEAR, batch_size=16, shuffle=True, epochs=30),
        Experiment(epochs=1),
        Experiment(loss=Loss.MSE, lr=10.0, epochs=200),
    ],
    ids=["model 0", "batches", "one epoch", "overflow"],
)
def test_numbers_kept_on_the_device_are_those_kept_as_floats(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record for a GPU, made here on the CPU, is equal to the CPU's to the last bit."""
    plain = train(experiment).history
    take_the_cpu_for_a_gpu(monkeypatch)
    found = train(experiment).history
    for f in fields(History):
        assert getattr(found, f.name).tobytes() == getattr(plain, f.name).tobytes(), f.name


def fetches(experiment: Experiment) -> int:
    """Count how often a run fetches a single number, for which a device must finish its work."""
    seen: list[str] = []
    with Watched(lambda operation: seen.append(operation.name)):
        train(experiment)
    return seen.count("aten._local_scalar_dense.default")


def test_training_does_not_wait_for_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the CPU it fetches five numbers per epoch and two initial ones; on a GPU none singly."""
    on_cpu = fetches(Experiment(epochs=30))
    take_the_cpu_for_a_gpu(monkeypatch)
    assert (on_cpu, fetches(Experiment(epochs=30))) == (5 * 30 + 2, 0)


def test_forty_threads_each_get_their_own_run() -> None:
    """Each of forty trainings at the same time has the history of its own seed."""
    wanted = [
        Experiment(seed=seed, epochs=8, noise=0.1, shuffle=True, batch_size=batch, model=model)
        for seed in range(20)
        for batch, model in ((None, Model.PARAMETER), (16, Model.LINEAR))
    ]
    alone = [notebook.plain_loop(experiment) for experiment in wanted]
    with ThreadPoolExecutor(max_workers=40) as pool:
        together = list(pool.map(train, wanted))
    for run, plain in zip(together, alone, strict=True):
        assert_same(run, plain)


def test_training_leaves_the_process_as_it_was() -> None:
    """The global generator, the thread count, the default type and the gradient mode stay."""
    before = torch.get_rng_state().clone()
    outside = torch.get_num_threads(), torch.get_default_dtype(), torch.is_grad_enabled()
    train(Experiment(noise=0.1, shuffle=True, batch_size=8, model=Model.LINEAR, epochs=3))
    assert torch.equal(torch.get_rng_state(), before)
    assert outside == (torch.get_num_threads(), torch.get_default_dtype(), torch.is_grad_enabled())


@pytest.mark.parametrize("model", list(Model))
def test_a_checkpoint_loads_into_the_lessons_own_class(model: Model) -> None:
    """Plain torch.load reads the file, and a plain class then makes the same predictions."""
    run = train(Experiment(model=model))
    state = torch.load(io.BytesIO(run.checkpoint), weights_only=True)
    loaded = notebook.CLASSES[model]()
    assert str(loaded.load_state_dict(state)) == "<All keys matched successfully>"
    X = torch.arange(0, 1, 0.02).unsqueeze(dim=1)
    with torch.inference_mode():
        assert torch.equal(loaded(X), run.predict(X))


def test_a_checkpoint_is_as_small_as_a_plain_one() -> None:
    """The file holds only the lesson's keys, as torch.save of a state_dict writes them."""
    file = io.BytesIO()
    torch.save(LinearRegressionModel().state_dict(), file)
    run = train(MODEL_0)
    assert len(run.checkpoint) == len(file.getvalue())
    assert {k: tuple(v.shape) for k, v in run.state_dict().items()} == {
        "weights": (1,),
        "bias": (1,),
    }


def test_a_run_cannot_be_changed() -> None:
    """Arrays are read-only, also after pickling, which a cache does."""
    run = pickle.loads(pickle.dumps(train(Experiment(epochs=2))))
    for f in fields(History):
        with pytest.raises(ValueError, match="read-only"):
            getattr(run.history, f.name)[0] = 1.0
    run.state_dict()["weights"].fill_(9.0)
    assert run.state_dict()["weights"].item() == run.history.weight[-1]


@pytest.mark.parametrize(
    "experiment",
    [
        Experiment(train_fraction=1.0),
        Experiment(train_fraction=0.05, step=0.02, stop=1.0),
        Experiment(epochs=1),
        Experiment(lr=0.0001),
        Experiment(lr=10.0),
        Experiment(epochs=1, schedule=Schedule.STEP),
        Experiment(points=((0.0, 1.0), (1.0, 2.0)), train_fraction=1.0),
        Experiment(batch_size=256),
    ],
    ids=["no test set", "two rows", "one epoch", "lowest lr", "highest lr", "step", "own", "batch"],
)
def test_small_cases_have_all_their_numbers(experiment: Experiment) -> None:
    """Only test losses without a test set are NaN; all other numbers are finite."""
    history = train(experiment).history
    assert history.train_loss.shape == (experiment.epochs,)
    assert history.weight.shape == history.bias.shape == (experiment.epochs + 1,)
    assert np.isfinite(history.train_loss).all()
    assert np.isnan(history.test_loss).all() == (experiment.n_test == 0)


def test_progress_is_reported_in_order_and_may_end_the_run() -> None:
    """An exception that progress raises reaches the caller; so a run can be abandoned."""
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        seen.append((done, total))
        if done >= 512:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        train(Experiment(epochs=1000), progress)
    assert seen == [(256, 1000), (512, 1000)]


def test_a_missing_device_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the device and those of this machine."""
    monkeypatch.setattr(training, "available_devices", lambda: (Device.CPU,))
    with pytest.raises(ValueError, match="device must be one of cpu on this machine, not cuda"):
        train(Experiment(device=Device.CUDA))


def test_the_step_schedule_drops_after_each_third() -> None:
    """With L1 loss each step moves the bias by the rate: 0.1, then 0.01, then 0.001."""
    bias = train(Experiment(schedule=Schedule.STEP, lr=0.1, epochs=9, bias=2.0)).history.bias
    np.testing.assert_allclose(np.diff(bias), [0.1] * 3 + [0.01] * 3 + [0.001] * 3, rtol=1e-3)
