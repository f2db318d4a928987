"""A `.pth` that fits is read to the last bit; any other is refused in one sentence."""

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from linreg import CheckpointError, Experiment, Loss, Model, inspect_file, read_state_dict, train
from linreg.core.models import MODELS, make_model
from tests.support import notebook
from tests.support.archives import program, saved, state, tensor
from tests.support.checkpoints import MODEL_0, pair, refused
from tests.support.hostile import GOOD, ONE


@pytest.mark.parametrize("model", list(Model))
def test_a_file_of_the_lessons_own_class_is_read_to_the_last_bit(
    model: Model, tmp_path: Path
) -> None:
    """torch.save writes it to a path, so the archive's folder has the file's name."""
    torch.manual_seed(5)
    plain = notebook.CLASSES[model]()
    path = tmp_path / "01_pytorch_workflow_model_0.pth"
    torch.save(plain.state_dict(), path)
    loaded = MODELS[model]()
    state = read_state_dict(path.read_bytes(), loaded)
    assert str(loaded.load_state_dict(state)) == "<All keys matched successfully>"
    assert list(state) == list(plain.state_dict())
    for key, value in plain.state_dict().items():
        assert torch.equal(state[key], value)


def test_a_file_of_one_class_is_refused_by_the_other_with_both_lists_of_keys() -> None:
    """The lists tell a student which class the file belongs to."""
    torch.manual_seed(5)
    zero, one = (saved(notebook.CLASSES[model]().state_dict()) for model in Model)
    assert refused(one) == (
        "The file has the keys `'linear_layer.weight'`, `'linear_layer.bias'`; "
        "the model needs `'weights'`, `'bias'`."
    )
    assert refused(zero, make_model(Model.LINEAR, 0)) == (
        "The file has the keys `'weights'`, `'bias'`; "
        "the model needs `'linear_layer.weight'`, `'linear_layer.bias'`."
    )


def test_a_key_too_many_or_too_few_is_refused() -> None:
    """As load_state_dict does unless it is told strict=False."""
    one = torch.ones(1)
    assert "the keys `'weights'`; the model" in refused(saved({"weights": one}))
    assert "`'bias'`, `'more'`;" in refused(saved({**pair(one, one), "more": one}))


class Nested(OrderedDict[str, Any]):
    """A dictionary with its own class."""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({}, "holds an empty dictionary"),
        ([torch.ones(1)], "holds a list"),
        ((torch.ones(1), 2), "holds a tuple"),
        (torch.ones(1), "holds a single tensor"),
        (None, "holds None"),
        ("weights", "holds text"),
        (0.5, "holds a number"),
        (
            {"epoch": 3, "model": pair(torch.ones(1), torch.ones(1))},
            "`'epoch'` in the file is a n",
        ),
        ({"model": pair(torch.ones(1), torch.ones(1))}, "`'model'` in the file is a dictionary"),
        (torch.optim.SGD([torch.ones(1)], lr=0.1).state_dict(), "`'state'` in the file is a dict"),
        ({1: torch.ones(1)}, "key `1` is a number"),
        ({("a", "b"): torch.ones(1)}, "more than torch.save writes for a state_dict"),
        (pair(torch.ones(1), torch.ones(1, 1)), "`'bias'` has the shape (1, 1) in the file; the "),
        (
            pair(torch.ones(()), torch.ones(1)),
            "`'weights'` has the shape () in the file; the model",
        ),
        (pair(torch.ones(2), torch.ones(1)), "`'weights'` has the shape (2,) in the file; the "),
        (pair(torch.ones(0), torch.ones(1)), "`'weights'` has the shape (0,) in the file; the "),
        (pair(torch.ones(1), torch.ones(1).bool()), "`'bias'` in the file is bool; the model "),
        (pair(torch.ones(1), torch.ones(1) + 0j), "`'bias'` in the file is complex64; the model"),
        (pair(torch.ones(1), torch.ones(1).to_sparse()), "a sparse tensor"),
        (pair(torch.ones(1), torch.ones(1, device="meta")), "without values"),
        (pair(torch.ones(1), torch.ones(1).to(torch.uint16)), "a rare dtype"),
        ({"weights": torch.ones(1).numpy()}, "asks Python to import"),
        (Nested(pair(torch.ones(1), torch.ones(1))), "asks Python to import"),
    ],
    ids=range(23),
)
def test_what_is_no_fitting_state_dict_is_refused(content: Any, said: str) -> None:
    """The sentence says what the file holds, or what the model needs."""
    assert said in refused(saved(content))


@pytest.mark.parametrize(
    "dtype", [getattr(torch, name) for name in ("float64", "float16", "bfloat16", "int64", "uint8")]
)
def test_other_numbers_are_converted_as_load_state_dict_converts_them(dtype: torch.dtype) -> None:
    """The report says that they are converted."""
    content = pair(torch.tensor([7.1]).to(dtype), torch.tensor([0.3]))
    file = saved(content)
    plain = notebook.LinearRegressionModel()
    plain.load_state_dict(content)
    read = read_state_dict(file, MODEL_0)
    assert all(torch.equal(read[key], value) for key, value in plain.state_dict().items())
    name = str(dtype).removeprefix("torch.")
    assert inspect_file(file).sentences == (
        f"`'weights'` is {name}; loading converts it to float32.",
    )


