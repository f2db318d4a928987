"""One step of gradient descent, written down while it is done.

The step is run for real, backpropagation included, and every operation that it asks PyTorch for is
noted, in this thread alone. The list becomes a small TorchScript program that repeats the step
without Python. Knows nothing of experiments.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

Tensors = tuple[torch.Tensor, ...]
Program = Callable[..., Tensors]

# Each line of a step reads names given to tensors before it. The loss is not returned, so that
# TorchScript leaves its lines out: a mean of so few numbers is a third of a step's time, and the
# predictions are enough to take it of all epochs at once.
PROGRAM = """
def repeat(w: Tensor, b: Tensor, X: Tensor, y: Tensor, known: List[Tensor], lr: float, epochs: int):
    predictions: List[Tensor] = []
    weights: List[Tensor] = []
    biases: List[Tensor] = []
    weight_grads: List[Tensor] = []
    bias_grads: List[Tensor] = []
    for _ in range(epochs):
        {step}
        predictions.append({y_pred})
        weight_grads.append({weight_grad})
        bias_grads.append({bias_grad})
        w = torch.add(w, {weight_grad}, alpha=-lr)
        b = torch.add(b, {bias_grad}, alpha=-lr)
        weights.append(w)
        biases.append(b)
    columns = [weights, biases, weight_grads, bias_grads]
    table = torch.stack([torch.stack(column).flatten() for column in columns])
    return table, torch.stack(predictions), w, b
"""

_compiling = threading.Lock()


class UntraceableError(Exception):
    """Why a step cannot be replayed."""


class TracedStep(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """One step of gradient descent, recorded while it is done.

    Attributes:
        first: loss and gradients as the step itself gave them.
        program: repeats the step; returns weights and biases after it and their gradients in it,
            (4, epochs), the predictions that it began with, (epochs, rows, 1), and the last weight
            and bias.
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
            y_pred = model(X)
            loss = loss_fn(y_pred, y)
            gradients = torch.autograd.grad(loss, self.parameters)
        self.first = loss.detach(), *gradients
        names = [self._names.get(_place(tensor)) for tensor in (y_pred.detach(), *gradients)]
        if None in names:
            raise UntraceableError("predictions and gradients do not come from the step")
        self.program = _compiled(
            PROGRAM.format(
                step="\n        ".join(self._lines),
                **dict(zip(("y_pred", "weight_grad", "bias_grad"), names, strict=True)),
            )
        )

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Say no: nothing is compiled here; to skip it would first import the compiler."""
        return False

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
            raise UntraceableError(f"{func} is not an operation that can be written down")
        if func is torch.ops.aten.ones_like.default or all(self._is_known(arg) for arg in read):
            self._name(result, f"known[{len(self.known)}]")
            self.known.append(result)
            return
        if kwargs:
            raise UntraceableError(f"{func} has arguments that cannot be written down")
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
            raise UntraceableError("a tensor comes from outside the step")
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
            raise UntraceableError("PyTorch does not compile the step") from error
    return program
