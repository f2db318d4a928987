"""What a run of wrong code left, and what a look at it finds: numbers, in sentences.

A finding says what anybody could print or count; it does not say why it is so.
"""

import io
from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from linreg.core.losses import Floats
from linreg.core.models import make_model
from linreg.core.record import History
from linreg.formatting import number
from linreg.mistakes.faulty_steps import STAND_IN, model_of_other_class
from linreg.mistakes.raised import error_text
from linreg.walkthrough.resume import Training
from linreg.walkthrough.walk import test_loop

Values = tuple[float, float]  # weight and bias


class Record:
    """What one pass over the training cell puts down, epoch by epoch.

    Losses on validation and test rows are kept as the tensors that they are, with the graph behind
    them where there is one; a set without rows has none.
    """

    def __init__(self, initial: Values) -> None:
        self.train_loss: list[float] = []
        self.validation_loss: list[torch.Tensor] = []
        self.test_loss: list[torch.Tensor] = []
        self.parameters = [initial]  # then those after each epoch
        self.gradients: list[tuple[float | None, float | None]] = []

    def end_epoch(self, model: nn.Module) -> None:
        """Keep the parameters after the epoch, and their gradients."""
        self.parameters.append(values_of(model))
        weight, bias = (p.grad for p in model.parameters())
        self.gradients.append((_item(weight), _item(bias)))

    def history(self) -> History:
        """Return all of it as arrays, shaped as those of any other run; no gradient is NaN."""
        none = [float("nan")] * len(self.train_loss)
        weight, bias = _columns(self.parameters)
        weight_grad, bias_grad = _columns(self.gradients)
        return History(
            train_loss=_array(self.train_loss),
            validation_loss=_array([loss.item() for loss in self.validation_loss] or none),
            test_loss=_array([loss.item() for loss in self.test_loss] or none),
            weight=weight,
            bias=bias,
            weight_grad=weight_grad,
            bias_grad=bias_grad,
        )


def nodes_behind(losses: Sequence[torch.Tensor]) -> int:
    """Return how many nodes of autograd's graph a list of losses keeps alive, each counted once."""
    found = set()
    todo = [loss.grad_fn for loss in losses]
    while todo:
        node = todo.pop()
        if node is not None and node not in found:
            found.add(node)
            todo += [before for before, _ in node.next_functions]
    return len(found)


def nothing_more(_lesson: Training, _record: Record) -> tuple[str, ...]:
    """Find nothing beyond what every trial shows."""
    return ()


def no_error(_lesson: Training) -> str:
    """Load nothing that could fail."""
    return ""


def common_facts(record: Record) -> tuple[str, ...]:
    """Return where the parameters ended and which gradients they had first and last."""
    (weight, bias), (last_weight, last_bias) = record.parameters[0], record.parameters[-1]
    first, last = (
        " and ".join("None" if grad is None else number(grad) for grad in record.gradients[epoch])
        for epoch in (0, -1)
    )
    return (
        f"Weight {number(weight)} → {number(last_weight)}, bias {number(bias)} → "
        f"{number(last_bias)}.",
        f".grad of weight and bias: {first} after the first epoch, {last} after the last.",
    )


def shapes(lesson: Training, _record: Record) -> tuple[str, ...]:
    """Find what the residuals of one batch look like."""
    X, y = next(iter(lesson.batches))
    with torch.inference_mode():
        y_pred = lesson.model(X)
        residuals = y_pred - y
    return (
        f"y_pred has the shape {tuple(y_pred.shape)} and y {tuple(y.shape)}; y_pred - y has "
        f"{tuple(residuals.shape)}, {residuals.numel()} numbers.",
    )


def losses_on_both_sets(lesson: Training, _record: Record) -> tuple[str, ...]:
    """Find how the model does at the end on training rows and on test rows."""
    data = lesson.data
    sets = (("training", data.X_train, data.y_train), ("test", data.X_test, data.y_test))
    ends = [
        f"{number(test_loop(lesson.model, lesson.loss_fn, X, y)[1].item())} on the {len(X)} "
        f"{name} rows"
        for name, X, y in sets
    ]
    return (f"The loss of the model in the end: {' and '.join(ends)}.",)


