"""The only file that uses private or deprecated parts of PyTorch.

`tests/engines/test_torch_internals.py` tests what is expected of each part, and says what to look
for when an upgrade of PyTorch changes it. Knows nothing of models or experiments.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

Program = Callable[..., Any]

_compiling = threading.Lock()


class TorchScriptError(Exception):
    """TorchScript is missing, or it does not compile or run a program."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation that PyTorch has carried out.

    name: namespace, function and variant, such as `aten.mul.Tensor`.
    is_repeatable: it changes none of its arguments and draws no random numbers.
    arguments, keywords, result: those of the call.
    """

    name: str
    is_repeatable: bool
    arguments: Sequence[Any]
    keywords: Mapping[str, Any]
    result: Any

    @property
    def namespace(self) -> str:
        """The library that the operation belongs to; `aten` for PyTorch's own."""
        return self.name.split(".")[0]

    @property
    def function(self) -> str:
        """The name by which TorchScript calls the operation, such as `torch.ops.aten.mul`."""
        return "torch.ops." + self.name.rpartition(".")[0]


class Watched(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """A context that calls `after` with each operation that this thread has carried out in it."""

    def __init__(self, after: Callable[[Operation], None]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._after = after

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Return False: to exclude this class from the compiler, PyTorch would import it first."""
        return False

    def __torch_dispatch__(
        self,
        func: Any,
        types: object,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Carry out one operation and report it."""
        keywords = kwargs or {}
        result = func(*args, **keywords)
        self._after(
            Operation(
                name=str(func),
                is_repeatable=not func._schema.is_mutable
                and torch.Tag.nondeterministic_seeded not in func.tags,
                arguments=args,
                keywords=keywords,
                result=result,
            )
        )
        return result


@lru_cache(maxsize=64)
def compiled(source: str, name: str) -> Program:
    """Return the function `name` of a TorchScript program; PyTorch runs it without Python.

    The optimiser is off: its slow trial runs take longer than it saves in a short program.

    Raises:
        TorchScriptError: PyTorch does not compile the program. The function raises it as well, if
            PyTorch does not run the program.
    """
    with _compiling:
        try:
            program: Program = getattr(torch.jit.CompilationUnit(source), name)
        except Exception as error:  # a deprecated compiler may raise anything
            raise TorchScriptError(f"PyTorch does not compile {name}: {error}") from error

    def run(*arguments: Any) -> Any:
        try:
            with torch.jit.optimized_execution(False):  # type: ignore[attr-defined]
                return program(*arguments)
        except (RuntimeError, AttributeError) as error:
            raise TorchScriptError(f"PyTorch does not run {name}: {error}") from error

    return run