def test_the_file_of_a_run_that_diverged_is_read() -> None:
    """NaN and infinity are allowed in a state_dict; the report names them."""
    run = train(Experiment(loss=Loss.MSE, lr=10.0, epochs=200))
    (weights, bias) = read_state_dict(run.checkpoint, MODEL_0).values()
    assert not weights.isfinite().any()
    assert not bias.isfinite().any()
    assert inspect_file(run.checkpoint).sentences == (
        f"`'weights'` is not finite ({weights.item()}); a run that diverges ends like this.",
        f"`'bias'` is not finite ({bias.item()}); a run that diverges ends like this.",
    )


def test_what_comes_back_is_new_and_plain() -> None:
    """Parameters, views of larger storages and expanded tensors become plain tensors."""
    row = torch.arange(1000.0)
    content = pair(nn.Parameter(row[500:501].clone()), row[500:501])
    first, again = (read_state_dict(saved(content), MODEL_0) for _ in range(2))
    for value in first.values():
        assert type(value) is torch.Tensor
        assert value.tolist() == [500.0]
        assert value.untyped_storage().nbytes() == 4
        assert value.is_contiguous()
        assert not value.requires_grad
        value.fill_(0.0)
    assert again["bias"].tolist() == [500.0]
    linear = make_model(Model.LINEAR, 0)
    state = {"linear_layer.bias": torch.ones(1), "linear_layer.weight": torch.ones(1).expand(1, 1)}
    assert list(read_state_dict(saved(state), linear)) == list(linear.state_dict())


def test_a_failure_of_pytorch_itself_is_one_sentence_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyTorch's own message, which names paths and internals, is not shown."""

    def fail(*arguments: Any, **options: Any) -> None:
        raise RuntimeError("/home/secret")

    monkeypatch.setattr(torch, "load", fail)
    assert refused(GOOD) == "PyTorch cannot read the file; it is damaged."


def test_files_are_read_by_many_threads_at_once() -> None:
    """Good and bad files at the same time do not affect each other."""
    files = [saved(pair(torch.tensor([float(n)]), torch.ones(1))) for n in range(40)]

    def read(n: int) -> float:
        if n % 3 == 0:
            refused(files[n][:-30])
        return read_state_dict(files[n], MODEL_0)["weights"].item()

    with ThreadPoolExecutor(max_workers=16) as pool:
        assert list(pool.map(read, range(40))) == list(range(40))


def test_a_tensor_without_numbers_is_reported_with_its_shape() -> None:
    """It fits no class, and none of its numbers can be missing."""
    report = inspect_file(saved({"none": torch.ones(5, 0), "number": torch.ones(())}))
    assert [entry.shape for entry in report.entries] == [(5, 0), ()]
    assert not any(fit.fits for fit in report.fits)


def test_a_report_tells_how_the_file_fits_each_class() -> None:
    """Missing and unexpected keys, wrong shapes, wrong dtypes."""
    report = inspect_file(GOOD)
    assert report.size == len(GOOD)
    assert [(e.key, e.shape, e.dtype) for e in report.entries] == [
        ("'weights'", (1,), "float32"),
        ("'bias'", (1,), "float32"),
    ]
    own, other = report.fits
    assert (own.model, own.fits) == (Model.PARAMETER, True)
    assert (own.missing, own.unexpected, own.wrong_shape, own.wrong_dtype) == ((), (), (), ())
    assert (other.model, other.fits) == (Model.LINEAR, False)
    assert other.missing == ("linear_layer.weight", "linear_layer.bias")
    assert other.unexpected == ("'weights'", "'bias'")
    bad, _ = inspect_file(saved(pair(torch.ones(1, 1), torch.ones(1).bool()))).fits
    assert (bad.wrong_shape, bad.wrong_dtype, bad.fits) == (("weights",), ("bias",), False)


def test_any_key_comes_out_short_and_plain() -> None:
    """Markdown, HTML, marks that reverse text, a lone surrogate, a key of half a megabyte."""
    keys = ["`<script>`\u202e\x1b[2J", "\ud800", "é" * 250_000, "", "\n\n# x"]
    report = inspect_file(program(state(**dict.fromkeys(keys, tensor())), _0=ONE))
    assert len(report.entries) == len(keys)
    for said in (*(entry.key for entry in report.entries), *report.fits[0].unexpected):
        assert said.isprintable()
        assert "`" not in said
        assert len(said) <= 40
    refused(program(state(**dict.fromkeys(keys, tensor())), _0=ONE))


def test_of_many_keys_the_first_are_named() -> None:
    """A report names twenty keys at most and a sentence three."""
    file = program(state(**{f"key{n:04}": tensor() for n in range(500)}), _0=ONE)
    report = inspect_file(file)
    assert (len(report.entries), report.more) == (20, 480)
    assert len(report.fits[0].unexpected) == 20
    with pytest.raises(CheckpointError, match=r"`'key0002'` and 497 more; the model needs"):
        read_state_dict(file, MODEL_0)


def test_any_module_can_be_asked_for() -> None:
    """A student's own layer with more than one number."""
    torch.manual_seed(1)
    layer = nn.Linear(3, 2)
    read = read_state_dict(saved(layer.state_dict()), nn.Linear(3, 2))
    assert torch.equal(read["weight"], layer.weight)
    assert "has the shape (2, 3) in the file; the model needs (2, 4)." in refused(
        saved(layer.state_dict()), nn.Linear(4, 2)
    )
