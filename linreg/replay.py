"""The same run without the interpreter: one step is recorded and then repeated by PyTorch itself.

A step of so small a model costs next to nothing; what takes time is Python calling PyTorch some
twenty times for it, and while Python does so no other session gets its turn. So one step of the
loop, backpropagation included, is run for real while every operation that it asks PyTorch for is
written down. The list becomes a small TorchScript program that does the rest of the epochs. The
operations and their order are the loop's own, and so is every number, to the last bit.

That holds for plain gradient descent with all rows at once and a constant learning rate on the CPU.
For anything else, and where TorchScript is missing, `replayed` is `train`.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from linreg.choices import Device, Mistake, Optimizer, Schedule
from linreg.data import Split, split_data
from linreg.experiment import Experiment
from linreg.history import Progress
from linreg.losses import make_loss
from linreg.models import make_model
from linreg.training import Run, make_run, train

Tensors = tuple[torch.Tensor, ...]
Program = Callable[..., list[list[torch.Tensor]]]
Table = npt.NDArray[np.float32]

FIRST_CHUNK, LARGEST_CHUNK = 256, 4096  # epochs between two reports, some 5 to 80 ms

# Each line of a step reads names given to tensors before it.
PROGRAM = """
def repeat(w: Tensor, b: Tensor, X: Tensor, y: Tensor, known: List[Tensor], lr: float, epochs: int):
    losses: List[Tensor] = []
    weights: List[Tensor] = []
    biases: List[Tensor] = []
    weight_grads: List[Tensor] = []
    bias_grads: List[Tensor] = []
    for _ in range(epochs):
        {step}
        losses.append({loss})
        weight_grads.append({weight_grad})
        bias_grads.append({bias_grad})
        w = torch.add(w, {weight_grad}, alpha=-lr)
        b = torch.add(b, {bias_grad}, alpha=-lr)
        weights.append(w)
        biases.append(b)
    return [losses, weights, biases, weight_grads, bias_grads]
"""

_compiling = threading.Lock()


class UnrecordableError(Exception):
    """Why a step cannot be replayed."""


def can_be_replayed(experiment: Experiment) -> bool:
    """Say whether every epoch of the experiment does the same to its two parameters."""
    return (
        experiment.batch_size is None
        and experiment.optimizer is Optimizer.SGD
        and experiment.schedule is Schedule.CONSTANT
        and experiment.device is Device.CPU
        and experiment.mistake is Mistake.NONE
    )


def replayed(
    experiment: Experiment, progress: Progress | None = None, *, shortcut: bool = True
) -> Run:
    """Return the run of `experiment`: what `train` returns, bit for bit, but sooner where it can.

    Arguments:
        experiment, progress: those of `train`, to which all is left that cannot be replayed.
        shortcut: once the parameters are what they were after an earlier epoch, all that follows is
            known and is copied; False computes every epoch.

    Raises:
        ValueError: as `train`.
    """
    if not can_be_replayed(experiment):
        return train(experiment, progress)
    data = split_data(experiment)
    model = make_model(experiment.model, experiment.seed)
    try:
        step = Recording(model, make_loss(experiment.loss), data.X_train, data.y_train)
        table = _repeat(step, experiment, progress, shortcut)
    except UnrecordableError:
        return train(experiment, progress)
    return _run(experiment, data, model, table)


class Recording(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """One step of gradient descent, recorded while it is done.

    Attributes:
        first: loss and gradients as the step itself gave them.
        program: what repeats the step.
        known: the tensors that it needs and that do not depend on the parameters.
    """

    def __init__(
        self, model: nn.Module, loss_fn: nn.Module, X: torch.Tensor, y: torch.Tensor
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.parameters = tuple(model.parameters())
        self.inputs = X, y
        self.known: list[torch.Tensor] = []
        self._lines: list[str] = []
        self._names: dict[object, str] = {}
        self._kept: list[torch.Tensor] = []  # so that no address is given away twice
        for name, tensor in zip("wbXy", (*self.parameters, X, y), strict=True):
            self._name(tensor, name)
        model.train()
        with self:
            loss = loss_fn(model(X), y)
            gradients = torch.autograd.grad(loss, self.parameters)
        self.first = loss.detach(), *gradients
        names = [self._names.get(_place(tensor)) for tensor in self.first]
        if None in names:
            raise UnrecordableError("the loss and its gradients do not come from the step")
        self.program = _compiled(
            PROGRAM.format(
                step="\n        ".join(self._lines),
                **dict(zip(("loss", "weight_grad", "bias_grad"), names, strict=True)),
            )
        )

    def __torch_dispatch__(
        self,
        func: Any,
        types: object,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Do what is asked for, and write it down."""
        result = func(*args, **(kwargs or {}))
        self._write_down(func, args, kwargs or {}, result)
        return result

    def _write_down(
        self, func: Any, args: Sequence[Any], kwargs: Mapping[str, Any], result: Any
    ) -> None:
        read = [arg for arg in args if isinstance(arg, torch.Tensor)]
        if (
            func.namespace != "aten"
            or func._schema.is_mutable
            or torch.Tag.nondeterministic_seeded in func.tags
            or type(result) is not torch.Tensor
        ):
            raise UnrecordableError(f"{func} is not an operation that can be written down")
        if func is torch.ops.aten.ones_like.default or all(self._is_known(arg) for arg in read):
            self._name(result, f"known[{len(self.known)}]")
            self.known.append(result)
            return
        if kwargs:
            raise UnrecordableError(f"{func} has arguments that cannot be written down")
        name = f"t{len(self._lines)}"
        values = ", ".join(self._text(arg) for arg in args)
        self._lines.append(f"{name} = torch.ops.aten.{func.overloadpacket.__name__}({values})")
        self._name(result, name)

    def _name(self, tensor: torch.Tensor, name: str) -> None:
        """Call a tensor `name`; of two at the same place either is as good as the other."""
        self._names.setdefault(_place(tensor), name)
        self._kept.append(tensor)

    def _is_known(self, tensor: torch.Tensor) -> bool:
        return self._names.get(_place(tensor), "").startswith("known")

    def _text(self, argument: Any) -> str:
        if not isinstance(argument, torch.Tensor):
            return repr(argument)  # numbers, booleans, and lists of them
        if _place(argument) not in self._names:
            raise UnrecordableError("a tensor comes from outside the step")
        return self._names[_place(argument)]


