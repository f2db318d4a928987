"""The same run without the interpreter: one step is recorded and then repeated by PyTorch itself.

A step of so small a model costs next to nothing; what takes time is Python calling PyTorch some
twenty times for it, and while Python does so no other session gets its turn. So one step of the
loop is recorded, and PyTorch repeats the recording. The operations and their order are the loop's
own, and so is every number, to the last bit.

That holds for plain gradient descent with all rows at once and a constant learning rate on the CPU.
For anything else, and where TorchScript is missing, `replayed` is `train`.
"""

import logging
import threading

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from linreg.core.data import Split, split_data
from linreg.core.experiment import Experiment
from linreg.core.losses import ELEMENTS, make_loss, row_losses
from linreg.core.models import make_model
from linreg.core.record import Progress
from linreg.core.training import Run, make_run, train
from linreg.engines.torch_internals import TorchScriptError
from linreg.engines.traced_step import Tensors, TracedStep, UntraceableError
from linreg.settings.choices import Device, Mistake, Optimizer, Schedule

LOG = logging.getLogger("linreg")

Table = npt.NDArray[np.float32]

FIRST_CHUNK, LARGEST_CHUNK = 256, 4096  # epochs between two reports, some 5 to 80 ms

_first_warning = threading.Lock()  # acquired by the first warning and never released


def can_be_replayed(experiment: Experiment) -> bool:
    """Say whether every epoch of the experiment does the same to its two parameters."""
    return (
        experiment.batch_size is None
        and experiment.optimizer is Optimizer.SGD
        and experiment.schedule is Schedule.CONSTANT
        and experiment.device is Device.CPU
        and experiment.mistake is Mistake.NONE
    )


def replayed(experiment: Experiment, progress: Progress | None = None) -> Run:
    """Return what `train` returns, bit for bit, but faster where the run can be replayed.

    Logs one warning per process where a run should be replayed and PyTorch cannot do it.

    Arguments, and what it raises: as `train`.
    """
    if can_be_replayed(experiment):
        data = split_data(experiment)
        model = make_model(experiment.model, experiment.seed)
        try:
            step = TracedStep(model, make_loss(experiment.loss), data.X_train, data.y_train)
            return _run(experiment, data, model, _repeat(step, experiment, progress))
        except (UntraceableError, TorchScriptError) as error:
            _warn(error)
    return train(experiment, progress)


def _warn(error: Exception) -> None:
    if _first_warning.acquire(blocking=False):
        LOG.warning(
            "Every training takes about ten times as long as usual: PyTorch %s does not repeat the "
            "recorded step, so the five-step loop trains. %s",
            torch.__version__,
            error,
        )


def _repeat(step: TracedStep, experiment: Experiment, progress: Progress | None) -> Table:
    """Return loss, weight, bias and their gradients of each epoch, (5, epochs).

    Once the parameters are what they were after an earlier epoch, all that follows is known and is
    copied.
    """
    total, largest = experiment.epochs, min(LARGEST_CHUNK, ELEMENTS // experiment.n_train)
    parameters: Tensors = tuple(p.detach() for p in step.parameters)
    chunks: list[Table] = []
    done, size = 0, min(FIRST_CHUNK, largest)
    while done < total:
        size = min(size, total - done)
        chunk, parameters = _epochs(step, parameters, experiment, size)
        if not done and not _is_same(chunk[[0, 3, 4], 0], step.first):
            raise UntraceableError("the first epoch is not the step that was recorded")
        chunks.append(chunk)
        done, size = done + size, min(2 * size, largest)
        if progress is not None and done < total:
            progress(done, total)
        if period := _period(table := np.concatenate(chunks, axis=1)):
            epochs = np.arange(total)
            epochs[done:] = done - period + (epochs[done:] - done) % period
            return table[:, epochs]
    return np.concatenate(chunks, axis=1)


def _epochs(
    step: TracedStep, parameters: Tensors, experiment: Experiment, epochs: int
) -> tuple[Table, Tensors]:
    """Return the table of some epochs, (5, epochs), and the parameters after them."""
    known = *step.inputs, step.known, experiment.lr
    with torch.inference_mode():
        table, y_preds, w, b = step.program(*parameters, *known, epochs)
        losses = row_losses(y_preds.squeeze(2), step.inputs[1], experiment.loss)
        return torch.cat([losses[None], table]).numpy(), (w, b)


def _is_same(numbers: Table, tensors: Tensors) -> bool:
    return numbers.tobytes() == torch.stack([t.flatten()[0] for t in tensors]).numpy().tobytes()


def _period(table: Table) -> int:
    """Return how many epochs ago the parameters were what they are now; 0 for never.

    Compared by their bits: what two equal states lead to is then equal as well.
    """
    states = np.ascontiguousarray(table[1:3].T).view(np.int64)[:, 0]
    earlier = np.flatnonzero(states[:-1] == states[-1])
    return len(states) - 1 - int(earlier[-1]) if len(earlier) else 0


def _run(experiment: Experiment, data: Split, model: nn.Module, table: Table) -> Run:
    """Return the run that the table is of; `model` is the initial one."""
    initial = [p.item() for p in model.parameters()]
    weight, bias = (
        np.concatenate([np.array([first], dtype=np.float32), row])
        for first, row in zip(initial, table[1:3], strict=True)
    )
    with torch.no_grad():
        for parameter, values in zip(model.parameters(), (weight, bias), strict=True):
            parameter.fill_(float(values[-1]))
    return make_run(experiment, data, model, table[0], (weight, bias), (table[3], table[4]))
