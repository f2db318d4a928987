"""Answers in numbers to what learners ask most, computed with PyTorch. Knows nothing of pages."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from linreg.core.data import split_data
from linreg.core.experiment import Experiment
from linreg.core.failures import error_text
from linreg.core.models import make_model
from linreg.core.seeding import Stream, generator
from linreg.mistakes.faulty_steps import STAND_IN, second_device
from linreg.settings.choices import Loss, Model

L1_FAST = Experiment(lr=1.0, epochs=60)
MSE_FAST = Experiment(lr=1.0, epochs=60, loss=Loss.MSE)
"""The same large rate with both losses: one swings, the other grows without limit."""


@dataclass(frozen=True, kw_only=True)
class Mode:
    """What a model does under eval() or inference_mode().

    code: what was called. training: model.training. recorded: the predictions have a graph.
    """

    code: str
    training: bool
    recorded: bool


@dataclass(frozen=True, kw_only=True)
class Use:
    """What PyTorch makes of a line of code.

    code: the line. model_on, data_on: the devices of the model and of the tensor that is used.
    recorded: that tensor has a graph. error: PyTorch's own answer; "" if there is none.
    """

    code: str
    model_on: str
    data_on: str
    recorded: bool
    error: str


def starts(seed: int) -> tuple[tuple[Model, str, float, float], ...]:
    """Return for each model how it draws its start values, and weight and bias for a seed.

    The random bits are the same; the functions that make numbers of them are not.
    """
    random = generator(seed, Stream.MODEL)
    first, second = (float(torch.randn(1, generator=random)) for _ in range(2))
    weight, bias = torch.empty(1, 1), torch.empty(1)
    random = generator(seed, Stream.MODEL)
    torch.nn.init.kaiming_uniform_(weight, a=5**0.5, generator=random)
    torch.nn.init.uniform_(bias, -1.0, 1.0, generator=random)
    return (
        (Model.PARAMETER, "`torch.randn(1)`, twice: normal", first, second),
        (
            Model.LINEAR,
            "`kaiming_uniform_`, then `uniform_`: uniform, from -1 to 1",
            float(weight),
            float(bias),
        ),
    )


def modes() -> tuple[Mode, ...]:
    """Return what eval() and inference_mode() change, each alone and both together."""
    X = split_data(Experiment()).X_test
    found = []
    for code, evaluates, infers in (
        ("neither", False, False),
        ("model.eval()", True, False),
        ("torch.inference_mode()", False, True),
        ("both", True, True),
    ):
        model = make_model(Model.PARAMETER, 42)
        if evaluates:
            model.eval()
        with torch.inference_mode(mode=infers):
            y_preds = model(X)
        found.append(Mode(code=code, training=model.training, recorded=y_preds.requires_grad))
    return tuple(found)


def uses() -> tuple[Use, ...]:
    """Return code that needs `.to(device)`, `.detach()` or `.cpu()`, without them and with them.

    The device is the second one of this machine; where there is none, PyTorch's meta device. Its
    tensors cannot come back, so the last line then uses predictions that were made on the CPU.
    """
    device = second_device(Experiment())
    X_train, here = split_data(Experiment()).X_train, make_model(Model.PARAMETER, 42)
    there, X_there = make_model(Model.PARAMETER, 42).to(device), X_train.to(device)
    y_preds, detached = here(X_train), there(X_there).detach()
    back, last = (here, y_preds.detach()) if device == STAND_IN else (there, detached.cpu())
    return (
        _use("model.to(device)", there, X_train, lambda: there(X_train)),
        _use("model.to(device), X_train.to(device)", there, X_there, lambda: there(X_there)),
        _use("y_preds.numpy()", here, y_preds, y_preds.numpy),
        _use("y_preds.detach().numpy()", there, detached, detached.numpy),
        _use("y_preds.detach().cpu().numpy()", back, last, last.numpy),
    )


def _use(code: str, model: nn.Module, data: torch.Tensor, call: Callable[[], object]) -> Use:
    """Return what PyTorch makes of `call`, in which `model` or `data` are used."""
    try:
        call()
        error = ""
    except (RuntimeError, TypeError) as raised:
        error = error_text(raised)
    return Use(
        code=code,
        model_on=str(next(model.parameters()).device),
        data_on=str(data.device),
        recorded=data.requires_grad,
        error=error,
    )


def about_the_device() -> str:
    """Return in a sentence which device the errors name, where it is the meta device; else ""."""
    if second_device(Experiment()) != STAND_IN:
        return ""
    return (
        "This machine has no second device, so PyTorch's `meta` device is used in its place. "
        "It knows shapes and keeps no numbers, so the last line uses predictions of the CPU."
    )
