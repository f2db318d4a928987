"""The swarm of a class's runs, against plain trainings."""

import re
import unicodedata
from dataclasses import replace

import numpy as np
import pytest

from linreg import Experiment, sweep, train
from linreg.analysis.sweeps import spread_rates
from linreg.figures import class_rates_figure, class_swarm_figure
from linreg.figures.class_rates import CLASS, dot_sizes
from linreg.figures.sweep import BEYOND
from linreg.settings.choices import Loss
from linreg.ui.parts.class_rates import packed_swarm
from tests.support.figures import trace

CHOSEN = {0.01: 4, 0.1: 1, 10.0: 1}  # the last one overflows


@pytest.mark.parametrize("epochs", [1, 50, 200, 201, 1000])
def test_a_swarm_walks_as_each_run_alone(epochs: int) -> None:
    """Its moments are few, with the start and the end; a run that alternates is seen to move."""
    experiment = Experiment(loss=Loss.MSE, epochs=epochs)
    swarm = packed_swarm(sweep(experiment, list(CHOSEN)), CHOSEN)["swarm"]
    moments = swarm["epochs"]
    assert len(moments) <= 201
    assert (moments[0], moments[-1]) == (0, epochs - 1)
    assert all(np.diff(moments)[:-1] % 2 == 1)
    for i, lr in enumerate(CHOSEN):
        alone = train(replace(experiment, lr=lr)).history
        np.testing.assert_array_equal(swarm["weight"][i], alone.weight[moments])
        np.testing.assert_array_equal(swarm["bias"][i], alone.bias[moments])
        np.testing.assert_array_equal(swarm["loss"][i], alone.train_loss[moments])


def test_a_dot_is_larger_where_more_chose_it() -> None:
    """Its area is in proportion; where runs are many, only those that matter have their rate."""
    found = sweep(Experiment(epochs=5), list(CHOSEN))
    swarm = packed_swarm(found, CHOSEN)["swarm"]
    assert swarm["sizes"][0] == 2 * swarm["sizes"][1] == 2 * swarm["sizes"][2]
    assert swarm["named"] == [0, 1, 2]
    rates = [0.001 * each for each in range(1, 13)]
    many = packed_swarm(sweep(Experiment(epochs=5), rates), dict.fromkeys(rates, 1))["swarm"]
    losses = [train(Experiment(epochs=5, lr=lr)).history.train_loss[-1] for lr in rates]
    assert many["named"] == sorted({0, int(np.argmin(losses)), 11})


@pytest.mark.parametrize(
    ("losses", "name"),
    [
        ((0.2, 1.25e-5), "best"),
        ((0.1, 0.1), "one of the best"),
        ((0.006654805, 0.006654803), "one of the best"),  # both are 0.006655
        ((None, None), "smallest"),
    ],
)
def test_a_rate_is_called_the_best_only_where_no_other_is_as_good(
    losses: tuple[float | None, float | None], name: str
) -> None:
    """After a single epoch all have the loss from before its step; or all overflowed."""
    chosen = {0.01: 1, 0.1: 1}
    ends = dict(zip(chosen, losses, strict=True))
    layout = class_rates_figure.drawing(sweep(Experiment(), list(chosen)), chosen, ends).layout
    said = "The best of them is 0.1: its last training loss is 1.25×10⁻⁵."
    assert (said in layout["title"]["subtitle"]["text"]) is (name == "best")
    rate = 0.01 if losses in ((0.1, 0.1), (None, None)) else 0.1
    assert f"{name}: {rate}" in [each["text"] for each in layout["annotations"]]


def test_the_areas_of_the_dots_count_the_answers_in_a_large_class_too() -> None:
    """However many chose one rate, and no dot hides the chart."""
    for counts in ([1, 4], [9, 25], [1, 100]):
        sizes = dot_sizes(counts)
        assert (sizes[1] / sizes[0]) ** 2 == pytest.approx(counts[1] / counts[0])
        assert max(sizes) <= 34


def test_a_rate_that_all_chose_is_not_called_the_best_of_them() -> None:
    """There is no other to compare it with."""
    found = sweep(Experiment(), [0.01])
    layout = class_rates_figure.drawing(found, {0.01: 3}, {0.01: 0.024795}).layout
    assert "3 answers, 1 rate." in layout["title"]["subtitle"]["text"]
    assert "best" not in str(layout)


def test_dots_beyond_the_chart_are_among_its_triangles_below_the_names_of_the_regions() -> None:
    """At 0.87 the squared error ends above what the chart shows; at 10 it overflows."""
    chosen = dict.fromkeys((0.01, 0.87, 10.0), 1)
    e = Experiment(loss=Loss.MSE)
    losses = {lr: float(train(replace(e, lr=lr)).history.train_loss[-1]) for lr in (0.01, 0.87)}
    figure = class_rates_figure(sweep(e, spread_rates()), chosen, {**losses, 10.0: None})
    [edge] = set(trace(figure, BEYOND).y)
    assert edge < losses[0.87]
    assert list(trace(figure, CLASS).y) == pytest.approx([losses[0.01], edge, edge])
    low, top = figure.layout.yaxis.range
    assert (top - np.log10(edge)) / (top - low) > 0.2


def test_the_swarm_says_what_is_to_be_seen() -> None:
    """Which run ends lowest, how far the smallest rate is, and how many are out of sight."""
    found = sweep(Experiment(loss=Loss.MSE, epochs=200), list(CHOSEN))
    says = class_swarm_figure.drawing(found, CHOSEN).layout["title"]["subtitle"]["text"]
    lowest, slow = (train(Experiment(loss=Loss.MSE, epochs=200, lr=lr)) for lr in (0.1, 0.01))
    start, end = says.split("In the last epoch ")
    assert start == (
        "6 answers, 3 rates: a dot for each, larger where more chose it. All start at the square. "
    )
    told = re.fullmatch(
        r"lr 0\.1 has the lowest loss, (.*); the smallest, lr 0\.01, has (.*)\. "
        r"1 of 3 is outside the picture in the last epoch\.",
        unicodedata.normalize("NFKC", end).replace("×10", "e").replace("\N{MINUS SIGN}", "-"),
    )
    assert told is not None
    losses = [run.history.train_loss[-1] for run in (lowest, slow)]
    assert [float(each) for each in told.groups()] == pytest.approx(losses, rel=1e-3)
    same = class_swarm_figure.drawing(sweep(Experiment(epochs=1), [0.01, 0.1]), {0.01: 1, 0.1: 1})
    assert "lowest" not in same.layout["title"]["subtitle"]["text"]  # a loss before the first step
    alone = class_swarm_figure.drawing(sweep(Experiment(loss=Loss.MSE), [10.0]), {10.0: 2})
    said = alone.layout["title"]["subtitle"]["text"]
    assert "In the last epoch" not in said
    assert "2 answers, 1 rate: its run is the dot, and starts at the square." in said
