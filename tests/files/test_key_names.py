"""Files whose numbers fit under other names or in other shapes, and files around a state_dict."""

import io
import zipfile
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import torch
from torch import nn

from linreg import CheckpointError, Model, inspect_file, read_state_dict, suggest_names
from linreg.core.models import make_model
from linreg.files.checkpoint import parts_with_tensors
from linreg.files.key_names import misfit, pair_either_way, prefixes
from linreg.lesson_code.loading_code import write_loading
from tests.support.archives import saved
from tests.support.checkpoints import refused
from tests.support.hostile import GOOD

WEIGHT, BIAS = torch.tensor(0.7), torch.tensor(0.3)
LAYER = {"weight": WEIGHT.reshape(1, 1), "bias": BIAS.reshape(1)}


def named(weight: str, bias: str, shape: tuple[int, ...] = (1,)) -> dict[str, torch.Tensor]:
    """A state with these keys."""
    return {weight: WEIGHT.reshape(shape), bias: BIAS.reshape(1)}


@pytest.mark.parametrize("model", list(Model))
@pytest.mark.parametrize(
    "state",
    [
        named("linear.weight", "linear.bias", (1, 1)),
        named("weight", "bias", (1, 1)),
        named("linearLayer.weight", "linearLayer.bias", (1, 1)),
        named("linear_layer_1.weight", "linear_layer_1.bias", (1, 1)),
        named("module.linear_layer.weight", "module.linear_layer.bias", (1, 1)),
        named("_orig_mod.weights", "_orig_mod.bias"),
        named("0.weight", "0.bias", (1, 1)),
        named("w", "b", ()),
        named("W1", "B1"),
        named("slope", "intercept"),
        named("params.alpha", "params.beta", (1, 1)),
        named("m", "c"),
        named("k", "d"),
        named("Gradient", "y_intercept"),
        named("theta_1", "theta_0"),
        named("w1", "w0"),
        named("w0", "b0"),
        named("weightParameter", "biasParameter"),
        named("weight_param", "bias_param"),
        {"b": BIAS.reshape(()), "w": WEIGHT.reshape(1, 1)},
    ],
    ids=range(20),
)
def test_the_same_numbers_under_other_names_are_loaded(
    state: dict[str, torch.Tensor], model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the app, and by the three lines of code in a notebook."""
    file, lesson = saved(state), make_model(model, 7)
    names = suggest_names(file, lesson)
    assert names is not None
    values = [value.item() for value in read_state_dict(file, lesson, names).values()]
    assert values == [WEIGHT.item(), BIAS.item()]
    assert lesson.load_state_dict(read_state_dict(file, lesson, names)).missing_keys == []
    assert "the model" in refused(file, make_model(model, 7))

    monkeypatch.chdir(tmp_path)
    Path("model.pth").write_bytes(file)
    plain = make_model(model, 8)
    code = write_loading(names, None, reshaped=True)
    exec(code, {"torch": torch, "model": plain})
    assert [value.item() for value in plain.state_dict().values()] == values


@pytest.mark.parametrize("shape", [(), (1, 1)])
def test_one_number_in_another_shape_is_loaded_by_reshape(shape: tuple[int, ...]) -> None:
    """Without names it is refused, as load_state_dict does."""
    file, lesson = saved(named("weights", "bias", shape)), make_model(Model.PARAMETER, 7)
    assert "has the shape" in refused(file)
    names = suggest_names(file, lesson)
    assert names == {"weights": "weights", "bias": "bias"}
    assert read_state_dict(file, lesson, names)["weights"].tolist() == [WEIGHT.item()]


@pytest.mark.parametrize(
    "state",
    [
        {"weights": WEIGHT.reshape(1), "bias": BIAS.reshape(1)},
        named("a", "b"),
        named("one", "two"),
        named("params.0", "params.1"),
        {"weight": WEIGHT},
        {**named("weight", "bias"), "more": WEIGHT},
        {"weight": torch.ones(1, 2), "bias": BIAS.reshape(1)},
        {"l1.weight": WEIGHT, "l2.weight": BIAS},
        {"w" * 200: WEIGHT, "bias": BIAS},
    ],
    ids=range(9),
)
def test_nothing_is_suggested_where_it_fits_or_where_it_would_be_a_guess(
    state: dict[str, torch.Tensor],
) -> None:
    """Two of the same shape and without telling names may be either."""
    assert suggest_names(saved(state), make_model(Model.PARAMETER, 7)) is None


def test_any_module_can_be_asked_for() -> None:
    """A student's own network, saved from inside DataParallel."""
    net = nn.Sequential(nn.Linear(1, 3), nn.ReLU(), nn.Linear(3, 1))
    file = saved({f"module.{key}": value for key, value in net.state_dict().items()})
    names = suggest_names(file, net)
    assert names is not None
    state = read_state_dict(file, net, names)
    assert all(torch.equal(state[key], value) for key, value in net.state_dict().items())


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"weight": "weights"}, "must give each key of the file one of the model's"),
        ({"weight": "weights", "bias": "weights"}, "must give each key"),
        ({"weight": "weights", "bias": "other"}, "must give each key"),
        ({"weight": "bias", "bias": "weights"}, "`'bias'` has the shape (2,) in the file"),
    ],
)
def test_names_that_do_not_pair_are_refused(names: dict[str, str], said: str) -> None:
    """Each key once on both sides, and one number each."""
    file = saved({"weight": WEIGHT, "bias": torch.ones(2)})
    with pytest.raises(CheckpointError) as caught:
        read_state_dict(file, make_model(Model.PARAMETER, 7), names)
    assert said in str(caught.value)


