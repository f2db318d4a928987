"""The charts of a sweep as numbers: the traces hold the numbers of the sweep."""

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from linreg import Experiment, Loss, Optimizer, Schedule, Sweep, sweep
from linreg.analysis.rate_regions import Region, Stretch, stretches
from linreg.figures import sweep_figure, sweep_heat_figure
from linreg.figures.elements.rate_axis import regions_say
from linreg.formatting import significant
from linreg.ui.parts.packing import pack
from tests.support.figures import assert_whole, says, trace
from tests.support.rates import log_spaced

RATES = log_spaced()
L1 = sweep(Experiment(epochs=1000), RATES)
MSE = sweep(Experiment(epochs=1000, loss=Loss.MSE, validation_fraction=0.1), RATES)
ZERO = sweep(Experiment(epochs=1000, loss=Loss.MSE, optimizer=Optimizer.ADAM), RATES)
ALONE = sweep(Experiment(loss=Loss.MSE), [10.0])
COSINE = sweep(Experiment(schedule=Schedule.COSINE), RATES)
ALL = [L1, MSE, ZERO, ALONE, COSINE, sweep(Experiment(epochs=5), [1.0, 1.0, 0.1])]
BEYOND = "overflow, or higher than the chart"


def notes(figure: go.Figure) -> dict[str, Any]:
    """Return the notes by their text; of notes with the same text the last."""
    return {note.text: note for note in figure.layout.annotations}


def lines(figure: go.Figure) -> list[float]:
    """Return where the upright lines are."""
    return [shape.x0 for shape in figure.layout.shapes if shape.type == "line"]


def bands(figure: go.Figure) -> list[Any]:
    """Return the shaded regions."""
    return [shape for shape in figure.layout.shapes if shape.type == "rect"]


def test_curves_are_the_last_epochs_losses() -> None:
    """Each marker is a training: all 64 rates, in rising order, on each set that has rows."""
    figure = sweep_figure(L1, 0.01)
    np.testing.assert_array_equal(trace(figure, "training loss").x, L1.lr)
    np.testing.assert_array_equal(trace(figure, "training loss").y, L1.train_loss[:, -1])
    np.testing.assert_array_equal(trace(figure, "test loss").y, L1.test_loss[:, -1])
    assert "validation loss" not in {t.name for t in figure.data}
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"


def test_a_sweep_in_any_order_is_drawn_in_rising_order() -> None:
    """So the lines never run backwards."""
    e, rates = Experiment(epochs=20, loss=Loss.MSE), [1.0, 0.01, 10.0, 0.1]
    for figure_of in (lambda s: sweep_figure(s, 0.05), sweep_heat_figure):
        ordered, shuffled = (figure_of(sweep(e, order)) for order in (sorted(rates), rates))
        assert ordered.to_plotly_json() == shuffled.to_plotly_json()


def test_what_overflowed_is_a_triangle_and_the_axis_stays_readable() -> None:
    """Every rate above 0.8625, and no other; curves hold only what a logarithmic axis can show."""
    figure = sweep_figure(MSE, 0.01)
    diverged = MSE.lr[MSE.lr > 0.8625]
    np.testing.assert_array_equal(trace(figure, BEYOND).x, diverged)
    low, high = 10.0 ** np.array(figure.layout.yaxis.range)
    assert high < 1000 * MSE.train_loss[0, 0]
    assert all(low < y < high for y in trace(figure, BEYOND).y)
    for name in ("training loss", "validation loss", "test loss"):
        y = trace(figure, name).y
        np.testing.assert_array_equal(np.isfinite(y), MSE.lr < 0.8625)
        assert ((y > low) & (y < high))[np.isfinite(y)].all()


def test_growth_that_a_schedule_has_ended_leaves_the_axis_readable() -> None:
    """Final losses of 10¹⁰ and more fall again, so their rates do not diverge."""
    found = sweep(Experiment(loss=Loss.MSE, schedule=Schedule.STEP, epochs=10), RATES)
    final, first = found.train_loss[:, -1], found.train_loss[0, 0]
    assert np.isfinite(final).all()
    assert final.max() > 1e9 * first
    low, high = 10.0 ** np.array(sweep_figure(found, 0.01).layout.yaxis.range)
    assert low < final.min()
    assert high < 100 * first


def test_a_loss_of_zero_is_a_triangle_too() -> None:
    """Adam reaches it on a line without noise; the logarithm of zero is not drawn."""
    figure = sweep_figure(ZERO, 0.01)
    zero = (ZERO.train_loss[:, -1] == 0) | (ZERO.test_loss[:, -1] == 0)
    assert zero.any()
    np.testing.assert_array_equal(trace(figure, "a loss of exactly zero").x, ZERO.lr[zero])
    drawn = trace(figure, "training loss").y
    np.testing.assert_array_equal(np.isnan(drawn), ZERO.train_loss[:, -1] == 0)
    assert np.isfinite(figure.layout.yaxis.range).all()


