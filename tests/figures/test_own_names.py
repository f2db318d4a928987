"""The names of own data's columns: on the axes, and with the points wherever they go."""

import pickle
from dataclasses import replace

from linreg import Experiment, Loss
from linreg.engines.replay import replayed
from linreg.figures import (
    data_figure,
    line_figure,
    loss_figure,
    predictions_figure,
    trial_lines_figure,
    untrained_figure,
)
from linreg.lesson.cell_outputs import judged
from linreg.mistakes.run import run_mistake
from linreg.own_data.standard_units import standardised
from linreg.own_data.table import add_outlier, read_points
from linreg.settings.choices import Mistake
from linreg.settings.named_pairs import NamedPairs
from linreg.ui.parts.report import predictions
from linreg.walkthrough.narration import sentence, tensors
from linreg.walkthrough.resume import bookmarks
from linreg.walkthrough.walk import Moment, walk


def test_own_data_name_their_axes_and_their_losses() -> None:
    """With the names of the two columns, in their units or in standard ones; the line has none."""
    table = "id,speed <b>,dist (ft)\n" + "".join(f"{i},{i * 2},{i * i}\n" for i in range(1, 9))
    points = read_points(table, "speed <b>", "dist (ft)").points
    standard = standardised(points, 6).points
    unnamed = read_points("x,y\n1,2\n2,3\n3,5").points
    for own, x, y, units in (
        (points, "speed &lt;b&gt;", "dist (ft)", "units of dist (ft)"),
        (
            standard,
            "speed &lt;b&gt; (standard units)",
            "dist (ft) (standard units)",
            "standard units of dist (ft)",
        ),
        (unnamed, "x (unit of your data)", "y (unit of your data)", "units of y"),
        (None, "x (no unit)", "y (no unit)", "units of y"),
    ):
        for loss, name in (
            (Loss.L1, f"L1 loss ({units})"),
            (Loss.MSE, f"MSE loss ({units})²"),
        ):
            run = replayed(replace(Experiment(points=own, epochs=3), loss=loss))
            axes = predictions_figure(run).layout
            assert (axes.xaxis.title.text, axes.yaxis.title.text) == (x, y)
            assert loss_figure(run).layout.yaxis.title.text == name
    long = NamedPairs(points, "a" * 60, "b")
    title = data_figure(Experiment(points=long)).layout.xaxis.title.text
    assert title == "a" * 25 + "…"


def test_years_have_no_comma_and_large_numbers_have_one() -> None:
    """On every x axis of data, in the tables and in the sentences of the Loop."""
    for first, grouped in ((1960.0, False), (9995.0, True)):
        experiment = Experiment(points=tuple((first + i, 2.0 + i) for i in range(10)), epochs=1)
        run, seen = replayed(experiment), walk(experiment, bookmarks(experiment), 0)
        trial = run_mistake(experiment, Mistake.NO_ZERO_GRAD)
        for figure in (
            data_figure(experiment),
            predictions_figure(run),
            untrained_figure(run),
            line_figure(seen, Moment.FORWARD),
            trial_lines_figure(run, trial),
        ):
            assert figure.layout.xaxis.separatethousands is grouped
    run = replayed(Experiment(points=tuple((1960.0 + i, 2.0 + i) for i in range(10)), epochs=1))
    assert "| 1968 | 10.0000 |" in predictions(judged(run))
    seen = walk(run.experiment, bookmarks(run.experiment), 0)
    assert "x = 1960, it predicts" in sentence(seen, Moment.FORWARD)
    assert tensors(seen, Moment.FORWARD)[0].values == "1960, 1961, 1962, 1963, …"


def test_names_stay_with_the_points_and_decide_no_run() -> None:
    """Equal numbers are one experiment; a picture is kept for each pair of names."""
    named = NamedPairs(((1.0, 2.0), (2.0, 3.0), (3.0, 3.5)), "a", "b")
    one, other = Experiment(points=named), Experiment(points=tuple(named))
    assert one == other
    assert hash(one) == hash(other)
    assert repr(one) != repr(other)
    for kept in (pickle.loads(pickle.dumps(one)).points, add_outlier(named)):
        assert isinstance(kept, NamedPairs)
        assert (kept.x, kept.y) == ("a", "b")
