"""The mistakes: each against a plain script with the same mistake, and the lesson's figures."""

import re
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from torch import nn

from linreg import (
    Device,
    Experiment,
    History,
    Loss,
    Mistake,
    Model,
    Optimizer,
    Schedule,
    healthy,
    run_mistake,
    train,
)
from linreg.mistakes import faulty_steps
from linreg.mistakes.evidence import nodes_behind
from tests.support import notebook
from tests.support.devices import take_the_cpu_for_a_gpu
from tests.support.strategies import experiments

MODEL_0 = Experiment()
FLAT = [
    Mistake.NO_STEP,
    Mistake.STEP_FIRST,
    Mistake.NO_BACKWARD,
    Mistake.OTHER_PARAMETERS,
]


@dataclass
class Plain:
    """The lesson's objects, made as its notebook makes them, and what a script wrote down."""

    X_train: torch.Tensor
    y_train: torch.Tensor
    X_test: torch.Tensor
    y_test: torch.Tensor
    model: Any
    loss_fn: Any
    train_loss: list[float]
    test_loss: list[float]

    def sgd(self, lr: float = 0.01) -> torch.optim.SGD:
        """The lesson's optimizer."""
        return torch.optim.SGD(self.model.parameters(), lr=lr)

    def note(self, loss: torch.Tensor) -> None:
        """Keep the loss, and the test loss of the parameters as they are now."""
        self.train_loss.append(loss.item())
        with torch.inference_mode():
            self.test_loss.append(self.loss_fn(self.model(self.X_test), self.y_test).item())


@pytest.fixture
def plain() -> Iterator[Plain]:
    """The lesson's first notebook up to the optimizer, without the package."""
    X = torch.arange(0, 1, 0.02).unsqueeze(dim=1)
    y = 0.7 * X + 0.3
    with torch.random.fork_rng():
        torch.manual_seed(42)
        model = notebook.LinearRegressionModel()
        yield Plain(X[:40], y[:40], X[40:], y[40:], model, nn.L1Loss(), [], [])


def assert_is(plain: Plain, history: History | None) -> None:
    """Every loss and the last parameters are those of the plain script, to the last bit."""
    assert history is not None
    np.testing.assert_array_equal(history.train_loss, np.array(plain.train_loss, np.float32))
    np.testing.assert_array_equal(history.test_loss, np.array(plain.test_loss, np.float32))
    ends = np.array([p.item() for p in plain.model.parameters()], np.float32)
    np.testing.assert_array_equal([history.weight[-1], history.bias[-1]], ends)


def lines(
    *names: str,
) -> Callable[[Plain, torch.optim.Optimizer, torch.Tensor], None]:
    """Steps 3 to 5 of the loop in the given order."""

    def run(_plain: Plain, optimizer: torch.optim.Optimizer, loss: torch.Tensor) -> None:
        calls: dict[str, Callable[[], object]] = {
            "zero_grad": optimizer.zero_grad,
            "backward": loss.backward,
            "step": optimizer.step,
        }
        for name in names:
            calls[name]()

    return run


@pytest.mark.parametrize(
    ("mistake", "run"),
    [
        (Mistake.NONE, lines("zero_grad", "backward", "step")),
        (Mistake.NO_ZERO_GRAD, lines("backward", "step")),
        (Mistake.NO_STEP, lines("zero_grad", "backward")),
        (Mistake.NO_BACKWARD, lines("zero_grad", "step")),
        (Mistake.STEP_FIRST, lines("zero_grad", "step", "backward")),
    ],
)
def test_a_missing_or_misplaced_line_does_what_it_does_in_a_plain_loop(
    plain: Plain,
    mistake: Mistake,
    run: Callable[[Plain, torch.optim.Optimizer, torch.Tensor], None],
) -> None:
    """Three calls on PyTorch's objects, in the wrong order or one of them left out."""
    optimizer = plain.sgd()
    for _ in range(150):
        loss = plain.loss_fn(plain.model(plain.X_train), plain.y_train)
        run(plain, optimizer, loss)
        plain.note(loss)
    trial = run_mistake(replace(MODEL_0, epochs=150), mistake)
    assert_is(plain, trial.history)
    assert (trial.warnings, trial.error) == ((), "")


