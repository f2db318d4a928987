"""Writes the lesson's code for setup, data and model as text.

Every function returns the lines that a student would write for one experiment. A setting that is
not used adds no code. Numbers are written with `repr`, so Python reads back exactly the same value.
The code for training is in `training_code`; cells and files are made elsewhere.
"""

import textwrap
from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType

from linreg.core.experiment import Experiment
from linreg.core.seeding import Stream, source
from linreg.lesson_code.code_lines import WIDTH, indent_lines, join_lines, write_call
from linreg.settings.choices import Model
from linreg.settings.kinds import Pairs

SEED_OF_MODEL = "torch.manual_seed(SEED)"  # the lesson's classes then draw its start values
OTHERS = "the numbers before are for other uses"
COLORS = MappingProxyType({"train": "blue", "validation": "green", "test": "orange"})

MODEL_CLASSES: Mapping[Model, str] = MappingProxyType(
    {
        Model.PARAMETER: """\
class LinearRegressionModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1, dtype=torch.float))
        self.bias = nn.Parameter(torch.randn(1, dtype=torch.float))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.weights * x + self.bias""",
        Model.LINEAR: """\
class LinearRegressionModelV2(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_layer = nn.Linear(in_features=1, out_features=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear_layer(x)""",
    }
)


def name_sets(experiment: Experiment) -> list[str]:
    """Return the names of the sets that have rows, in the order of the split.

    Predictions are made for the last of them: the test set, if there is one.
    """
    sizes = {
        "train": experiment.n_train,
        "validation": experiment.n_validation,
        "test": experiment.n_test,
    }
    return [name for name, rows in sizes.items() if rows]


def write_generator(experiment: Experiment, stream: Stream) -> str:
    """Return the code that makes the same generator as `linreg.core.seeding` for `stream`."""
    first, skipped = source(experiment.seed, stream)
    away = first - experiment.seed
    seed = f"SEED {'-' if away < 0 else '+'} {abs(away)}" if away else "SEED"
    return (
        f"make_generator({seed}, {skipped})"
        if skipped
        else f"torch.Generator().manual_seed({seed})"
    )


def _write_make_generator(experiment: Experiment) -> str | None:
    """Return the function that skips numbers, if the code of the experiment uses it."""
    used = {
        Stream.NOISE: experiment.noise and experiment.points is None,
        Stream.SPLIT: experiment.shuffle,
        Stream.BATCHES: experiment.batch_size is not None,
    }
    if not any(each and source(experiment.seed, stream).skipped for stream, each in used.items()):
        return None
    return join_lines(
        "\n",
        "def make_generator(seed, skipped):",
        "    random = torch.Generator().manual_seed(seed)",
        f"    torch.rand(skipped, generator=random)  # {OTHERS}",
        "    return random",
    )


def write_setup(experiment: Experiment) -> str:
    """Return the code for the imports, the device and the seed."""
    in_batches = experiment.batch_size is not None
    return join_lines(
        "from pathlib import Path",
        "",
        "import torch",
        "from torch import nn",
        "from torch.utils.data import DataLoader, TensorDataset" if in_batches else None,
        "",
        f'device = "{experiment.device}"',
        "# Device-agnostic code takes the best device of the machine:",
        '# device = "cuda" if torch.cuda.is_available() else (',
        '#     "mps" if torch.backends.mps.is_available() else "cpu"',
        "# )",
        f"SEED = {experiment.seed}",
        _write_make_generator(experiment),
    )


def write_data(experiment: Experiment, original: Pairs | None = None) -> str:
    """Return the code that makes X and y and prints their first ten rows.

    Arguments:
        original: the own points in their original units, if the experiment has them in standard
            units; the code then holds these and scales them itself.
    """
    if experiment.points is None:
        make = _write_line(experiment)
    elif original is None:
        make = _write_points(experiment.points)
    else:
        make = _write_scaled_points(experiment, original)
    return join_lines(make, "", "print(X[:10].squeeze())", "print(y[:10].squeeze())")


def _write_line(experiment: Experiment) -> str:
    edges = f"{experiment.start!r}, {experiment.stop!r}, {experiment.step!r}"
    random = f"random = {write_generator(experiment, Stream.NOISE)}"
    return join_lines(
        f"weight = {experiment.weight!r}",
        f"bias = {experiment.bias!r}",
        f"noise = {experiment.noise!r}  # standard deviation" if experiment.noise else None,
        "",
        f"X = torch.arange({edges}).unsqueeze(dim=1)  # ({experiment.n_points}, 1)",
        "y = weight * X + bias",
        random if experiment.noise else None,
        "y = y + noise * torch.randn(y.shape, generator=random)" if experiment.noise else None,
    )


