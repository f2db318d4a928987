"""A page gets the same chart as a notebook, although Plotly has not checked it."""

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from linreg import Experiment, Loss, Model, Optimizer, Run, figures, run_mistake, sweep, train, ui
from linreg.figures import Drawing
from linreg.hardware.timing import measure, unmeasured
from linreg.settings.choices import Device, Mistake, Scale
from linreg.ui.parts.packing import pack
from linreg.walkthrough.resume import bookmarks
from linreg.walkthrough.walk import Moment, walk
from tests.ui.parts.test_packing import unpacked

SCRIPT = Path(ui.__file__).with_name("browser") / "unpack.js"
[_types] = re.findall(r"TYPES = {(.*)};", SCRIPT.read_text(encoding="utf-8"))
KNOWN_TYPES = set(re.findall(r"(\w+):", _types))
POINTS = tuple((float(x), 2.0 * x + (x % 3)) for x in range(12))
EXPERIMENTS = {
    "lesson": Experiment(),
    "alternating": Experiment(model=Model.LINEAR, epochs=300),
    "validation": Experiment(validation_fraction=0.1, train_fraction=0.7, epochs=30),
    "no test set": Experiment(train_fraction=1.0, epochs=4),
    "one epoch": Experiment(epochs=1),
    "diverged": Experiment(loss=Loss.MSE, lr=1.0, epochs=1000),
    "batches": Experiment(batch_size=8, optimizer=Optimizer.ADAM, epochs=5),
    "own points": Experiment(points=POINTS, lr=0.001, epochs=20),
}


RUN: Mapping[str, Callable[[Run], Drawing]] = {
    "predictions": lambda run: figures.predictions_figure.drawing(run, initial=True),
    "loss": figures.loss_figure.drawing,
    "loss, log": lambda run: figures.loss_figure.drawing(run, scale=Scale.LOG),
    "loss, last": lambda run: figures.loss_figure.drawing(run, last=10),
    "surface": figures.surface_figure.drawing,
    "surface, end": figures.surface_end_figure.drawing,
    "data": lambda run: figures.data_figure.drawing(run.experiment),
    "pins": lambda run: figures.compared_losses_figure.drawing([("one", run)]),
    "paths": lambda run: figures.optimizer_paths_figure.drawing([run]),
}


def others() -> Iterator[tuple[str, Drawing]]:
    """The charts of more than a run."""
    run, found = train(Experiment()), sweep(Experiment(epochs=50), [0.001, 0.01, 0.1])
    chosen, losses = {0.001: 1, 0.01: 9, 0.1: 2}, {0.001: 0.3, 0.01: 0.1, 0.1: None}
    trial = run_mistake(Experiment(), Mistake.NO_ZERO_GRAD)
    step = walk(Experiment(), bookmarks(Experiment()), 3)
    for moment in Moment:
        yield f"line, {moment}", figures.line_figure.drawing(step, moment)
        yield f"step, {moment}", figures.descent_figure.drawing(step, moment, run)
    timings = measure((Device.CPU,), (50, 200), seconds=0.01)
    yield "sweep", figures.sweep_figure.drawing(found, 0.01)
    yield "class", figures.class_rates_figure.drawing(found, chosen, losses)
    yield "swarm", figures.class_swarm_figure.drawing(found, chosen)
    yield "heat", figures.sweep_heat_figure.drawing(found)
    yield "seeds", figures.seeds_figure.drawing([found, found])
    yield "trial", figures.trial_figure.drawing(run, trial)
    yield "trial's parameters", figures.trial_parameters_figure.drawing(run, trial)
    yield "speed", figures.speed_figure.drawing(timings)
    yield "no speed yet", figures.speed_figure.drawing(unmeasured((Device.CPU,)))


def plain(value: Any) -> Any:
    """The value as numbers, texts, lists and dictionaries, without arrays."""
    match value:
        case {"bdata": data, "dtype": dtype, **rest}:  # how Plotly writes an array
            array = np.frombuffer(base64.b64decode(data), np.dtype(dtype))
            rows = [int(size) for size in str(rest.get("shape", -1)).split(",")]
            return plain(array.reshape(rows))
        case dict():
            # Plotly leaves out what is empty.
            return {key: plain(item) for key, item in value.items() if not _is_empty(item)}
        case list() | tuple():
            return [plain(item) for item in value]
        case np.ndarray():
            return plain(value.tolist())
        case float() if np.isnan(value):
            return "NaN"  # which would not equal itself
    return value


def _is_empty(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and not value


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_page_gets_the_charts_of_a_run_as_plotly_has_checked_them(name: str) -> None:
    """All charts of runs whose charts differ in kind."""
    run = train(EXPERIMENTS[name])
    for chart, draw in RUN.items():
        assert_as_checked(chart, draw(run))


def test_a_page_gets_all_other_charts_as_plotly_has_checked_them() -> None:
    """Of a step, of sweeps, of a mistake and of the hardware."""
    for chart, drawing in others():
        assert_as_checked(chart, drawing)


def assert_as_checked(chart: str, drawing: Drawing) -> None:
    """The bytes for the browser hold the same data as the figure that Plotly has checked.

    The reader in the browser knows the type of each array.
    """
    checked = plain(drawing.figure().to_plotly_json())
    checked["layout"].pop("template")
    packed = pack({}, {"chart": drawing})
    [sent] = unpacked(packed)["charts"]
    assert plain(sent["figure"]) == checked, chart
    header = packed[4 : 4 + int.from_bytes(packed[:4], "little")].decode()
    written = set(re.findall(r'"length": \d+, "type": "(\w+)"', header))
    assert written or not drawing.traces, chart
    assert written <= KNOWN_TYPES, chart