def _place(tensor: torch.Tensor) -> object:
    """Return where a tensor's numbers are: while none is written over, that is what they are."""
    return tensor.data_ptr(), tuple(tensor.shape), tensor.stride(), tensor.dtype


@lru_cache(maxsize=64)
def _compiled(source: str) -> Program:
    """Return the program; its text is the same for all data and all numbers of rows."""
    with _compiling:
        try:
            program: Program = torch.jit.CompilationUnit(source).repeat
        except Exception as error:  # whatever a compiler that is on its way out may raise
            raise UnrecordableError("PyTorch does not compile the step") from error
    return program


def _repeat(
    step: Recording, experiment: Experiment, progress: Progress | None, shortcut: bool
) -> Table:
    """Return loss, weight, bias and their gradients of each epoch, (5, epochs)."""
    total = experiment.epochs
    parameters: Tensors = tuple(p.detach() for p in step.parameters)
    chunks: list[Table] = []
    done, size = 0, FIRST_CHUNK
    while done < total:
        size = min(size, total - done)
        chunk, parameters = _epochs(step, parameters, experiment.lr, size)
        if not done and not _is_same(chunk[[0, 3, 4], 0], step.first):
            raise UnrecordableError("the first epoch is not the step that was recorded")
        chunks.append(chunk)
        done, size = done + size, min(2 * size, LARGEST_CHUNK)
        if progress is not None and done < total:
            progress(done, total)
        if shortcut and (period := _period(table := np.concatenate(chunks, axis=1))):
            epochs = np.arange(total)
            epochs[done:] = done - period + (epochs[done:] - done) % period
            return table[:, epochs]
    return np.concatenate(chunks, axis=1)


def _epochs(step: Recording, parameters: Tensors, lr: float, epochs: int) -> tuple[Table, Tensors]:
    """Return the table of some epochs, (5, epochs), and the parameters after them."""
    try:
        # Unoptimised: the optimiser would take slow trial runs first, and gains nothing here.
        optimised = torch.jit.optimized_execution  # type: ignore[attr-defined]
        with torch.inference_mode(), optimised(False):
            lists = step.program(*parameters, *step.inputs, step.known, lr, epochs)
            table = torch.stack([torch.stack(numbers).flatten() for numbers in lists]).numpy()
    except (RuntimeError, AttributeError) as error:
        raise UnrecordableError("PyTorch does not run the program") from error
    return table, (lists[1][-1], lists[2][-1])


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
