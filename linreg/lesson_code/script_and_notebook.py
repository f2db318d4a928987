"""Writes the cells of an experiment as a Python program and as a Jupyter notebook.

Both need PyTorch to run, but not this package.
"""

import json
import textwrap
from typing import Any

from linreg.core.experiment import Experiment
from linreg.lesson_code.code_lines import WIDTH
from linreg.lesson_code.notebook_cells import notebook_cells
from linreg.settings.kinds import Pairs

TITLE = "A straight line learned with PyTorch"

SHOW = """\
# Opens the plots in windows if there is a display.
if plt is not None and plt.get_backend().lower() != "agg":
    plt.show()"""


def to_script(experiment: Experiment, original: Pairs | None = None) -> str:
    """Return a Python program that trains as `train(experiment)` does and prints the results.

    Its variables `train_loss_values` and `test_loss_values` have one value per epoch; without a
    test set, the test losses are NaN. On the CPU, the losses and the parameters of its `model` are
    those of `train`, bit for bit. It plots if matplotlib is installed, and saves the model in
    `models/` in the current directory.

    Arguments:
        original: as for `notebook_cells`.
    """
    blocks = [
        _comment(cell.text) + "\n" + cell.code
        for cell in notebook_cells(experiment, original=original)
    ]
    return f'"""{TITLE}."""\n\n' + "\n\n\n".join([*blocks, SHOW]) + "\n"


def to_notebook(experiment: Experiment, original: Pairs | None = None) -> str:
    """Return the cells of `to_script` as a notebook: JSON in the format nbformat 4.5.

    Each part of the lesson begins with a heading. Source: the nbformat documentation, "The Notebook
    file format".
    """
    cells = [_cell("markdown", "title", f"# {TITLE}")]
    part = None
    for number, cell in enumerate(notebook_cells(experiment, original=original), start=1):
        heading = f"## {cell.part.capitalize()}\n\n" if cell.part is not part else ""
        cells += [
            _cell("markdown", f"text-{number}", heading + cell.text),
            _cell("code", f"code-{number}", cell.code, execution_count=None, outputs=[]),
        ]
        part = cell.part
    notebook = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1, sort_keys=True) + "\n"


def _comment(text: str) -> str:
    indent = "# "
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


def _cell(kind: str, name: str, text: str, **members: Any) -> dict[str, Any]:
    lines = text.splitlines(keepends=True)
    return {"cell_type": kind, "id": name, "metadata": {}, "source": lines, **members}
