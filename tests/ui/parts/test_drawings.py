"""A page gets the same chart as a notebook, although Plotly has not checked it."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from linreg import Experiment, Loss, Model, Optimizer, figures, run_mistake, sweep, train, ui
from linreg.figures import Drawing
from linreg.hardware.timing import measure, unmeasured
from linreg.settings.choices import Device, Mistake, Scale
from linreg.ui.parts.packing import pack
from linreg.walkthrough.resume import bookmarks
from linreg.walkthrough.walk import Moment, walk
from tests.ui.parts.test_packing import unpacked

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


def drawings() -> Iterator[Any]:
    """Every chart of the app, for runs whose charts differ in kind."""
    for name, experiment in EXPERIMENTS.items():
        run = train(experiment)
        for chart, drawing in {
            "predictions": figures.predictions_figure.drawing(run, initial=True),
            "loss": figures.loss_figure.drawing(run),
            "loss, log": figures.loss_figure.drawing(run, scale=Scale.LOG),
            "loss, last": figures.loss_figure.drawing(run, last=10),
            "surface": figures.surface_figure.drawing(run),
            "surface, end": figures.surface_end_figure.drawing(run),
            "data": figures.data_figure.drawing(experiment),
            "pins": figures.compared_losses_figure.drawing([("one", run)]),
            "paths": figures.optimizer_paths_figure.drawing([run]),
        }.items():
            yield pytest.param(drawing, id=f"{chart} of {name}")
    run, found = train(Experiment()), sweep(Experiment(epochs=50), [0.001, 0.01, 0.1])
    chosen, losses = {0.001: 1, 0.01: 9, 0.1: 2}, {0.001: 0.3, 0.01: 0.1, 0.1: None}
    trial = run_mistake(Experiment(), Mistake.NO_ZERO_GRAD)
    for moment in Moment:
        step = walk(Experiment(), bookmarks(Experiment()), 3)
        yield pytest.param(figures.line_figure.drawing(step, moment), id=f"line, {moment}")
        yield pytest.param(figures.descent_figure.drawing(step, moment, run), id=f"step, {moment}")
    timings = measure((Device.CPU,), (50, 200), seconds=0.2)
    for chart, drawing in {
        "sweep": figures.sweep_figure.drawing(found, 0.01),
        "class": figures.class_rates_figure.drawing(found, chosen, losses),
        "swarm": figures.class_swarm_figure.drawing(found, chosen),
        "heat": figures.sweep_heat_figure.drawing(found),
        "seeds": figures.seeds_figure.drawing([found, found]),
        "trial": figures.trial_figure.drawing(run, trial),
        "trial's parameters": figures.trial_parameters_figure.drawing(run, trial),
        "speed": figures.speed_figure.drawing(timings),
        "no speed yet": figures.speed_figure.drawing(unmeasured((Device.CPU,))),
    }.items():
        yield pytest.param(drawing, id=chart)


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


DRAWINGS = [*drawings()]


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_a_page_gets_what_plotly_has_checked(drawing: Drawing) -> None:
    """The bytes for the browser hold the same data as the figure that Plotly has checked."""
    checked = plain(drawing.figure().to_plotly_json())
    checked["layout"].pop("template")
    [chart] = unpacked(pack({}, {"chart": drawing}))["charts"]
    assert plain(chart["figure"]) == checked


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_arrays_are_of_the_types_that_the_page_reads(drawing: Drawing) -> None:
    """The reader in the browser knows each type."""
    script = Path(ui.__file__).with_name("browser") / "unpack.js"
    [known] = re.findall(r"TYPES = {(.*)};", script.read_text(encoding="utf-8"))
    packed = pack({}, {"chart": drawing})
    header = packed[4 : 4 + int.from_bytes(packed[:4], "little")].decode()
    written = set(re.findall(r'"length": \d+, "type": "(\w+)"', header))
    assert written or not drawing.traces
    assert written <= set(re.findall(r"(\w+):", known))
