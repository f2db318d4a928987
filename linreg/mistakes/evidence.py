"""What a run of wrong code leaves behind, and what one can find in it: numbers, in sentences.

A finding says what anybody could print or count. It does not say why it is so.
"""

import io
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from linreg.core.failures import error_text, raise_if_machine_failed
from linreg.core.models import make_model
from linreg.core.record import History
from linreg.formatting import apart, counted, loss_text, number, or_overflow, span
from linreg.mistakes.faulty_steps import STAND_IN, model_of_other_class
from linreg.mistakes.trial_recorder import TrialRecorder
from linreg.walkthrough.resume import Trainer
from linreg.walkthrough.walk import test_loop


def nodes_behind(losses: Sequence[Tensor]) -> int:
    """Return how many nodes of autograd's graph the losses keep in memory, each counted once."""
    found = set()
    todo = [loss.grad_fn for loss in losses]
    while todo:
        node = todo.pop()
        if node is not None and node not in found:
            found.add(node)
            todo += [before for before, _ in node.next_functions]
    return len(found)


def common_facts(trainer: Trainer, history: History) -> tuple[str, ...]:
    """Return the parameters at the start and the end, and the first and last gradients.

    A gradient that is None at the end was always None: each epoch calls backward(), or none does.
    """
    is_none = any(parameter.grad is None for parameter in trainer.model.parameters())
    grads = zip(history.weight_grad[[0, -1]], history.bias_grad[[0, -1]], strict=True)
    first, last = ("None and None" if is_none else _both(*pair) for pair in grads)
    moves = from_start_to_end(history)
    return (
        f"{moves[0].upper()}{moves[1:]}.",
        f".grad of weight and bias: {first} after the first epoch, {last} after the last.",
    )


def from_start_to_end(history: History) -> str:
    """Return the first and the last parameters, as a part of a sentence."""
    ends = [(float(values[0]), float(values[-1])) for values in (history.weight, history.bias)]
    if not np.isfinite(ends).all():
        return "the parameters overflowed"
    weight, bias = (" → ".join(apart(*pair)) for pair in ends)
    return f"weight {weight}, bias {bias}"


def _both(weight: float, bias: float) -> str:
    """Return the numbers of both parameters."""
    is_finite = np.isfinite([weight, bias]).all()
    return f"{number(weight)} and {number(bias)}" if is_finite else "overflowed"


def shapes(trainer: Trainer, _recorder: TrialRecorder) -> tuple[str, ...]:
    """Return the shapes of one batch's predictions, y and residuals."""
    X, y = next(iter(trainer.batches))
    with torch.inference_mode():
        y_pred = trainer.model(X)
        residuals = y_pred - y
    return (
        f"In the first batch y_pred has the shape {tuple(y_pred.shape)} and y {tuple(y.shape)}; "
        f"y_pred - y has {tuple(residuals.shape)}: {counted(residuals.numel(), 'number')}.",
    )


def losses_on_both_sets(trainer: Trainer, _recorder: TrialRecorder) -> tuple[str, ...]:
    """Return the trained model's loss on the training rows and on the test rows."""
    data = trainer.data
    sets = (("training", data.X_train, data.y_train), ("test", data.X_test, data.y_test))
    ends = [
        f"{_loss(trainer.model, trainer.loss_fn, X, y)} on the {counted(len(X), f'{name} row')}"
        for name, X, y in sets
    ]
    return (f"The loss of the trained model, after the last step: {' and '.join(ends)}.",)


def _loss(model: nn.Module, loss_fn: nn.Module, X: Tensor, y: Tensor) -> str:
    """Return the loss of the model as it is, as text."""
    return or_overflow(test_loop(model, loss_fn, X, y)[1].item(), loss_text)


def first_move(trainer: Trainer, recorder: TrialRecorder) -> tuple[str, ...]:
    """Return how far the parameters move in the first epoch, if it ended, and the range of y."""
    if not recorder.epochs:
        return ()
    weight, bias = (
        abs(float(values[1]) - float(values[0]))
        for values in (recorder.history.weight, recorder.history.bias)
    )
    moves = f"The first epoch moves the weight by {number(weight)} and the bias by {number(bias)}."
    if not np.isfinite([weight, bias]).all():
        moves = "In the first epoch the parameters overflowed."
    return (f"{moves} The y of the training set: {span(trainer.data.y_train.ravel().tolist())}.",)