def _write_points(points: Pairs) -> str:
    return join_lines(
        *_write_list(points),
        f"X = torch.tensor([[x] for x, _ in points])  # ({len(points)}, 1)",
        "y = torch.tensor([[y] for _, y in points])",
    )


def _write_list(points: Pairs) -> tuple[str, ...]:
    # "~" keeps the two numbers of a point on one line when the text is wrapped.
    pairs = ", ".join(f"({x!r},~{y!r})" for x, y in points)
    lines = textwrap.wrap(pairs, WIDTH - 5, break_on_hyphens=False)
    return "points = [", indent_lines("\n".join(lines).replace("~", " ") + ","), "]"


def _write_scaled_points(experiment: Experiment, original: Pairs) -> str:
    chosen = f"order[:{experiment.n_train}]" if experiment.shuffle else f":{experiment.n_train}"
    return join_lines(
        *_write_list(original),
        "points = torch.tensor(points, dtype=torch.float64)",
        _write_order(experiment, "points") if experiment.shuffle else None,
        f"training = points[{chosen}]  # only these rows decide the units",
        "mean = training.mean(dim=0)",
        "std = training.std(dim=0, correction=0)",
        "std[std == 0] = 1",
        "points = ((points - mean) / std).float()  # standard units",
        f"X, y = points[:, :1], points[:, 1:]  # ({experiment.n_points}, 1) each",
    )


def write_split(experiment: Experiment) -> str:
    """Return the code that splits the rows into sets and moves the sets to the device."""
    sets = name_sets(experiment)
    order = _write_order(experiment, "X"), "X, y = X[order], y[order]"
    return join_lines(
        *(order if experiment.shuffle else ()),
        *_write_cuts(experiment, sets),
        "",
        *(_write_both(s, f"X_{s}.to(device)", f"y_{s}.to(device)") for s in sets),
        f'print("Rows:", {", ".join(f"len(X_{s})" for s in sets)})',
    )


def _write_cuts(experiment: Experiment, sets: list[str]) -> tuple[str, ...]:
    if len(sets) == 1:
        return ("X_train, y_train = X, y",)
    train, validation = experiment.train_fraction, experiment.validation_fraction
    shares = {"train_split": f"{train!r}", "test_split": f"({train!r} + {validation!r})"}
    cuts = list(shares)[: len(sets) - 1]
    slices = [f"{first}:{end}" for first, end in pairwise(["", *cuts, ""])]
    return (
        *(f"{cut} = round({shares[cut]} * len(X))" for cut in cuts),
        *(_write_both(s, f"X[{r}]", f"y[{r}]") for s, r in zip(sets, slices, strict=True)),
    )


def _write_both(name: str, X: str, y: str) -> str:
    """Return the code that sets X and y of a set, in one line if that is short enough."""
    line = f"X_{name}, y_{name} = {X}, {y}"
    return line if len(line) <= WIDTH else join_lines(f"X_{name} = {X}", f"y_{name} = {y}")


def _write_order(experiment: Experiment, rows: str) -> str:
    return join_lines(
        f"random = {write_generator(experiment, Stream.SPLIT)}",
        f"order = torch.randperm(len({rows}), generator=random)",
    )


def write_data_plot(experiment: Experiment) -> str:
    """Return the function that plots data and predictions, and its first call.

    Without matplotlib the program prints one sentence, plots nothing, and still runs to its end.
    It plots lists, since an older PyTorch and a newer NumPy cannot exchange tensors.
    """
    sets = name_sets(experiment)
    return join_lines(
        "try:",
        "    import matplotlib.pyplot as plt",
        "except ModuleNotFoundError:",
        "    plt = None",
        '    print("For the plots: python -m pip install matplotlib")',
        "",
        "",
        "def plot_predictions(predictions=None):",
        "    if plt is None:",
        "        return",
        "    plt.figure()",
        *(indent_lines(_write_scatter(s)) for s in sets),
        "    if predictions is not None:",
        "        plt.scatter(",
        f"            X_{sets[-1]}.cpu().tolist(),",
        "            predictions.cpu().tolist(),",
        '            c="red",',
        '            marker="x",',
        '            label="predictions",',
        "        )",
        '    plt.xlabel("x")',
        '    plt.ylabel("y")',
        "    plt.legend()",
        "",
        "",
        "plot_predictions()",
    )


def _write_scatter(name: str) -> str:
    """Return the code that plots one set."""
    data = f"X_{name}.cpu().tolist()", f"y_{name}.cpu().tolist()"
    look = f'c="{COLORS[name]}"', f'label="{name} data"'
    return write_call("plt.scatter", *data, *look, indent=4)