def test_without_zero_grad_the_loss_swings_for_ever() -> None:
    """The lesson's figure: between 0.011 and 0.418 in epochs 200 to 600."""
    history = run_mistake(replace(MODEL_0, epochs=601), Mistake.NO_ZERO_GRAD).history
    assert history is not None
    late = history.train_loss[200:]
    assert (f"{late.min():.3f}", f"{late.max():.3f}") == ("0.011", "0.418")


@pytest.mark.parametrize("mistake", FLAT)
@pytest.mark.parametrize("optimizer", list(Optimizer))
def test_where_no_step_reaches_the_model_the_loss_is_flat(
    mistake: Mistake, optimizer: Optimizer
) -> None:
    """The loss of the starting values, 0.3129, in every epoch, whatever the optimizer."""
    history = run_mistake(replace(MODEL_0, optimizer=optimizer), mistake).history
    assert history is not None
    assert {f"{loss:.4f}" for loss in history.train_loss} == {"0.3129"}
    assert len(set(history.weight)) == len(set(history.bias)) == 1


def test_the_flat_ones_differ_in_their_gradients() -> None:
    """Those of the first step for ever, none at all, or a growing sum."""
    by_mistake = {m: run_mistake(MODEL_0, m) for m in FLAT}
    grads = {m: trial.history.bias_grad for m, trial in by_mistake.items() if trial.history}
    for mistake in (Mistake.NO_STEP, Mistake.STEP_FIRST):
        np.testing.assert_allclose(grads[mistake], -np.ones(100), rtol=1e-6)
    assert np.isnan(grads[Mistake.NO_BACKWARD]).all()
    np.testing.assert_allclose(grads[Mistake.OTHER_PARAMETERS], -np.arange(1, 101), rtol=1e-5)
    assert by_mistake[Mistake.NO_BACKWARD].facts[-1].count("None") == 4


def test_an_optimizer_of_the_first_model_leaves_the_second_alone(plain: Plain) -> None:
    """The model is made again after its optimizer, with the same seed."""
    optimizer = plain.sgd()
    torch.manual_seed(42)
    plain.model = notebook.LinearRegressionModel()
    for _ in range(100):
        loss = plain.loss_fn(plain.model(plain.X_train), plain.y_train)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        plain.note(loss)
    assert_is(plain, run_mistake(MODEL_0, Mistake.OTHER_PARAMETERS).history)


def test_a_forgotten_unsqueeze_compares_every_row_with_every_row(plain: Plain) -> None:
    """The lesson's figures after 1000 epochs, and PyTorch's warning for each of both sizes."""
    plain.y_train, plain.y_test = plain.y_train.squeeze(), plain.y_test.squeeze()
    optimizer = plain.sgd()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(1000):
            loss = plain.loss_fn(plain.model(plain.X_train), plain.y_train)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            plain.note(loss)
    trial = run_mistake(replace(MODEL_0, epochs=1000), Mistake.NO_UNSQUEEZE)
    assert trial.history is not None
    assert_is(plain, trial.history)
    assert trial.warnings == tuple(dict.fromkeys(str(w.message) for w in caught))
    assert len(trial.warnings) == 2
    ends = trial.history.weight[-1], trial.history.bias[-1], trial.history.train_loss[-1]
    assert [f"{end:.4f}" for end in ends] == ["0.0868", "0.5379", "0.1407"]
    shapes = ("(40, 1)", "(40,)", "(40, 40)", "1600")
    assert all(shape in trial.facts[-1] for shape in shapes)


@pytest.mark.parametrize("loss", list(Loss))
def test_every_loss_function_warns_of_all_batch_sizes(loss: Loss) -> None:
    """The last short batch has a size of its own."""
    experiment = replace(MODEL_0, loss=loss, batch_size=16, validation_fraction=0.1, epochs=2)
    texts = run_mistake(experiment, Mistake.NO_UNSQUEEZE).warnings
    targets = [re.findall(r"target size \(torch\.Size\(\[(\d+)\]\)", text) for text in texts]
    assert targets == [["16"], ["8"], ["5"]]


def test_training_on_the_test_set_learns_the_test_rows(plain: Plain) -> None:
    """The test loss gets smaller than training on the training rows ever makes it."""
    optimizer = plain.sgd()
    for _ in range(100):
        loss = plain.loss_fn(plain.model(plain.X_test), plain.y_test)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        plain.note(loss)
    trial = run_mistake(MODEL_0, Mistake.TEST_SET)
    assert_is(plain, trial.history)
    assert trial.history is not None
    assert trial.history.test_loss.min() < train(MODEL_0).history.test_loss.min() / 10
    with torch.inference_mode():
        on_training = plain.loss_fn(plain.model(plain.X_train), plain.y_train).item()
    assert f"{on_training:.4f} on the 40 training rows" in trial.facts[-1]