def test_theory_is_drawn_where_it_holds() -> None:
    """The limit for the squared error, the noise ball for L1, both for plain SGD only."""
    x_mean = np.mean(np.arange(40) * 0.02)
    ball = trace(sweep_figure(L1, 0.01), "loss in the noise ball: lr (1 + mean(x)²)/2")
    np.testing.assert_allclose(ball.y, ball.x * (1 + x_mean**2) / 2, rtol=1e-6)
    assert ball.x.tolist() == L1.lr[[0, -1]].tolist()
    assert lines(sweep_figure(L1, 0.02)) == [0.02]
    plain = sweep(Experiment(loss=Loss.MSE), RATES[::8])
    figure = sweep_figure(plain, 0.02)
    assert lines(figure) == [0.02, pytest.approx(0.8625, abs=5e-5)]
    assert "limit 2/λₘₐₓ = 0.8625" in notes(figure)
    for loss in (Loss.L1, Loss.MSE):
        e = Experiment(loss=loss, optimizer=Optimizer.MOMENTUM, epochs=5)
        other = sweep_figure(sweep(e, RATES[::8]), 0.02)
        assert lines(other) == [0.02]
        assert not [t.name for t in other.data if "noise" in t.name]


def test_the_mean_of_the_two_cycles_losses_lies_on_the_noise_ball() -> None:
    """Model 0 at 0.01 alternates between 0.0026 and 0.0089: the chart shows their mean."""
    found = sweep(Experiment(epochs=1000), [0.01, 0.1])
    ball = trace(sweep_figure(found, 0.01), "loss in the noise ball: lr (1 + mean(x)²)/2")
    np.testing.assert_allclose(found.train_loss[:, -2:].mean(axis=1), ball.y, rtol=1e-3)


def test_bands_are_the_regions_from_edge_to_edge() -> None:
    """There is one for each stretch, without gaps; the legend names each region once."""
    for found in ALL:
        figure = sweep_figure(found, 0.01)
        parts, drawn = stretches(found), bands(figure)
        assert [band.name for band in drawn] == [part.region.value for part in parts]
        assert all(one.x1 == other.x0 for one, other in pairwise(drawn))
        for band, part in zip(drawn, parts, strict=True):
            assert band.x0 < part.low <= part.high < band.x1
        assert figure.layout.xaxis.range == pytest.approx(np.log10([drawn[0].x0, drawn[-1].x1]))
        named = [band.name for band in drawn if band.showlegend]
        assert sorted(named) == sorted({part.region.value for part in parts})


def test_names_of_regions_do_not_overlap() -> None:
    """A name has 20 % of the width, or stands upright and has 5 %, or is in the legend only."""
    e = Experiment(epochs=10, optimizer=Optimizer.ADAM, batch_size=8, noise=0.2)
    fragmented = sweep(e, RATES)
    assert len(stretches(fragmented)) > 4
    for found in (*ALL, fragmented):
        figure = sweep_figure(found, 0.01)
        names = [note for note in figure.layout.annotations if note.text in list(Region)]
        span = np.ptp(figure.layout.xaxis.range)
        rooms = [0.2 if note.textangle == 0 else 0.05 for note in names]
        for (one, room), (other, next_room) in pairwise(zip(names, rooms, strict=True)):
            assert (other.x - one.x) / span >= (room + next_room) / 2
    upright = notes(sweep_figure(L1, 0.01))["good"]
    assert upright.textangle == -90


def test_texts_of_two_marks_do_not_overlap() -> None:
    """They are on the outer sides of the two lines; at an end of the axis, on the inner side."""
    plain = sweep(Experiment(loss=Loss.MSE, epochs=5), RATES)
    for current, sides in ((0.8, ("right", "left")), (0.9, ("left", "right"))):
        found = notes(sweep_figure(plain, current))
        limit = found["limit 2/λₘₐₓ = 0.8625"]
        assert (found[f"current lr {current}"].xanchor, limit.xanchor) == sides
    assert notes(sweep_figure(plain, 0.0001))["current lr 0.0001"].xanchor == "left"
    assert notes(sweep_figure(plain, 10.0))["current lr 10"].xanchor == "right"


