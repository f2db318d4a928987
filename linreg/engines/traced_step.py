"""One step of gradient descent, recorded as a program that repeats it without Python.

The step runs once, with backpropagation, and all operations that PyTorch carries out for it are
recorded. They become a small TorchScript program. Knows nothing of experiments.
"""

from typing import Any

import torch
from torch import nn

from linreg.engines.torch_internals import Operation, Program, Watched, compiled

Tensors = tuple[torch.Tensor, ...]

# Each line of {step} gives a name to its result. The loss is not returned, so TorchScript leaves
# its lines out, which saves a third of a step's time. The predictions later give the losses of all
# epochs at once.
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


class UntraceableError(Exception):
    """A step cannot be recorded, or its record is not equal to the step."""


class TracedStep:
    """One recorded step of gradient descent.

    Attributes:
        parameters, inputs: weight and bias, X and y.
        first: loss and gradients of the step itself.
        known: the tensors that the step needs and that do not depend on the parameters.
        program: repeats the step. Returns weight, bias and their gradients of each epoch,
            (4, epochs); the predictions of each epoch, (epochs, rows, 1); the last weight and bias.

    Raises:
        UntraceableError: the step does something that cannot be recorded.
        TorchScriptError: PyTorch does not compile the recorded step.
    """

    def __init__(
        self, model: nn.Module, loss_fn: nn.Module, X: torch.Tensor, y: torch.Tensor
    ) -> None:
        self.parameters = tuple(model.parameters())
        self.inputs = X, y
        self.known: list[torch.Tensor] = []
        self._lines: list[str] = []
        self._names: dict[object, str] = {}
        self._kept: list[torch.Tensor] = []  # so that PyTorch does not reuse their memory
        for name, tensor in zip("wbXy", (*self.parameters, X, y), strict=True):
            self._name(tensor, name)
        model.train()
        with Watched(self._record):
            y_pred = model(X)
            loss = loss_fn(y_pred, y)
            gradients = torch.autograd.grad(loss, self.parameters)
        self.first = loss.detach(), *gradients
        names = [self._names.get(_place(tensor)) for tensor in (y_pred.detach(), *gradients)]
        if None in names:
            raise UntraceableError("predictions and gradients do not come from the step")
        source = PROGRAM.format(
            step="\n        ".join(self._lines),
            **dict(zip(("y_pred", "weight_grad", "bias_grad"), names, strict=True)),
        )
        self.program: Program = compiled(source, "repeat")

    def _record(self, operation: Operation) -> None:
        """Record an operation as a line of the program, or its result as a known tensor."""
        result = operation.result
        if (
            operation.namespace != "aten"
            or not operation.is_repeatable
            or type(result) is not torch.Tensor
        ):
            raise UntraceableError(f"{operation.name} cannot be recorded")
        read = [value for value in operation.arguments if isinstance(value, torch.Tensor)]
        if operation.name == "aten.ones_like.default" or all(self._is_known(t) for t in read):
            self._name(result, f"known[{len(self.known)}]")
            self.known.append(result)
            return
        if operation.keywords:
            raise UntraceableError(f"{operation.name} has keywords that cannot be recorded")
        name = f"t{len(self._lines)}"
        values = ", ".join(self._text(value) for value in operation.arguments)
        self._lines.append(f"{name} = {operation.function}({values})")
        self._name(result, name)

    def _name(self, tensor: torch.Tensor, name: str) -> None:
        """Give a tensor a name, unless one with the same memory and shape has one."""
        self._names.setdefault(_place(tensor), name)
        self._kept.append(tensor)

    def _is_known(self, tensor: torch.Tensor) -> bool:
        return self._names.get(_place(tensor), "").startswith("known")

    def _text(self, argument: Any) -> str:
        """Return an argument as the program writes it."""
        if not isinstance(argument, torch.Tensor):
            return repr(argument)  # numbers, booleans, and lists of them
        if _place(argument) not in self._names:
            raise UntraceableError("a tensor comes from outside the step")
        return self._names[_place(argument)]


def _place(tensor: torch.Tensor) -> object:
    """Return what identifies a tensor's numbers, as long as no operation writes over them."""
    return tensor.data_ptr(), tuple(tensor.shape), tensor.stride(), tensor.dtype