@pytest.mark.parametrize(
    ("mistake", "lr"), [(Mistake.LR_TOO_LARGE, 10.0), (Mistake.LR_TOO_SMALL, 0.0001)]
)
def test_a_wrong_learning_rate_is_that_of_a_plain_loop(
    plain: Plain, mistake: Mistake, lr: float
) -> None:
    """0.01 becomes 10, or 0.0001."""
    optimizer = plain.sgd(lr)
    for _ in range(100):
        loss = plain.loss_fn(plain.model(plain.X_train), plain.y_train)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        plain.note(loss)
    assert_is(plain, run_mistake(MODEL_0, mistake).history)


def test_a_squared_error_with_a_huge_rate_overflows() -> None:
    """What is recorded then is what PyTorch computes: no finite number."""
    history = run_mistake(replace(MODEL_0, loss=Loss.MSE), Mistake.LR_TOO_LARGE).history
    assert history is not None
    assert not np.isfinite(history.train_loss[-1])


@pytest.mark.parametrize("model", list(Model))
def test_model_and_data_on_two_devices_are_refused(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one device the meta device stands in, and says so: a plain model's text on it."""
    monkeypatch.setattr(faulty_steps, "available_devices", lambda: (Device.CPU,))
    trial = run_mistake(replace(MODEL_0, model=model), Mistake.TWO_DEVICES)
    with pytest.raises(RuntimeError) as caught:
        notebook.CLASSES[model]().to("meta")(torch.zeros(40, 1))
    assert trial.error == f"RuntimeError: {caught.value}"
    assert "meta" in trial.error
    assert trial.history is None


def test_training_under_no_grad_is_refused(plain: Plain) -> None:
    """The text is PyTorch's, and no parameter has moved."""
    with torch.no_grad():
        loss = plain.loss_fn(plain.model(plain.X_train), plain.y_train)
        with pytest.raises(RuntimeError) as caught:
            loss.backward()
    trial = run_mistake(MODEL_0, Mistake.NO_GRAD)
    assert trial.error == f"RuntimeError: {caught.value}"
    assert trial.error.startswith("RuntimeError: element 0 of tensors does not require grad")
    assert trial.history is None
    [fact] = trial.facts
    assert "requires_grad is False" in fact


@pytest.mark.parametrize("model", list(Model))
def test_a_state_dict_of_the_other_class_is_refused(model: Model) -> None:
    """The whole history is there, and the error names the keys."""
    experiment = replace(MODEL_0, model=model)
    trial = run_mistake(experiment, Mistake.OTHER_CLASS)
    other = notebook.CLASSES["linear" if model is Model.PARAMETER else "parameter"]()
    with pytest.raises(RuntimeError) as caught:
        other.load_state_dict(notebook.CLASSES[model]().state_dict())
    assert trial.error == f"RuntimeError: {caught.value}"
    assert '"linear_layer.weight", "linear_layer.bias"' in trial.error
    assert_same(trial.history, train(experiment).history)


@pytest.mark.parametrize("model", list(Model))
def test_strict_false_keeps_the_random_values_and_tells_the_keys(
    plain: Plain, model: Model
) -> None:
    """The values are those that the notebook draws next; load_state_dict returns the keys."""
    classes = notebook.CLASSES
    torch.manual_seed(42)
    saved = classes[model]()
    loaded = classes["linear" if model is Model.PARAMETER else "parameter"]()
    drawn = [p.item() for p in loaded.parameters()]
    answer = loaded.load_state_dict(saved.state_dict(), strict=False)
    assert drawn == [p.item() for p in loaded.parameters()]
    trial = run_mistake(replace(MODEL_0, model=model), Mistake.OTHER_CLASS_LOOSE)
    returned, values, losses = trial.facts[-3:]
    assert returned == f"load_state_dict returned {answer}."
    assert f"weight is {drawn[0]:.4f} and its bias {drawn[1]:.4f}: the same values" in values
    loss = plain.loss_fn(loaded(plain.X_train), plain.y_train).item()
    assert f"{loss:.4f} for the loaded model" in losses
    assert trial.error == ""


def test_the_training_cell_run_twice_goes_on(plain: Plain) -> None:
    """The lesson's printed parameters, 0.6990 and 0.3093; the lists hold the second time only."""
    optimizer = plain.sgd()
    for _cell in range(2):
        plain.train_loss, plain.test_loss = [], []
        for _ in range(100):
            loss = plain.loss_fn(plain.model(plain.X_train), plain.y_train)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            plain.note(loss)
    history = run_mistake(MODEL_0, Mistake.RUN_TWICE).history
    assert_is(plain, history)
    assert history is not None
    assert (f"{history.weight[-1]:.4f}", f"{history.bias[-1]:.4f}") == ("0.6990", "0.3093")
    assert (f"{history.weight[0]:.4f}", f"{history.bias[0]:.4f}") == ("0.5784", "0.3513")


def test_losses_kept_as_tensors_keep_their_graphs() -> None:
    """Five nodes for each L1 loss of model 0 (mul, add, sub, abs, mean), two for the parameters."""
    trial = run_mistake(replace(MODEL_0, epochs=30), Mistake.GRAPH_KEPT)
    assert f"30 losses, which keep {30 * 5 + 2} nodes" in trial.facts[2]
    assert trial.facts[3].endswith(
        "RuntimeError: Can't call numpy() on Tensor that requires grad. "
        "Use tensor.detach().numpy() instead."
    )
    assert_same(trial.history, train(replace(MODEL_0, epochs=30)).history)


def test_graph_nodes_are_counted_once() -> None:
    """A shared part counts once, a loss taken under inference_mode() not at all."""
    w = torch.ones(1, requires_grad=True)
    double = w * 2  # one node, and one for w
    assert nodes_behind([double]) == 2
    assert nodes_behind([double + 1, double + 2, double + 1]) == 2 + 3
    with torch.inference_mode():
        assert nodes_behind([w * 2, w + 1]) == 0


def assert_same(history: History | None, other: History) -> None:
    """All arrays are equal to the last bit."""
    assert history is not None
    for f in fields(History):
        actual, expected = getattr(history, f.name), getattr(other, f.name)
        np.testing.assert_array_equal(actual, expected, err_msg=f.name)


@pytest.mark.parametrize(
    "mistake", [Mistake.NONE, Mistake.NO_BACKWARD, Mistake.RUN_TWICE, Mistake.TEST_SET]
)
def test_numbers_kept_on_the_device_are_those_kept_as_floats(
    mistake: Mistake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a gradient is None, and where there are more or other batches than in a run."""
    experiment = Experiment(batch_size=16, epochs=20)
    expected = run_mistake(experiment, mistake)
    assert expected.history is not None
    take_the_cpu_for_a_gpu(monkeypatch)
    found = run_mistake(experiment, mistake)
    assert_same(found.history, expected.history)
    assert found.facts == expected.facts


@given(experiments())
def test_without_a_mistake_it_is_the_training_of_any_experiment(experiment: Experiment) -> None:
    """The code around the mistakes changes no bit; only a mistake does."""
    trial = run_mistake(experiment, Mistake.NONE)
    assert_same(trial.history, train(experiment).history)
    assert (trial.warnings, trial.error) == ((), "")


def test_training_refuses_an_experiment_with_a_mistake() -> None:
    """Nothing is ignored silently; without the mistake it is the same experiment."""
    wrong = replace(MODEL_0, mistake=Mistake.NO_STEP)
    assert healthy(wrong) == MODEL_0
    with pytest.raises(ValueError, match="mistake must be none to train, not no-step; use run_m"):
        train(wrong)
    assert run_mistake(MODEL_0, Mistake.NO_STEP).experiment == wrong


def test_a_scheduler_without_steps_warns() -> None:
    """PyTorch notices that the learning rate is changed before any step; only then."""
    scheduled = replace(MODEL_0, schedule=Schedule.STEP, epochs=6)
    (text,) = run_mistake(scheduled, Mistake.NO_STEP).warnings
    assert text.startswith("Detected call of `lr_scheduler.step()` before `optimizer.step()`")
    assert run_mistake(scheduled, Mistake.NO_BACKWARD).warnings == ()


@pytest.mark.parametrize(
    ("mistake", "change", "named"),
    [
        (Mistake.TEST_SET, {"train_fraction": 1.0}, "must leave test rows.*test-set, not 0 of 50"),
        (Mistake.GRAPH_KEPT, {"train_fraction": 1.0}, "must leave test rows"),
        (Mistake.NO_UNSQUEEZE, {"step": 0.005, "stop": 5.0, "start": -5.0}, "rows must give"),
        (
            Mistake.NO_UNSQUEEZE,
            {"step": 0.01, "stop": 5.0, "epochs": 10_000},
            "epochs and rows must give at most 200000000 pairs",
        ),
        (
            Mistake.GRAPH_KEPT,
            {"step": 0.01, "stop": 5.0, "start": -4.0, "train_fraction": 0.3, "epochs": 9000},
            "at most 5000000 predictions",
        ),
        (
            Mistake.TEST_SET,
            {"train_fraction": 0.05, "batch_size": 1, "epochs": 3000},
            "at most 80000 optimizer steps on the test rows for this mistake, not 144000",
        ),
        (
            Mistake.TEST_SET,
            {"train_fraction": 0.05, "batch_size": 256, "epochs": 9000, "stop": 5, "step": 0.005},
            "at most 5000000 test rows dealt into batches for this mistake, not 8550000",
        ),
        (
            Mistake.RUN_TWICE,
            {"batch_size": 1, "epochs": 1500},
            "at most 80000 optimizer steps in both runs for this mistake, not 120000",
        ),
    ],
    ids=["no test rows", "none kept", "one loss", "whole run", "graphs", "steps", "deal", "twice"],
)
def test_what_is_too_much_or_impossible_is_named(
    mistake: Mistake, change: dict[str, Any], named: str
) -> None:
    """One sentence with the fields, what is allowed and what was asked for."""
    with pytest.raises(ValueError, match=named) as caught:
        run_mistake(replace(MODEL_0, **change), mistake)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("mistake", list(Mistake))
@pytest.mark.parametrize(
    "experiment",
    [
        Experiment(epochs=1),
        Experiment(epochs=2, points=((0.0, 1.0), (1.0, 2.0), (2.0, 4.0)), train_fraction=0.7),
        Experiment(epochs=2, model=Model.LINEAR, batch_size=16, schedule=Schedule.COSINE),
    ],
    ids=["one epoch", "three points", "batches"],
)
def test_small_cases_have_all_they_should(mistake: Mistake, experiment: Experiment) -> None:
    """Arrays have the shapes of a run; a trial that an error ends has no history."""
    trial = run_mistake(experiment, mistake)
    assert trial.facts
    assert all(fact[-1] in ".)" or "RuntimeError" in fact for fact in trial.facts)
    if trial.history is None:
        assert trial.error.startswith("RuntimeError: ")
        return
    for f in fields(History):
        rows = experiment.epochs + (f.name in ("weight", "bias"))
        assert getattr(trial.history, f.name).shape == (rows,)
        assert getattr(trial.history, f.name).dtype == np.float32
    assert np.isnan(trial.history.validation_loss).all()


def test_trials_leave_the_process_as_it_was() -> None:
    """Global generator, gradient mode, and the filters of warnings, also beside other threads."""
    before = torch.get_rng_state().clone()
    filters, show = list(warnings.filters), warnings.showwarning
    few = replace(MODEL_0, epochs=20)
    alone = {mistake: run_mistake(few, mistake) for mistake in Mistake}
    with ThreadPoolExecutor(max_workers=16) as pool:
        together = list(pool.map(lambda m: run_mistake(few, m), [*Mistake] * 3))
    for trial in together:
        expected = alone[trial.mistake]
        assert (trial.warnings, trial.error, trial.facts) == (
            expected.warnings,
            expected.error,
            expected.facts,
        )
        if expected.history is not None:
            assert_same(trial.history, expected.history)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.is_grad_enabled()
    assert list(warnings.filters) == filters
    assert warnings.showwarning is show


def test_progress_counts_the_epochs_of_both_times_and_may_end_the_trial() -> None:
    """What progress raises reaches the caller, a RuntimeError too: PyTorch did not raise it."""
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        seen.append((done, total))
        if done > 700:
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        run_mistake(replace(MODEL_0, epochs=500), Mistake.RUN_TWICE, progress)
    assert seen == [(256, 1000), (512, 1000), (768, 1000)]