def first_move(lesson: Training, record: Record) -> tuple[str, ...]:
    """Find how far the parameters go in the first epoch, and how far apart the data are."""
    before, after = record.parameters[:2]
    weight, bias = (abs(new - old) for old, new in zip(before, after, strict=True))
    y = lesson.data.y_train
    return (
        f"The first epoch moves the weight by {number(weight)} and the bias by {number(bias)}. "
        f"All y of the training set lie between {number(y.min().item())} and "
        f"{number(y.max().item())}.",
    )


def devices(lesson: Training, _record: Record) -> tuple[str, ...]:
    """Find where the parameters and the rows are."""
    parameter, (X, _) = next(lesson.model.parameters()), next(iter(lesson.batches))
    where = f"The parameters are on {parameter.device}, the rows of X on {X.device}."
    if parameter.device.type != STAND_IN:
        return (where,)
    return (
        where,
        "This machine has no second device. PyTorch's meta device stands in for one: it knows "
        "shapes and keeps no numbers.",
    )


def recording(lesson: Training, _record: Record) -> tuple[str, ...]:
    """Find whether a loss taken under no_grad() knows how it came about."""
    X, y = next(iter(lesson.batches))
    with torch.no_grad():
        loss = lesson.loss_fn(lesson.model(X), y)
    return (f"loss.requires_grad is {loss.requires_grad}, loss.grad_fn is {loss.grad_fn}.",)


def where_it_began(lesson: Training, record: Record) -> tuple[str, ...]:
    """Find where the epochs in the list began, and where a new model does."""
    experiment = lesson.experiment
    weight, bias = record.parameters[0]
    fresh = values_of(make_model(experiment.model, experiment.seed))
    return (
        f"The list of training losses holds {len(record.train_loss)} epochs. The first of them "
        f"began at weight {number(weight)} and bias {number(bias)}; a new model begins at "
        f"{number(fresh[0])} and {number(fresh[1])}.",
    )


def graph_kept(_lesson: Training, record: Record) -> tuple[str, ...]:
    """Find what hangs on the losses in the list, and what happens when they are plotted."""
    losses = [*record.validation_loss, *record.test_loss]
    facts = [
        f"The lists hold {len(losses)} losses, which keep {nodes_behind(losses)} nodes of "
        "autograd's graph alive."
    ]
    try:
        losses[-1].numpy()
    except RuntimeError as error:
        facts.append(f"A plot asks each loss for .numpy(). Its answer: {error_text(error)}")
    return tuple(facts)


def load_strictly(lesson: Training) -> str:
    """Load the trained model's state_dict into the other class; return the error's text."""
    try:
        model_of_other_class(lesson.experiment).load_state_dict(_saved(lesson))
    except RuntimeError as error:
        return error_text(error)
    return ""


def load_loosely(lesson: Training, _record: Record) -> tuple[str, ...]:
    """Load it with strict=False; find what that returns and what the new model then holds."""
    loaded = model_of_other_class(lesson.experiment)
    drawn = values_of(loaded)
    answer = loaded.load_state_dict(_saved(lesson), strict=False)
    weight, bias = values_of(loaded)
    kept = "the very ones" if (weight, bias) == drawn else "not those"
    X, y = lesson.data.X_train.cpu(), lesson.data.y_train.cpu()
    losses = [
        number(test_loop(model, lesson.loss_fn, X, y)[1].item())
        for model in (loaded, lesson.model.cpu())
    ]
    return (
        f"load_state_dict returned {answer}.",
        f"The loaded model's weight is {number(weight)} and its bias {number(bias)}: {kept} that "
        "it had before loading.",
        f"Loss on the training rows: {losses[0]} of the loaded model, {losses[1]} of the saved.",
    )


def _saved(lesson: Training) -> dict[str, torch.Tensor]:
    """Return the state_dict as it comes back from a file."""
    file = io.BytesIO()
    torch.save(lesson.model.cpu().state_dict(), file)
    file.seek(0)
    state: dict[str, torch.Tensor] = torch.load(file, weights_only=True)
    return state


def values_of(model: nn.Module) -> Values:
    """Return the model's weight and bias as they are now."""
    weight, bias = (parameter.item() for parameter in model.parameters())
    return weight, bias


def _item(grad: torch.Tensor | None) -> float | None:
    return None if grad is None else grad.item()


def _columns(pairs: Sequence[tuple[float | None, float | None]]) -> tuple[Floats, Floats]:
    first, second = zip(*pairs, strict=True)
    return _array(first), _array(second)


def _array(values: Sequence[float | None]) -> Floats:
    return np.array(values, dtype=np.float32)  # None becomes NaN
