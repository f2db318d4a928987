"""The private and deprecated parts of PyTorch behave as this package expects.

Each failure says what to look for after an upgrade of PyTorch.
"""

import re
import threading
from collections.abc import Callable

import pytest
import torch

from linreg.engines.torch_internals import Operation, TorchScriptError, Watched, compiled
from tests.support.served import ROOT

ADAPTER = ROOT / "linreg/engines/torch_internals.py"
PRIVATE = re.compile(
    r"_python_dispatch|__torch_dispatch__|\._schema|torch\.jit|torch\._C|_dynamo\b"
)

WATCHING = """
Watched no longer sees the operations of PyTorch as expected. Look in the source of
torch/utils/_python_dispatch.py: is TorchDispatchMode still there, is __torch_dispatch__ still
called with (func, types, args, kwargs), and does str(func) still give `aten.mul.Tensor`?"""
REPEATABLE = """
Watched no longer marks what can be repeated. Look at OpOverload in the source of torch/_ops.py: is
func._schema.is_mutable still True for an operation that writes over an argument, and is
torch.Tag.nondeterministic_seeded still in func.tags of one that draws random numbers?"""
TORCHSCRIPT = """
TorchScript no longer compiles or runs a program. Look for torch.jit.CompilationUnit and
torch.jit.optimized_execution, which are deprecated. Without them the app works, but every training
takes about ten times as long; `linreg.engines.replay` logs this once."""

PROGRAM = """
def repeat(x: Tensor, times: int):
    for _ in range(times):
        x = torch.ops.aten.mul(x, 2)
    return x, x + 1
"""


def watched(action: Callable[[], object]) -> list[Operation]:
    """Return the operations that PyTorch carries out in `action`."""
    seen: list[Operation] = []
    with Watched(seen.append):
        action()
    return seen


def test_operations_are_seen_forward_and_backward_in_their_order() -> None:
    """Two products and a sum go forward; the last result backward is the gradient, 2 w (1 + 2)."""
    w, x = torch.tensor([3.0], requires_grad=True), torch.tensor([[1.0], [2.0]])

    def step() -> torch.Tensor:
        loss = (w * w * x).sum()
        return torch.autograd.grad(loss, w)[0]

    seen = watched(step)
    names = [operation.name for operation in seen]
    assert names[:3] == ["aten.mul.Tensor", "aten.mul.Tensor", "aten.sum.default"], WATCHING
    assert {operation.namespace for operation in seen} == {"aten"}, WATCHING
    assert seen[0].function == "torch.ops.aten.mul", WATCHING
    assert seen[0].arguments[0] is seen[0].arguments[1] is w, WATCHING
    assert [operation.result.tolist() for operation in seen[1:3]] == [[[9.0], [18.0]], 27.0]
    assert len(names) > 5, WATCHING
    assert seen[-1].result.tolist() == [18.0], WATCHING


def test_keywords_are_seen() -> None:
    """The factor of an addition is a keyword."""
    one = torch.ones(1)
    [addition] = watched(lambda: torch.add(one, one, alpha=3))
    assert (addition.keywords, addition.result.item()) == ({"alpha": 3}, 4.0), WATCHING


def test_other_threads_are_not_watched() -> None:
    """Operations of another thread are not reported."""

    def elsewhere() -> None:
        thread = threading.Thread(target=lambda: torch.ones(2) * 2)
        thread.start()
        thread.join()

    assert watched(elsewhere) == [], WATCHING


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (lambda x: x * 2, True),
        (lambda x: x.mean(), True),
        (lambda x: x.add_(1), False),
        (lambda x: torch.add(x, 1, out=x), False),
        (torch.rand_like, False),
        (torch.nn.functional.dropout, False),
    ],
    ids=["product", "mean", "in place", "out", "random", "dropout"],
)
def test_operations_that_cannot_be_repeated_are_marked(
    action: Callable[[torch.Tensor], object], expected: bool
) -> None:
    """An operation that writes over a tensor or draws random numbers is not repeatable."""
    x = torch.ones(3)
    seen = watched(lambda: action(x))
    assert all(operation.is_repeatable for operation in seen) == expected, REPEATABLE


def test_a_program_is_compiled_and_run() -> None:
    """Three doublings of 5 are 40, and the program returns both of its results."""
    try:
        doubled, more = compiled(PROGRAM, "repeat")(torch.tensor([5.0]), 3)
    except TorchScriptError as error:
        pytest.fail(f"{TORCHSCRIPT}\n{error}")
    assert (doubled.item(), more.item()) == (40.0, 41.0), TORCHSCRIPT


def test_a_program_that_does_not_compile_raises_one_error() -> None:
    """The program has an unknown operation, or it does not have the function."""
    with pytest.raises(TorchScriptError, match="does not compile repeat"):
        compiled(PROGRAM.replace("aten.mul", "aten.no_such_operation"), "repeat")
    with pytest.raises(TorchScriptError, match="does not compile other"):
        compiled(PROGRAM, "other")


def test_a_program_that_does_not_run_raises_one_error() -> None:
    """Shapes that do not fit are an error only when the program runs."""
    program = compiled(PROGRAM.replace("x, 2", "x, torch.ones(2)"), "repeat")
    with pytest.raises(TorchScriptError, match="does not run repeat"):
        program(torch.ones(3), 1)


def test_only_the_adapter_uses_private_parts() -> None:
    """No other file of the package names them."""
    files = [path for path in (ROOT / "linreg").rglob("*.py") if path != ADAPTER]
    assert PRIVATE.search(ADAPTER.read_text(encoding="utf-8"))
    assert [path for path in files if PRIVATE.search(path.read_text(encoding="utf-8"))] == []
