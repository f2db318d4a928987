"""The loss curves of several runs in one chart."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from linreg import Experiment, Loss, Model
from linreg.core.data import split_data
from linreg.engines.replay import replayed
from linreg.figures import compared_losses_figure
from linreg.figures.elements.style import PINS, as_text
from linreg.settings.choices import Scale
from linreg.ui.parts.packing import pack
from tests.support.figures import says, trace

MODEL_0 = replayed(Experiment())
SLOW = replayed(Experiment(lr=0.001))
CYCLE = replayed(Experiment(model=Model.LINEAR, epochs=1000))
DIVERGED = replayed(Experiment(loss=Loss.MSE, lr=1.0, epochs=1000))
MSE = replayed(Experiment(loss=Loss.MSE, lr=0.1))


def test_each_curve_is_the_history_of_its_run() -> None:
    """Training solid, test dashed, one colour for each run."""
    figure = compared_losses_figure([("first", MODEL_0), ("slow", SLOW)])
    for name, run, role in (("first", MODEL_0, PINS[0]), ("slow", SLOW, PINS[1])):
        training, test = (trace(figure, f"{name} {of} loss") for of in ("training", "test"))
        np.testing.assert_array_equal(training.y, run.history.train_loss)
        np.testing.assert_array_equal(test.y, run.history.test_loss)
        assert training.line.color == test.line.color == role.color
        assert (training.line.dash, test.line.dash) == ("solid", "dash")
        assert test.marker.symbol == f"{training.marker.symbol}-open"
    assert figure.layout.yaxis.title.text == "L1 loss (units of y)"
    assert figure.layout.yaxis.type == "linear"


def test_the_subtitle_names_the_runs_that_end_lowest() -> None:
    """One for the training and one for the test loss, with the values of the last epoch."""
    text = says(compared_losses_figure([("slow", SLOW), ("first", MODEL_0)], Scale.LOG))
    of_training, of_test = text.split(". ")
    assert f"first, {MODEL_0.history.train_loss[-1]:.6f}" in of_training
    assert f"first, {MODEL_0.history.test_loss[-1]:.6f}" in of_test
    assert "slow" not in text
    assert "a and b, " in says(compared_losses_figure([("a", MODEL_0), ("b", MODEL_0)]))
    noisy = Experiment(loss=Loss.MSE, noise=0.1, epochs=1000)
    ended = [replayed(replace(noisy, lr=lr)) for lr in (0.3, 0.5)]
    last = {f"{run.history.train_loss[-1]:.6f}" for run in ended}
    assert last == {"0.006655"}  # what differs behind that is rounding
    text = says(compared_losses_figure([*zip("ab", ended, strict=True)]))
    assert "its step: a and b, 0.006655." in text


@pytest.mark.parametrize("share", [0.8, 1.0])
def test_runs_that_overflow_at_once_are_said_to(share: float) -> None:
    """Of the training loss, and of the test loss where there are test rows; no curve is drawn."""
    e = Experiment(loss=Loss.MSE, lr=10.0, batch_size=1, epochs=5, train_fraction=share)
    runs = [("a", replayed(e)), ("b", replayed(replace(e, epochs=6)))]
    assert np.isnan(runs[0][1].history.train_loss).all()
    text = says(compared_losses_figure(runs))
    assert text.count("No training loss") == 1
    assert text.count("No test loss") == (share < 1)


def test_an_alternating_end_is_a_band_and_counts_by_its_higher_value() -> None:
    """Model 1 alternates between 0.0013 and 0.0103: a run that stays at 0.005 ends lower."""
    rests = replayed(Experiment(loss=Loss.L1, lr=0.01, seed=42, epochs=148))
    last = float(rests.history.train_loss[-1])
    assert 0.0013 < last < 0.0102
    figure = compared_losses_figure([("one", CYCLE), ("rests", rests)])
    assert f"rests, {last:.6f}" in says(figure)
    assert "one, 0.010256" in says(compared_losses_figure([("one", CYCLE)]))
    edge = trace(figure, "one training loss high")
    assert tuple(edge.x) == (116, 999)
    assert edge.y[0] == pytest.approx(0.010256, abs=1e-6)
    assert len(trace(figure, "one training loss").y) == 117


def test_a_run_that_diverges_never_ends_lowest_and_leaves_through_the_top() -> None:
    """On both scales the others stay readable."""
    named = [("gone", DIVERGED), ("calm", MSE)]
    for scale in Scale:
        figure = compared_losses_figure(named, scale)
        assert "before its step: calm" in says(figure)
        assert "gone" not in says(figure)
        top = figure.layout.yaxis.autorangeoptions.clipmax
        assert MSE.history.train_loss.max() < top < 10
        assert says(figure).endswith(f" Losses above {top:.4g} lie outside the chart.")
    assert "outside" not in says(compared_losses_figure([("calm", MSE)]))
    assert 1.0 in figure.layout.yaxis.tickvals  # whole numbers of the log axis, no bare digits
    assert "gone" not in says(compared_losses_figure([("gone", DIVERGED)]))


def test_different_loss_functions_are_said_not_to_compare() -> None:
    """None of them is called the lowest, and the axis has no single unit."""
    figure = compared_losses_figure([("a", MODEL_0), ("b", MSE)])
    assert "do not compare" in says(figure)
    assert "owest" not in says(figure)
    assert "l1, mse" in figure.layout.yaxis.title.text


@pytest.mark.parametrize(
    "other",
    [
        {"noise": 0.3, "seed": 43},
        {"noise": 0.3, "lr": 0.1},
        {"noise": 0.1},
        {"seed": 43},
        {"shuffle": True},
        {"train_fraction": 0.5},
        {"validation_fraction": 0.1},
        {"train_fraction": 0.81},
        {"points": ((0.0, 1.0), (1.0, 2.0), (2.0, 3.0))},
    ],
)
def test_different_rows_are_said_not_to_compare(other: dict[str, Any]) -> None:
    """Of the data, or of the split. Without noise a seed changes no row."""
    one = Experiment(noise=other.get("noise", 0) and 0.3, epochs=3)
    two = replace(one, **other)
    rows, others = vars(split_data(one)), vars(split_data(two))
    same = all(torch.equal(rows[name], others[name]) for name in rows)
    said = says(compared_losses_figure([("a", replayed(one)), ("b", replayed(two))]))
    assert ("different rows" in said) is not same
    assert ("owest" in said) is same


def test_without_test_rows_nothing_is_said_of_them() -> None:
    """Nothing is drawn either."""
    bare = replayed(Experiment(train_fraction=1.0))
    figure = compared_losses_figure([("bare", bare)])
    assert {t.name for t in figure.data} == {"bare training loss"}
    assert "test" not in says(figure)


def test_names_are_shown_as_they_were_typed() -> None:
    """HTML and hover templates in them are text; long ones and line breaks are cut."""
    name = '<b>bold</b> & "%{y}" <a href="javascript:alert(1)">\nx</a>'
    figure = compared_losses_figure([(name, MODEL_0)])
    texts = [says(figure)] + [t.name for t in figure.data]
    texts += [
        t.hovertemplate.replace("<br>", "").replace("<extra></extra>", "") for t in figure.data
    ]
    for text in texts:
        assert "<" not in text
        assert "\n" not in text
        assert "bold&lt;/b&gt; &amp; " in text
        assert "%{y}" not in text
    assert as_text("lr 0.01") == "lr 0.01"
    assert as_text("a" * 1000) == "a" * 39 + "…"
    assert as_text("&" * 1000) == "&amp;" * 39 + "…"


def test_losses_of_epochs_with_batches_are_said_to_be_of_several_steps() -> None:
    """The training loss is the mean over the batches; the lesson's epoch has one step."""
    assert "epoch, after it: lesson" in says(compared_losses_figure([("lesson", MODEL_0)]))
    batches = replayed(Experiment(batch_size=8))
    for said in ("epoch, before each of its steps: ", "epoch, after the last one: "):
        assert said in says(compared_losses_figure([("lesson", MODEL_0), ("batches", batches)]))


def test_a_run_without_a_name_gets_a_number() -> None:
    """A blank name does not count."""
    assert "before its step: run 2," in says(
        compared_losses_figure([("a", SLOW), (" \n", MODEL_0)])
    )


def test_one_to_eight_runs_are_compared() -> None:
    """Eight have eight colours and eight markers; none and nine are refused."""
    figure = compared_losses_figure([(f"run {i}", MODEL_0) for i in range(8)])
    training = [t for t in figure.data if "training" in t.name]
    assert len({t.line.color for t in training}) == len({t.marker.symbol for t in training}) == 8
    for count in (0, 9):
        with pytest.raises(ValueError, match=f"1 to 8, not {count}"):
            compared_losses_figure([("a", MODEL_0)] * count)


def test_the_figure_can_be_sent_to_the_stage() -> None:
    """With bands and overflows."""
    named = [("a", MODEL_0), ("b", CYCLE), ("c", DIVERGED)]
    for scale in Scale:
        block = pack({}, {"pins": compared_losses_figure.drawing(named, scale)})
        assert b'"f4"' in block