def test_two_numbers_whose_names_tell_nothing_may_go_either_way() -> None:
    """No other file has this question."""
    wanted = {"weights": (1,), "bias": (1,)}
    a_first, b_first = pair_either_way({"a": (1,), "b": ()}, wanted)
    assert a_first == {"a": "weights", "b": "bias"}
    assert b_first == {"b": "weights", "a": "bias"}
    assert pair_either_way({"a": (1,), "b": (2,)}, wanted) == ()
    assert pair_either_way({"a": (1,)}, wanted) == ()
    assert pair_either_way({"a" * 200: (1,), "b": ()}, wanted) == ()


def test_models_of_another_kind_are_named() -> None:
    """More inputs, more layers; nothing is said of what might be the lesson's."""
    assert misfit([(1, 3), (1,)]) == "Its model takes 3 inputs; the lesson's models take one."
    assert misfit([(8, 1), (8,), (1, 8), (1,)]).startswith("Its model has 2 layers;")
    assert misfit([(1, 1), (1,)]) == misfit([(1,), ()]) == ""


@pytest.mark.parametrize(
    "module",
    [
        nn.ParameterDict({"w": WEIGHT.reshape(1, 1), "b": BIAS.reshape(1, 1)}),
        nn.LSTM(1, 2),
        nn.Embedding(10, 3),
        nn.Sequential(nn.Conv1d(1, 2, 3), nn.Linear(8, 4), nn.Linear(4, 1)),
        nn.Sequential(nn.Embedding(9, 3), nn.Linear(3, 1)),
        nn.Sequential(),
    ],
    ids=range(6),
)
def test_nothing_is_counted_in_a_model_of_other_parts_than_linear_layers(module: nn.Module) -> None:
    """Their tensors of two dimensions need not be layers, nor tell the number of inputs."""
    assert misfit(tuple(value.shape) for value in module.state_dict().values()) == ""


def test_well_known_prefixes_are_named() -> None:
    """DataParallel, torch.compile, and a container."""
    assert list(prefixes(["linear.weight", "linear.bias"])) == []
    compiled = list(prefixes(["module._orig_mod.0.weight"]))
    for said, what in zip(compiled, ("DataParallel", "torch.compile", "Sequential"), strict=True):
        assert what in said


def trained() -> dict[str, Any]:
    """A checkpoint as PyTorch's tutorial writes it."""
    layer = nn.Linear(1, 1)
    layer.load_state_dict(LAYER)
    optimizer = torch.optim.Adam(layer.parameters())
    layer(torch.ones(1, 1)).backward()
    optimizer.step()
    return {
        "epoch": 3,
        "model_state_dict": LAYER,
        "optimizer_state_dict": optimizer.state_dict(),
        "loss": 0.25,
    }


def test_the_state_dict_in_a_checkpoint_is_named_and_read() -> None:
    """The whole is refused, and its sentence points at the part."""
    file, layer = saved(trained()), nn.Linear(1, 1)
    said = refused(file, layer)
    assert said == (
        "`'epoch'` in the file is a number, not a tensor; the part `'model_state_dict'` of the "
        "file is a state_dict."
    )
    assert parts_with_tensors(file) == ("model_state_dict",)
    state = read_state_dict(file, layer, part="model_state_dict")
    assert [value.item() for value in state.values()] == [WEIGHT.item(), BIAS.item()]
    lesson = make_model(Model.LINEAR, 7)
    names = suggest_names(file, lesson, "model_state_dict")
    assert list(read_state_dict(file, lesson, names, "model_state_dict")) == list(
        lesson.state_dict()
    )
    assert inspect_file(file, "model_state_dict").entries[0].shape == (1, 1)
    with pytest.raises(CheckpointError, match="is a dictionary, not a tensor"):
        read_state_dict(file, layer, part="optimizer_state_dict")


def test_of_a_list_of_state_dicts_each_can_be_read() -> None:
    """By its place."""
    file = saved([named("weights", "bias"), {"weights": torch.ones(1), "bias": torch.ones(1)}])
    assert "the parts `0`, `1` of the file are state_dicts." in refused(file)
    assert parts_with_tensors(file) == (0, 1)
    lesson = make_model(Model.PARAMETER, 7)
    assert read_state_dict(file, lesson, part=1)["bias"].tolist() == [1.0]
    with pytest.raises(CheckpointError, match="holds None"):
        read_state_dict(file, lesson, part=2)


class Line(nn.Module):
    """A module that TorchScript can save."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return x."""
        return x


@pytest.mark.filterwarnings("ignore:.*TorchScript:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_other_files_are_named_as_what_they_are() -> None:
    """A real program of TorchScript, two files in one, a web page, a pointer, safetensors."""
    script = io.BytesIO()
    torch.jit.save(torch.jit.script(Line()), script)
    assert "holds a whole program of TorchScript" in refused(script.getvalue())
    assert "other bytes before it, such as another file" in refused(GOOD + GOOD)
    with pytest.MonkeyPatch.context() as newer:  # versions of Python
        newer.setattr(zipfile.ZipFile, "infolist", Mock(side_effect=zipfile.BadZipFile))
        assert "other bytes before it, such as another file" in refused(GOOD + GOOD)
    assert "is a web page" in refused(b"\n<!DOCTYPE html>\n<html><title>GitHub")
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1234\n"
    assert "a Git LFS pointer" in refused(pointer)
    assert "the format safetensors" in refused(b'\x40\0\0\0\0\0\0\0{"weight":{"dtype":"F32"}}')
