"""Errors in words that are fit for a page."""

import pytest
import torch

from linreg.core.failures import LONGEST_SAID, machine_failed, plain_text, ran_out_of_memory

ASSERTED = (
    'x INTERNAL ASSERT FAILED at "/pytorch/aten/src/ATen/native/Foo.cpp":123, please report a bug'
)
SCRIPTED = """The following operation failed in the TorchScript interpreter.
Traceback of TorchScript (most recent call last):
  File "linreg/engines/traced_step.py", line 3, in step
RuntimeError: device lost
"""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RuntimeError("device lost"), "RuntimeError: device lost"),
        (
            RuntimeError("device lost.\nCompile with TORCH_USE_CUDA_DSA"),
            "RuntimeError: device lost",
        ),
        (RuntimeError("\n\n  device lost"), "RuntimeError: device lost"),
        (RuntimeError(ASSERTED), "RuntimeError"),
        (
            RuntimeError(SCRIPTED),
            "RuntimeError: The following operation failed in the TorchScript interpreter",
        ),
        (OSError(5, "Input/output error", r"C:\\Users\\me\\x.pth"), "OSError"),
        (RuntimeError("see https://example.org"), "RuntimeError"),
        (RuntimeError("`<b>`\u2028x"), r"RuntimeError: '<b>'"),
        (MemoryError(), "MemoryError"),
        (KeyError(), "KeyError"),
    ],
)
def test_an_error_is_its_type_and_a_line_without_files(error: Exception, said: str) -> None:
    """No path, no second line, nothing that could end the code that it stands in."""
    assert plain_text(error) == said


def test_a_long_text_is_cut() -> None:
    """To a length that fits a sentence, whatever it holds."""
    assert plain_text(RuntimeError("x" * 10_000)) == f"RuntimeError: {'x' * (LONGEST_SAID - 3)}..."


def test_pytorchs_own_lack_of_memory_is_known() -> None:
    """Asked for four exabytes, PyTorch's allocator for the CPU raises what is known as that."""
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**60, dtype=torch.float32)
    assert ran_out_of_memory(caught.value)


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (MemoryError(), True),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB."), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)"), True),
        (
            RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 4 bytes"),
            True,
        ),
        (RuntimeError("device lost"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_lack_of_memory_is_told_from_other_errors(error: Exception, full: bool) -> None:
    """By PyTorch's class, by Python's, or by the words of its allocators."""
    assert ran_out_of_memory(error) is full


@pytest.mark.parametrize(
    ("error", "failed"),
    [
        (MemoryError(), True),
        (torch.AcceleratorError("CUDA error: an illegal memory access was encountered"), True),
        (RuntimeError("element 0 of tensors does not require grad"), False),
    ],
)
def test_a_failure_of_the_machine_is_not_one_of_the_code(error: Exception, failed: bool) -> None:
    """A GPU that has failed is one of the machine, but not a lack of memory."""
    assert machine_failed(error) is failed
    assert ran_out_of_memory(error) is isinstance(error, MemoryError)
