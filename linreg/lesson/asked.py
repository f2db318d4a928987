"""Answers in numbers to what learners ask most, computed with PyTorch. Knows nothing of pages."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from linreg.core.data import split_data
from linreg.core.experiment import Experiment
from linreg.core.failures import error_text
from linreg.core.models import make_model
from linreg.core.seeding import Stream, generator
from linreg.mistakes.faulty_steps import STAND_IN, second_device
from linreg.mistakes.run import run_mistake
from linreg.settings.choices import Loss, Mistake, Model

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
    """Return what eval() and inference_mode() change, each alone."""
    X = split_data(Experiment()).X_test
    found = []
    for code in ("neither", "model.eval()", "torch.inference_mode()"):
        model = make_model(Model.PARAMETER, 42)
        if code == "model.eval()":
            model.eval()
        with torch.inference_mode(mode=code == "torch.inference_mode()"):
            y_preds = model(X)
        found.append(Mode(code=code, training=model.training, recorded=y_preds.requires_grad))
    return tuple(found)


def errors() -> tuple[tuple[str, str], ...]:
    """Return code that fails because of devices or gradients, and PyTorch's own answer to it.

    The device is the second one of this machine; where there is none, PyTorch's meta device.
    """
    experiment = Experiment(epochs=1)
    y_preds = make_model(Model.PARAMETER, 42)(split_data(experiment).X_test)
    moved = y_preds.to(second_device(experiment))
    return (
        ("model.to(device), but not X_train", run_mistake(experiment, Mistake.TWO_DEVICES).error),
        ("y_preds.numpy(), for a plot", _said(y_preds.numpy)),
        ("y_preds.detach().numpy(), on the device", _said(moved.detach().numpy)),
    )


def _said(call: Callable[[], object]) -> str:
    """Return the error that a call raises."""
    try:
        call()
    except (RuntimeError, TypeError) as error:
        return error_text(error)
    return "no error"


def about_the_device() -> str:
    """Return in a sentence which device the errors name, where it is the meta device; else ""."""
    if second_device(Experiment()) != STAND_IN:
        return ""
    return (
        "This machine has no second device, so PyTorch's `meta` device is used in its place. "
        "It knows shapes and keeps no numbers."
    )
