"""The same run in less time: one step is recorded, and PyTorch repeats it without Python.

The arithmetic of a step takes almost no time here. Most of the time goes into some twenty calls
from Python to PyTorch, during which no other session can use Python. The recorded step has the
loop's operations in the loop's order, so every number is the same to the last bit.

This works for plain gradient descent with all rows at once and a constant learning rate on the CPU.
For all other settings, and where TorchScript does not work, `replayed` calls `train`.
"""

import logging
import threading

import numpy as np
import numpy.typing as npt
import torch

from linreg.core.data import Split, split_data
from linreg.core.experiment import Experiment
from linreg.core.losses import make_loss, row_losses
from linreg.core.models import make_model
from linreg.core.record import Progress
from linreg.core.training import Run, make_run, train
from linreg.engines.torch_internals import TorchScriptError
from linreg.engines.traced_step import Tensors, TracedStep, UntraceableError
from linreg.settings.choices import Device, Mistake, Optimizer, Schedule

LOG = logging.getLogger("linreg")

Table = npt.NDArray[np.float32]  # loss, weight, bias and their gradients, (5, epochs)

FIRST_CHUNK, LARGEST_CHUNK = 256, 4096  # epochs between two reports, about 5 to 80 ms
MOST_PREDICTIONS = 1_000_000  # in one such part, 4 MB

_first_warning = threading.Lock()  # acquired by the first warning and never released


def can_be_replayed(experiment: Experiment) -> bool:
    """Return whether every epoch of the experiment is the same step."""
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
            return _run(experiment, data, step, _repeat(step, experiment, progress))
        except (UntraceableError, TorchScriptError) as error:
            _warn(error)
    return train(experiment, progress)


def _warn(error: Exception) -> None:
    if _first_warning.acquire(blocking=False):
        LOG.warning(
            "PyTorch %s did not repeat the recorded step of a training. The five-step loop trains "
            "instead, which takes about ten times as long. %s",
            torch.__version__,
            error,
        )


def _repeat(step: TracedStep, experiment: Experiment, progress: Progress | None) -> Table:
    """Return the table of all epochs.

    Once the parameters are equal to those after an earlier epoch, all later epochs are copies.
    """
    total = experiment.epochs
    largest = max(1, min(LARGEST_CHUNK, MOST_PREDICTIONS // experiment.n_train))
    parameters: Tensors = tuple(p.detach() for p in step.parameters)
    table, size = np.empty((5, 0), dtype=np.float32), min(FIRST_CHUNK, largest)
    while (done := table.shape[1]) < total:
        if progress is not None and done:
            progress(done, total)
        chunk, parameters = _epochs(step, parameters, experiment, min(size, total - done))
        if not done and not _is_same(chunk[[0, 3, 4], 0], step.first):
            raise UntraceableError("the first epoch is not the step that was recorded")
        table, size = np.concatenate([table, chunk], axis=1), min(2 * size, largest)
        if period := _period(table):
            return _repeated(table, period, total)
    return table


def _epochs(
    step: TracedStep, parameters: Tensors, experiment: Experiment, epochs: int
) -> tuple[Table, Tensors]:
    """Return the table of the next epochs, and the parameters after them."""
    known = *step.inputs, step.known, experiment.lr
    with torch.inference_mode():
        table, y_preds, w, b = step.program(*parameters, *known, epochs)
        losses = row_losses(y_preds.squeeze(2), step.inputs[1], experiment.loss)
        return torch.cat([losses[None], table]).numpy(), (w, b)


def _is_same(numbers: Table, tensors: Tensors) -> bool:
    return numbers.tobytes() == torch.stack([t.flatten()[0] for t in tensors]).numpy().tobytes()


def _period(table: Table) -> int:
    """Return how many epochs ago the parameters had the same bits as now; 0 for never."""
    states = np.ascontiguousarray(table[1:3].T).view(np.int64)[:, 0]
    earlier = np.flatnonzero(states[:-1] == states[-1])
    return len(states) - 1 - int(earlier[-1]) if len(earlier) else 0


def _repeated(table: Table, period: int, total: int) -> Table:
    """Return the table of `total` epochs, in which the last `period` epochs repeat."""
    done = table.shape[1]
    epochs = np.arange(total)
    epochs[done:] = done - period + (epochs[done:] - done) % period
    return table[:, epochs]


def _run(experiment: Experiment, data: Split, step: TracedStep, table: Table) -> Run:
    """Return the run whose epochs are in the table; the step has its initial parameters."""
    initial = np.array([[p.item()] for p in step.parameters], dtype=np.float32)
    weight, bias = np.concatenate([initial, table[1:3]], axis=1)
    return make_run(experiment, data, table[0], (weight, bias), (table[3], table[4]))
