"""PyTorch's own errors and warnings, and what can be counted, are those of a plain script."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from linreg import (
    BUGS,
    Device,
    Experiment,
    Loss,
    Mistake,
    Model,
    Optimizer,
    run_mistake,
    train,
)
from linreg.mistakes import faulty_steps
from linreg.mistakes.evidence import nodes_behind
from tests.support import notebook
from tests.support.bitwise import assert_same_history
from tests.support.plain_lesson import Plain

MODEL_0 = Experiment()


@pytest.mark.parametrize("loss", list(Loss))
def test_every_loss_function_warns_of_all_batch_sizes(loss: Loss) -> None:
    """The last short batch has a size of its own."""
    experiment = replace(MODEL_0, loss=loss, batch_size=16, validation_fraction=0.1, epochs=2)
    texts = run_mistake(experiment, Mistake.NO_UNSQUEEZE).warnings
    targets = [re.findall(r"target size \(torch\.Size\(\[(\d+)\]\)", text) for text in texts]
    assert targets == [["16"], ["8"], ["5"]]


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


def test_a_forgotten_unsqueeze_leaves_the_line_too_flat(plain: Plain) -> None:
    """As its symptom says of the lesson's settings; the weight itself may grow."""
    history = run_mistake(MODEL_0, Mistake.NO_UNSQUEEZE).history
    assert history is not None
    right = train(MODEL_0).history
    assert history.weight[0] < history.weight[-1] < right.weight[-1] < MODEL_0.weight
    assert right.train_loss[-1] * 4 < history.train_loss[-1] < history.train_loss[0]
    assert "stays too flat" in BUGS[Mistake.NO_UNSQUEEZE].symptom


@pytest.mark.parametrize("optimizer", list(Optimizer))
@pytest.mark.parametrize("loss", list(Loss))
def test_steps_are_proportional_to_a_wrong_rate(loss: Loss, optimizer: Optimizer) -> None:
    """As the explanations of both rates say; and which of them can overflow."""
    experiment = Experiment(loss=loss, optimizer=optimizer, epochs=200)

    def trial(mistake: Mistake) -> Any:
        return run_mistake(experiment, mistake).history

    for mistake, times in ((Mistake.LR_TOO_LARGE, 1000), (Mistake.LR_TOO_SMALL, 0.01)):
        right, wrong = (np.diff(h.bias[:2])[0] for h in (trial(Mistake.NONE), trial(mistake)))
        assert wrong == pytest.approx(times * right, rel=1e-2)
    overflows = not np.isfinite(trial(Mistake.LR_TOO_LARGE).train_loss).all()
    assert overflows == (loss is Loss.MSE and optimizer is not Optimizer.ADAM)


@pytest.mark.parametrize("optimizer", list(Optimizer))
def test_a_rate_that_is_no_float32_any_more_ends_the_first_epoch(optimizer: Optimizer) -> None:
    """PyTorch's own error is the trial's, and no epoch is there to be looked at."""
    parameter = torch.nn.Parameter(torch.ones(1))
    parameter.grad = torch.ones(1)
    with pytest.raises(RuntimeError) as caught:
        torch.optim.SGD([parameter], lr=4e38).step()
    wrong = run_mistake(Experiment(lr=4e35, optimizer=optimizer), Mistake.LR_TOO_LARGE)
    assert wrong.error == f"RuntimeError: {caught.value}"
    assert (wrong.history, wrong.facts) == (None, ())


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
    assert_same_history(trial.history, train(experiment).history)


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
    assert f"{loss:.6f} for the loaded model" in losses
    assert trial.error == ""


def test_losses_kept_as_tensors_keep_their_graphs() -> None:
    """Five nodes for each L1 loss of model 0 (mul, add, sub, abs, mean), two for the parameters."""
    trial = run_mistake(replace(MODEL_0, epochs=30), Mistake.GRAPH_KEPT)
    kept = f"The list keeps {30 * 5 + 2} nodes of autograd's graph in memory, behind 30 losses."
    assert trial.facts[2] == kept
    both = replace(MODEL_0, epochs=30, train_fraction=0.6, validation_fraction=0.2)
    assert run_mistake(both, Mistake.GRAPH_KEPT).facts[2].startswith("The lists keep ")
    assert trial.facts[3].endswith(
        "RuntimeError: Can't call numpy() on Tensor that requires grad. "
        "Use tensor.detach().numpy() instead."
    )
    assert_same_history(trial.history, train(replace(MODEL_0, epochs=30)).history)


def test_graph_nodes_are_counted_once() -> None:
    """A shared part counts once, a loss taken under inference_mode() not at all."""
    w = torch.ones(1, requires_grad=True)
    double = w * 2  # one node, and one for w
    assert nodes_behind([double]) == 2
    assert nodes_behind([double + 1, double + 2, double + 1]) == 2 + 3
    with torch.inference_mode():
        assert nodes_behind([w * 2, w + 1]) == 0


@pytest.mark.parametrize("mistake", [Mistake.RUN_TWICE, Mistake.GRAPH_KEPT, Mistake.TEST_SET])
def test_one_epoch_is_counted_in_the_singular(mistake: Mistake) -> None:
    """So is one loss, and one row of a set."""
    trial = run_mistake(Experiment(epochs=1, train_fraction=0.98), mistake)
    assert not re.search(r"\b1 (\w+ )?(epochs|losses|rows)\b", " ".join(trial.facts))
