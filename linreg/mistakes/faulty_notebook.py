"""The cells of the lesson's notebook with a mistake in them.

They are made by changes to `notebook_cells`, so they follow every change of the lesson. Tests run
them and compare the results with those of `run_mistake`.
"""

import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from linreg.core.experiment import Experiment
from linreg.core.models import MODELS
from linreg.lesson_code.code_lines import join_lines
from linreg.lesson_code.data_code import MODEL_CLASSES, SEED_OF_MODEL
from linreg.lesson_code.notebook_cells import Cell, Part, notebook_cells
from linreg.mistakes.faulty_steps import OTHER_MODEL, STAND_IN, large_lr, second_device, small_lr
from linreg.settings.choices import Device, Mistake
from linreg.settings.kinds import Pairs

Cells = tuple[Cell, ...]
Edit = Callable[[Cells, Experiment], Cells]


def wrong_cells(experiment: Experiment, mistake: Mistake, original: Pairs | None = None) -> Cells:
    """Return the notebook's cells for `experiment` with `mistake` in them.

    Arguments:
        original: as for `notebook_cells`.
    """
    cells = notebook_cells(experiment, original=original)
    for edit in EDITS[mistake]:
        cells = edit(cells, experiment)
    return cells


def _changed(cells: Cells, pattern: str, new: str | Callable[[re.Match[str]], str]) -> Cells:
    """Return the cells with every match of `pattern` replaced; ^ and $ match at each line."""
    lines = re.compile(pattern, re.MULTILINE)
    return tuple(replace(cell, code=lines.sub(new, cell.code)) for cell in cells)


def _changing(pattern: str, new: str = "") -> Edit:
    return lambda cells, _experiment: _changed(cells, pattern, new)


def _no_grad(cells: Cells, _experiment: Experiment) -> Cells:
    def indented(match: re.Match[str]) -> str:
        return f"{match[1]}with torch.no_grad():\n{textwrap.indent(match[0], ' ' * 4)}"

    return _changed(cells, r"^( *)# 1\. (?:.*\n)*?.*optimizer\.step\(\)$", indented)


def _model_again(cells: Cells, experiment: Experiment) -> Cells:
    name = MODELS[experiment.model].__name__
    again = f"{SEED_OF_MODEL}\nmodel = {name}().to(device)"
    return tuple(
        replace(cell, code=f"{cell.code}\n\n{again}") if "\noptimizer = " in cell.code else cell
        for cell in cells
    )


def _test_rows(cells: Cells, _experiment: Experiment) -> Cells:
    training = [cell for cell in cells if cell.part is Part.TRAINING]
    swapped = _changed(tuple(training), r"\b([Xy])_train\b", r"\1_test")
    return tuple(
        swapped[training.index(cell)] if cell.part is Part.TRAINING else cell for cell in cells
    )


def _lr(rate: Callable[[Experiment], float]) -> Edit:
    return lambda cells, experiment: _changed(cells, r"\blr=[^,)\n]+", f"lr={rate(experiment)!r}")


def _two_devices(cells: Cells, experiment: Experiment) -> Cells:
    cells = _changed(cells, r"^X_\w+(?:, y_\w+)? = X_\w+\.to\(device\).*\n", "")
    cells = _changed(cells, r"^y_\w+ = y_\w+\.to\(device\)\n", "")
    if experiment.device is not Device.CPU:
        return cells
    device = second_device(experiment)
    why = "  # has shapes and no numbers: stands in for a GPU" if device == STAND_IN else ""
    return _changed(cells, r'^device = "cpu"$', f'device = "{device}"{why}')


def _other_class(cells: Cells, experiment: Experiment) -> Cells:
    other = OTHER_MODEL[experiment.model]
    new = join_lines(MODEL_CLASSES[other], "", "", f"loaded_model = {MODELS[other].__name__}()")
    return _changed(cells, r"^loaded_model = \w+\(\)$", new)


def _twice(cells: Cells, _experiment: Experiment) -> Cells:
    twice = [[cell, cell] if "for epoch in range" in cell.code else [cell] for cell in cells]
    return tuple(cell for both in twice for cell in both)


def _without_inference_mode(cells: Cells, _experiment: Experiment) -> Cells:
    def dedented(match: re.Match[str]) -> str:
        return match[1].replace("\n        ", "\n    ").removeprefix("    ")

    return _changed(cells, r"^    with torch\.inference_mode\(\):\n((?: {8}.*\n)+)", dedented)


EDITS: Mapping[Mistake, tuple[Edit, ...]] = MappingProxyType(
    {
        Mistake.NONE: (),
        Mistake.NO_ZERO_GRAD: (_changing(r"^ *# 3\. .*\n.*zero_grad\(\)\n\n"),),
        Mistake.NO_STEP: (_changing(r"\n\n *# 5\. .*\n.*optimizer\.step\(\)$"),),
        Mistake.NO_BACKWARD: (_changing(r"^ *# 4\. .*\n.*backward\(\)\n\n"),),
        Mistake.STEP_FIRST: (
            _changing(r"^( *# 4\. .*\n.*backward\(\)\n)\n( *# 5\. .*\n.*step\(\)\n)", r"\2\n\1"),
        ),
        Mistake.OTHER_PARAMETERS: (_model_again,),
        Mistake.NO_UNSQUEEZE: (
            _changing(
                r"^(X = torch\.arange\(.*\))\.unsqueeze\(dim=1\)(  # .*\n)"
                r"((?:(?:y|random) = .*\n)+)",
                r"\1\n\3X = X.unsqueeze(dim=1)\2",
            ),
            _changing(r"^y = torch\.tensor\(\[\[y\] for", "y = torch.tensor([y for"),
            _changing(r"^(X, y = points.*points\[:, 1):\].*$", r"\1]"),
        ),
        Mistake.TEST_SET: (_test_rows,),
        Mistake.LR_TOO_LARGE: (_lr(large_lr),),
        Mistake.LR_TOO_SMALL: (_lr(small_lr),),
        Mistake.TWO_DEVICES: (_two_devices,),
        Mistake.OTHER_CLASS: (_other_class,),
        Mistake.OTHER_CLASS_LOOSE: (
            _other_class,
            _changing(r"(load_state_dict\(state_dict)\)", r"\1, strict=False)"),
        ),
        Mistake.RUN_TWICE: (_twice,),
        Mistake.GRAPH_KEPT: (
            _without_inference_mode,
            _changing(r"append\((test|validation)_loss\.item\(\)\)", r"append(\1_loss)"),
        ),
        Mistake.NO_GRAD: (_no_grad,),
    }
)