def devices(trainer: Trainer, _recorder: TrialRecorder) -> tuple[str, ...]:
    """Return the devices of the parameters and of the rows."""
    parameter, (X, _) = next(trainer.model.parameters()), next(iter(trainer.batches))
    where = f"The parameters are on {parameter.device}, the rows of X on {X.device}."
    if parameter.device.type != STAND_IN:
        return (where,)
    return (
        where,
        "This machine has no second device. PyTorch's meta device is used in its place: it knows "
        "shapes and keeps no numbers.",
    )


def recording(trainer: Trainer, _recorder: TrialRecorder) -> tuple[str, ...]:
    """Return whether a loss computed under no_grad() has a graph."""
    X, y = next(iter(trainer.batches))
    with torch.no_grad():
        loss = trainer.loss_fn(trainer.model(X), y)
    return (f"loss.requires_grad is {loss.requires_grad}, loss.grad_fn is {loss.grad_fn}.",)


def where_it_began(trainer: Trainer, recorder: TrialRecorder) -> tuple[str, ...]:
    """Return the parameters before the listed epochs, and those of a new model."""
    experiment, history = trainer.experiment, recorder.history
    weight, bias = float(history.weight[0]), float(history.bias[0])
    began = f"at weight {number(weight)} and bias {number(bias)}"
    if not np.isfinite([weight, bias]).all():
        began = "with parameters that had overflowed"
    return (
        f"The list of training losses holds {counted(len(history.train_loss), 'epoch')}. Its "
        f"first epoch began {began}; a new model begins at "
        f"{_both(*_parameters(make_model(experiment.model, experiment.seed)))}.",
    )


def graph_kept(_trainer: Trainer, recorder: TrialRecorder) -> tuple[str, ...]:
    """Return how large the graphs of the kept losses are, and how plotting them fails."""
    losses = [*recorder.validation_loss, *recorder.test_loss]
    keep = "lists keep" if recorder.validation_loss else "list keeps"
    facts = [
        f"The {keep} {counted(nodes_behind(losses), 'node')} of autograd's graph in memory, "
        f"behind {counted(len(losses), 'loss')}."
    ]
    call = ".numpy()" if losses[-1].device.type == "cpu" else ".cpu().numpy()"
    try:
        losses[-1].cpu().numpy()
    except RuntimeError as error:
        raise_if_machine_failed(error)
        facts.append(f"A plot calls {call} on each loss, which raises {error_text(error)}")
    return tuple(facts)


def load_strictly(trainer: Trainer) -> str:
    """Load the state_dict into a model of the other class; return the error's text."""
    try:
        model_of_other_class(trainer.experiment).load_state_dict(_saved(trainer))
    except RuntimeError as error:
        raise_if_machine_failed(error)
        return error_text(error)
    return ""


def load_loosely(trainer: Trainer, _recorder: TrialRecorder) -> tuple[str, ...]:
    """Load it with strict=False; return the answer, and the loaded model's values and loss."""
    loaded = model_of_other_class(trainer.experiment)
    initial = _parameters(loaded)
    answer = loaded.load_state_dict(_saved(trainer), strict=False)
    weight, bias = _parameters(loaded)
    kept = "the same values" if (weight, bias) == initial else "not the values"
    X, y = trainer.data.X_train.cpu(), trainer.data.y_train.cpu()
    losses = [_loss(model, trainer.loss_fn, X, y) for model in (loaded, trainer.model.cpu())]
    return (
        f"load_state_dict returned {answer}.",
        f"The loaded model's weight is {number(weight)} and its bias {number(bias)}: {kept} that "
        "it had before loading.",
        f"Loss on the training rows: {losses[0]} for the loaded model, {losses[1]} for the saved "
        "one, after its last step.",
    )


def loaded_line(trainer: Trainer) -> tuple[float, float]:
    """Return weight and bias of a model of the other class after a load with strict=False."""
    loaded = model_of_other_class(trainer.experiment)
    loaded.load_state_dict(_saved(trainer), strict=False)
    return _parameters(loaded)


def _saved(trainer: Trainer) -> dict[str, Tensor]:
    """Return the trained model's state_dict, saved and loaded again."""
    file = io.BytesIO()
    torch.save(trainer.model.cpu().state_dict(), file)
    file.seek(0)
    state: dict[str, Tensor] = torch.load(file, weights_only=True)
    return state


def _parameters(model: nn.Module) -> tuple[float, float]:
    weight, bias = (parameter.item() for parameter in model.parameters())
    return weight, bias