def test_no_mark_strikes_through_the_name_of_a_region() -> None:
    """The lines end where the strip of the names begins; an upright name may be longer than it."""
    figures = [sweep_figure(found, current_lr) for found in ALL for current_lr in RATES[::16]]
    marks = [shape for f in figures for shape in f.layout.shapes if shape.type == "line"]
    assert marks
    assert max(mark.y1 for mark in marks) < 0.9
    assert {note.textangle for note in notes(sweep_figure(L1, 0.01)).values()} >= {0, -90}
    figure = sweep_figure(L1, 0.0037)
    assert Region.GOOD not in notes(figure)
    assert "good" in [band.name for band in bands(figure) if band.showlegend]
    assert notes(figure)["current lr 0.0037"].yanchor == "top"
    narrow = sweep_figure(
        sweep(Experiment(loss=Loss.MSE), np.geomspace(1e-3, 1.5, 40).tolist()), 0.01
    )
    assert Region.DIVERGES not in notes(narrow)  # triangles stand below it
    assert "diverges" in [band.name for band in bands(narrow)]


def test_the_text_of_a_mark_stands_where_the_curves_leave_room() -> None:
    """Below the top unless there is less room than at the foot, or a name is upright."""
    assert np.nanmax(L1.train_loss[np.argmin(np.abs(L1.lr - 0.01)), -1]) < 0.1
    for current, anchor in ((0.01, "top"), (2.0, "bottom"), (0.0025, "bottom")):
        assert notes(sweep_figure(L1, current))[f"current lr {current:g}"].yanchor == anchor
    diverged = sweep(Experiment(loss=Loss.MSE, epochs=1_000), RATES)
    found = notes(sweep_figure(diverged, 5.0))
    assert found["current lr 5"].yanchor == "bottom"
    limit = found["limit 2/λₘₐₓ = 0.8625"]
    assert (limit.xanchor, limit.yanchor) == ("right", "top")  # only right of it are losses high
    short = sweep(Experiment(loss=Loss.MSE), RATES)
    falling = short.train_loss[np.searchsorted(short.lr, 0.45), -1]
    assert 1e-7 < falling < 1e-6  # far above the lowest loss, and far below the highest
    assert notes(sweep_figure(short, 0.5))["current lr 0.5"].yanchor == "top"


def test_the_sentence_tells_regions_and_the_current_rate() -> None:
    """It gives the numbers of the sweep; a rate outside the sweep has no word and no mark."""
    regions, current = says(sweep_figure(L1, 0.01)).split(". ")
    ends = ("slow up to 0.00155", "good 0.00186 to 0.00669", "oscillates from 0.00803")
    assert all(end in regions for end in ends)
    assert current.endswith("lr 0.01 is next to 0.00964: oscillates.")
    assert says(sweep_figure(L1, RATES[0])).endswith("lr 0.0001: too slow.")
    assert says(sweep_figure(ALONE, 10.0)).endswith("lr 10: diverges.")
    outside = sweep_figure(ALONE, 0.01)
    assert "lr" not in says(outside)
    assert lines(outside) == []
    assert not notes(outside).keys() - set(Region)


def test_many_stretches_are_counted() -> None:
    """A sentence of ten parts would be too long; the counts add up to all rates."""
    parts = [
        Stretch(region=region, low=0.1, high=0.2, count=count)
        for region, count in zip([Region.GOOD, Region.OSCILLATES] * 3, range(1, 7), strict=True)
    ]
    assert re.findall(r"\d+", regions_say(parts)) == ["21", "9", "12"]


def test_every_cell_of_the_heat_map_is_a_loss_of_the_sweep() -> None:
    """Each row is a rate and each column an epoch: at most 200, including the last one."""
    figure = sweep_heat_figure(L1)
    (heat,) = figure.data
    epochs = heat.x
    assert len(epochs) <= 200
    assert epochs[-1] == 999
    assert set(np.diff(epochs)) == {5}
    np.testing.assert_array_equal(heat.y, L1.lr)
    np.testing.assert_array_equal(heat.customdata, L1.train_loss[:, epochs])
    np.testing.assert_allclose(10.0**heat.z, L1.train_loss[:, epochs], rtol=1e-5)
    assert "One epoch in 5 is shown" in says(figure)
    assert "0.0009786 at lr 0.00322" in says(figure)


@pytest.mark.parametrize("epochs", [1, 2, 199, 200, 201, 400, 1000, 3000])
def test_columns_are_odd_steps_apart(epochs: int) -> None:
    """An even step would show only one of two alternating losses."""
    (heat,) = sweep_heat_figure(sweep(Experiment(epochs=epochs), [0.1])).data
    assert 1 <= len(heat.x) <= 200
    assert heat.x[-1] == epochs - 1
    assert heat.x[0] >= 0
    assert all(step % 2 == 1 for step in np.diff(heat.x))


