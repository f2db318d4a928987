"""Where TorchScript is missing or broken the loop trains, and the log says so once."""

import logging
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import streamlit as st
import torch

from linreg import Experiment, Model, Optimizer, train
from linreg.engines import replay
from linreg.engines.replay import replayed
from linreg.engines.torch_internals import compiled
from tests.support.bitwise import assert_same_run
from tests.support.opened import opened, shows


class Broken:
    """A compiler whose programs fail when they run."""

    def __init__(self, source: str) -> None:
        pass

    def repeat(self, *arguments: object) -> None:
        """Stand in for the program."""
        raise RuntimeError("no such instruction")


class Full(Broken):
    """A compiler whose programs find no memory when they run."""

    def repeat(self, *arguments: object) -> None:
        """Stand in for the program."""
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")


def refuse(source: str) -> None:
    """Stand in for a compiler that compiles nothing."""
    raise NotImplementedError("TorchScript has ended")


def no_compiler(patch: pytest.MonkeyPatch) -> None:
    """A PyTorch without TorchScript."""
    patch.delattr(torch.jit, "CompilationUnit")


def no_switch(patch: pytest.MonkeyPatch) -> None:
    """A PyTorch whose optimiser cannot be switched off."""
    patch.delattr(torch.jit, "optimized_execution")


def compiles_nothing(patch: pytest.MonkeyPatch) -> None:
    """A PyTorch whose compiler refuses every program."""
    patch.setattr(torch.jit, "CompilationUnit", refuse)


def runs_nothing(patch: pytest.MonkeyPatch) -> None:
    """A PyTorch whose compiled programs do not run."""
    patch.setattr(torch.jit, "CompilationUnit", Broken)


def finds_no_memory(patch: pytest.MonkeyPatch) -> None:
    """A machine without memory for a compiled program."""
    patch.setattr(torch.jit, "CompilationUnit", Full)


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The warnings in the app's log, as in a process that has logged and compiled nothing yet."""
    messages: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno >= logging.WARNING:
                messages.append(record.getMessage())

    log, handler = logging.getLogger("linreg"), Kept()
    log.addHandler(handler)
    monkeypatch.setattr(replay, "_first_warning", threading.Lock())
    compiled.cache_clear()
    st.cache_data.clear()
    yield messages
    log.removeHandler(handler)
    compiled.cache_clear()
    st.cache_data.clear()


@pytest.mark.parametrize(
    ("breaks", "reason"),
    [
        (no_compiler, "does not compile repeat: .*CompilationUnit"),
        (no_switch, "does not run repeat: .*optimized_execution"),
        (compiles_nothing, "does not compile repeat: TorchScript has ended"),
        (runs_nothing, "does not run repeat: no such instruction"),
        (finds_no_memory, "does not run repeat: .*can't allocate memory"),
    ],
)
def test_the_loop_trains_and_one_warning_says_why(
    breaks: Callable[[pytest.MonkeyPatch], None],
    reason: str,
    logged: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Eight runs at once have the loop's bytes, and the log has one warning for all of them."""
    breaks(monkeypatch)
    cases = [Experiment(model=model, seed=seed, epochs=20) for model in Model for seed in range(4)]
    with ThreadPoolExecutor(8) as pool:
        for run, case in zip(pool.map(replayed, cases), cases, strict=True):
            assert_same_run(run, train(case))
    [warning] = logged
    assert "about ten times as long" in warning
    assert f"PyTorch {torch.__version__} did not repeat" in warning
    assert re.search(reason, warning)


def test_no_warning_where_nothing_is_wrong(
    logged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A replay logs nothing, nor does a run that cannot be replayed because of its settings."""
    replayed(Experiment(epochs=5))
    no_compiler(monkeypatch)
    for experiment in (
        Experiment(epochs=5, optimizer=Optimizer.ADAM),
        Experiment(epochs=5, batch_size=8),
    ):
        replayed(experiment)
    assert logged == []


def test_the_playground_shows_the_lessons_run(
    logged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The app's first page is complete, with the lesson's figures, and the log has the warning."""
    no_compiler(monkeypatch)
    shows(
        opened(),
        "| **learned** | 0.5784 | 0.3513 |",
    )
    assert len(logged) == 1