def test_what_overflowed_is_blank_in_the_heat_map() -> None:
    """Blank cells are exactly the losses that are not finite; colours keep a useful range."""
    figure = sweep_heat_figure(MSE)
    (heat,) = figure.data
    np.testing.assert_array_equal(np.isfinite(heat.z), np.isfinite(MSE.train_loss[:, heat.x]))
    count = int((~np.isfinite(MSE.train_loss)).any(axis=1).sum())
    assert count > 5
    assert f"Blank: the loss of {count} rates overflowed." in says(figure)
    assert heat.zmax < np.log10(10 * MSE.train_loss[0, 0])


def test_the_colour_bar_is_labelled_with_losses() -> None:
    """Each tick's text is the loss whose logarithm it stands at."""
    for found in ALL:
        (heat,) = sweep_heat_figure(found).data
        bar = heat.colorbar
        assert 1 <= len(bar.tickvals) <= 6
        labels = [significant(10.0**tick) for tick in bar.tickvals]
        assert [str(text) for text in bar.ticktext] == labels
        assert all(heat.zmin <= at <= heat.zmax for at in bar.tickvals)


@pytest.mark.parametrize("found", ALL, ids=["l1", "mse", "zero", "alone", "cosine", "one epoch"])
def test_every_figure_is_whole_and_can_be_sent(found: Sweep) -> None:
    """It has titles, units and a kept zoom; its numbers are float32 or int32."""
    for drawing in (sweep_figure.drawing(found, 0.01), sweep_heat_figure.drawing(found)):
        figure = drawing.figure()
        assert_whole(figure)
        assert pack({}, {"chart": drawing})
        for drawn in figure.data:
            for name in ("x", "y", "z", "customdata"):
                array = getattr(drawn, name, None)
                assert not isinstance(array, np.ndarray) or array.dtype in (np.float32, np.int32)


def test_the_number_of_epochs_is_said_in_the_title() -> None:
    """The title says "1 epoch", not "1 epochs"."""
    for epochs, text in ((1, "1 epoch,"), (30, "30 epochs,")):
        found = sweep(replace(L1.experiment, epochs=epochs), [0.1, 0.2])
        assert text in sweep_figure(found, 0.1).layout.title.text


@pytest.mark.parametrize("epochs", [1, 2, 4])
@pytest.mark.parametrize("loss", Loss)
def test_after_a_few_epochs_no_region_is_named(epochs: int, loss: Loss) -> None:
    """After one step nothing can oscillate; one sentence says that the epochs are too few."""
    few = sweep(Experiment(epochs=epochs, loss=loss), RATES)
    figure = sweep_figure(few, 0.01)
    assert not bands(figure)
    assert says(figure).startswith("So few epochs do not tell")
    said = says(figure) + says(sweep_heat_figure(few))
    assert not re.search("oscillates|diverges|another rate|Current lr", said)


def test_another_epoch_is_said_to_have_another_best_rate_only_where_one_has() -> None:
    """The loss is lowest at the last rate in each epoch, or in all but the last but one."""
    found = sweep(Experiment(epochs=10), [0.001, 0.01, 0.03])
    losses = found.train_loss.copy()
    assert set(losses[:, 1:].argmin(axis=0)) == {2}
    assert "at lr 0.03 (too slow)." in says(sweep_heat_figure(found))
    losses[1, -2] = losses[2, -2] / 2
    said = says(sweep_heat_figure(replace(found, train_loss=losses)))
    assert "at lr 0.03 (too slow: another epoch, another rate)." in said


def test_losses_that_are_all_equal_have_no_best_rate() -> None:
    """The training loss of the first step is taken before it, so no rate has changed it yet."""
    few = sweep(Experiment(epochs=1), RATES)
    assert "Every rate has the training loss 0.312881" in says(sweep_heat_figure(few))
    assert "Lowest" not in says(sweep_heat_figure(few))


def test_rates_that_share_the_lowest_loss_are_all_counted() -> None:
    """Three of four runs end with the same loss, so none of them alone is the lowest."""
    found = sweep(Experiment(loss=Loss.MSE, epochs=200), [0.01, 0.05, 0.1, 0.2])
    losses = found.train_loss.copy()
    losses[[0, 2, 3], -1] = 0.0
    said = says(sweep_heat_figure(replace(found, train_loss=losses)))
    assert "epoch: 0, at 3 rates between lr 0.01 and 0.2." in said
    losses = found.train_loss.copy()
    losses[:, -1] = 1.0
    losses[[0, 2, 3], -1] = 0.006654801, 0.006654803, 0.006654805  # in writing 0.006655
    said = says(sweep_heat_figure(replace(found, train_loss=losses)))
    assert "epoch: 0.006655, at 3 rates between lr 0.01 and 0.2." in said
