"""Wrong code beside right code: the curves, the words under them, and the axes."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from linreg import BUGS, Experiment, Loss, Mistake, Optimizer, Run, Trial, run_mistake, train
from linreg.core.data import split_data
from linreg.core.training import make_batches
from linreg.figures import (
    continued_losses_figure,
    trial_figure,
    trial_lines_figure,
    trial_parameters_figure,
)
from linreg.figures.elements.style import BIAS, TEST, TRAINING, WEIGHT
from linreg.formatting import significant
from linreg.settings.choices import Scale
from tests.support.figures import assert_whole, says, trace

MODEL_0 = Experiment()
MSE = Experiment(loss=Loss.MSE, epochs=400)


@cache
def both(mistake: Mistake, experiment: Experiment = MODEL_0) -> tuple[Run, Trial]:
    """Return the run without a mistake and the trial with it."""
    return train(experiment), run_mistake(experiment, mistake)


@pytest.mark.parametrize("scale", list(Scale))
def test_the_curves_are_both_histories(scale: Scale) -> None:
    """A colour and marker for each set; this code solid, right code dotted with open markers."""
    run, trial = both(Mistake.NO_ZERO_GRAD)
    assert trial.history is not None
    figure = trial_figure(run, trial, scale)
    for whose, history in (("right code", run.history), ("this code", trial.history)):
        for role, loss in ((TRAINING, history.train_loss), (TEST, history.test_loss)):
            drawn = trace(figure, f"{whose}: {role.name} loss")
            np.testing.assert_array_equal(drawn.y, loss)
            assert drawn.line.color == role.color
            assert drawn.line.dash == ("dot" if whose == "right code" else "solid")
            opened = "-open" if whose == "right code" else ""
            assert drawn.marker.symbol == f"{role.symbol}{opened}"
    assert len(figure.data) == 4
    assert figure.layout.yaxis.type == scale
    assert figure.layout.yaxis.title.text == "L1 loss (units of y)"


def test_parameters_and_gradients_are_both_histories() -> None:
    """Parameters above, one more than epochs; gradients below."""
    run, trial = both(Mistake.OTHER_PARAMETERS)
    assert trial.history is not None
    figure = trial_parameters_figure(run, trial)
    for whose, history in (("right code", run.history), ("this code", trial.history)):
        for role, values, grads in (
            (WEIGHT, history.weight, history.weight_grad),
            (BIAS, history.bias, history.bias_grad),
        ):
            above = trace(figure, f"{whose}: {role.name}")
            below = trace(figure, f"{whose}: {role.name}.grad")
            np.testing.assert_array_equal(above.y, values)
            np.testing.assert_array_equal(below.y, grads)
            assert (above.yaxis, below.yaxis) == (None, "y2")
            assert above.line.color == below.line.color == role.color
            assert above.line.dash == ("dot" if whose == "right code" else "solid")
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1]
    assert WEIGHT.color != BIAS.color
    assert WEIGHT.symbol != BIAS.symbol


def test_gradients_that_are_none_are_said_and_not_drawn() -> None:
    """Only the gradients of right code are drawn."""
    figure = trial_parameters_figure(*both(Mistake.NO_BACKWARD))
    names = {t.name for t in figure.data}
    assert {name for name in names if ".grad" in name} == {
        "right code: weight.grad",
        "right code: bias.grad",
    }
    here, right = says(figure).split(" Right code")
    assert here.endswith("bias.grad None.")
    assert right.endswith("bias.grad up to 1.0000 in size.")


def test_of_batches_the_gradients_named_are_those_of_the_last() -> None:
    """The first batch of the run already has a larger one."""
    experiment = Experiment(loss=Loss.MSE, batch_size=8, lr=0.1)
    run, trial = both(Mistake.NO_BACKWARD, experiment)
    x, y = next(iter(make_batches(experiment, split_data(experiment))))
    weight, bias = run.history.weight[0], run.history.bias[0]
    first = 2 * (weight * x + bias - y).mean().abs().item()
    recorded = float(np.abs(run.history.bias_grad).max())
    assert recorded < first
    here, right = says(trial_parameters_figure(run, trial)).split(" Right code")
    assert here.endswith("bias.grad None.")
    assert right.endswith(f"bias.grad at each epoch's end up to {recorded:.4f} in size.")


@pytest.mark.parametrize("mistake", [Mistake.LR_TOO_LARGE, Mistake.NO_BACKWARD, Mistake.RUN_TWICE])
def test_gradients_that_are_all_nan_are_not_called_none(mistake: Mistake) -> None:
    """As the facts say, which look at each .grad; and what is nan is not called the same."""
    run, trial = both(mistake, Experiment(loss=Loss.MSE, lr=10, batch_size=1, epochs=5))
    assert np.isnan(run.history.bias_grad).all()
    here, right = says(trial_parameters_figure(run, trial)).split(" Right code")
    assert ("None" in here) == any("None" in fact for fact in trial.facts)
    assert "None" not in right
    assert "same" not in says(trial_figure(run, trial))


@pytest.mark.parametrize(
    ("mistake", "this", "right"),
    [
        (Mistake.NO_STEP, ["0.312881"], ["0.312881", "0.024795"]),
        (Mistake.GRAPH_KEPT, ["0.024795"], []),  # the losses are those of the right code
        (Mistake.LR_TOO_LARGE, ["0.312881", "0.312882", "11.208118"], ["0.312881", "0.024795"]),
        (Mistake.NO_GRAD, [], []),
    ],
)
def test_the_subtitle_says_with_numbers_what_is_seen(
    mistake: Mistake, this: list[str], right: list[str]
) -> None:
    """The numbers are the lesson's: 0.312881 at first, 0.024795 after 100 epochs."""
    of_this, _, of_right = says(trial_figure(*both(mistake))).partition("Right code")
    assert re.findall(r"\d+\.\d+", of_this) == this
    assert re.findall(r"\d+\.\d+", of_right) == right


def test_the_subtitle_of_the_parameters_compares_both_ends() -> None:
    """0.6990 and 0.3093 after 200 epochs in total, 0.5784 and 0.3513 after 100 of them."""
    this, right = says(trial_parameters_figure(*both(Mistake.RUN_TWICE))).split("Right code")
    assert "0.5784 → 0.6990" in this
    assert "0.3513 → 0.3093" in this
    assert "0.3367 → 0.5784" in right
    assert "0.1288 → 0.3513" in right


@pytest.mark.parametrize("mistake", list(BUGS))
def test_no_figure_tells_which_mistake_it_is(mistake: Mistake) -> None:
    """No text of a figure contains the mistake's name, its title, or the wrong line."""
    for figure in (trial_figure(*both(mistake)), trial_parameters_figure(*both(mistake))):
        text = figure.to_json().lower()
        for word in (mistake, BUGS[mistake].title.lower(), "zero_grad", "step()", "unsqueeze"):
            assert word not in text
        assert_whole(figure)


def test_where_training_broke_off_only_right_code_is_drawn() -> None:
    """There is no history to draw."""
    for draw in (trial_figure, trial_parameters_figure):
        figure = draw(*both(Mistake.TWO_DEVICES))
        assert {t.name.split(":")[0] for t in figure.data} == {"right code"}
        assert "nothing to show" in says(figure)


@pytest.mark.parametrize("scale", list(Scale))
def test_a_loss_that_overflows_leaves_through_the_top(scale: Scale) -> None:
    """The subtitle names the epoch; the axes end at finite values, so right code stays visible."""
    run, trial = both(Mistake.LR_TOO_LARGE, MSE)
    assert trial.history is not None
    losses = trial.history.train_loss + trial.history.test_loss  # of a test set after the step
    epoch = int(np.flatnonzero(~np.isfinite(losses))[0])
    figure = trial_figure(run, trial, scale)
    assert f"at first, then the test loss overflows in epoch {epoch}. " in says(figure)
    first = max(run.history.train_loss[0], run.history.test_loss[0])
    ends = figure.layout.yaxis.autorangeoptions
    assert ends.clipmax == pytest.approx(100 * first)
    lowest = min(run.history.train_loss.min(), run.history.test_loss.min())
    assert -10 < ends.clipmin < lowest
    assert (ends.clipmin > lowest / 10) == (scale is Scale.LOG)
    parameters = trial_parameters_figure(run, trial)
    for axis in (parameters.layout.yaxis, parameters.layout.yaxis2):
        assert 0 < axis.autorangeoptions.clipmax < 1e5
        assert axis.autorangeoptions.clipmin == -axis.autorangeoptions.clipmax
    assert "bias.grad overflows. " in says(parameters)


def test_what_lies_outside_a_chart_is_said() -> None:
    """Gradients that are never cleared, with momentum: the line and its losses are far away."""
    far = both(Mistake.NO_ZERO_GRAD, Experiment(loss=Loss.MSE, optimizer=Optimizer.MOMENTUM))
    near = both(Mistake.NO_ZERO_GRAD)
    outside = "lie outside the chart."
    for (run, trial), is_said in ((far, True), (near, False)):
        lines, losses, parameters = (
            figure(run, trial)
            for figure in (trial_lines_figure, trial_figure, trial_parameters_figure)
        )
        assert trial.history is not None
        learned = trace(lines, "this code")["y"]
        assert says(lines).endswith(", which lies outside the chart.") is is_said
        assert bool(max(learned) < lines.layout["yaxis"]["autorangeoptions"]["clipmin"]) is is_said
        top = 100 * max(run.history.train_loss[0], run.history.test_loss[0])
        assert bool((trial.history.train_loss > top).any()) is is_said
        assert says(losses).endswith(f" Losses above {significant(top)} {outside}") is is_said
        assert ("What is far from right code lies outside" in says(parameters)) is is_said


def test_an_end_that_alternates_is_a_band() -> None:
    """With a step of 10 the bias alternates around the best value for ever."""
    figure = trial_figure(*both(Mistake.LR_TOO_LARGE))
    high = trace(figure, "this code: training loss high")
    assert high.y[0] == pytest.approx(11.208118, abs=1e-5)
    assert len(trace(figure, "this code: training loss").y) < 100
    figure = trial_parameters_figure(*both(Mistake.LR_TOO_LARGE))
    edges = [trace(figure, f"this code: bias {edge}") for edge in ("low", "high")]
    assert [edge.y[0] for edge in edges] == pytest.approx([0.1288, 10.1288], abs=1e-4)
    assert trace(figure, "this code: bias.grad low").yaxis == "y2"


def test_without_a_test_set_only_training_is_drawn() -> None:
    """There is no curve that holds only NaN."""
    bare = replace(MODEL_0, train_fraction=1.0, epochs=3)
    figure = trial_figure(*both(Mistake.NO_STEP, bare))
    assert {t.name for t in figure.data} == {
        "right code: training loss",
        "this code: training loss",
    }
    assert figure.layout.xaxis.dtick == 1


def texts_of(mistake: Mistake, experiment: Experiment) -> list[str]:
    """All that the page says in numbers of a mistake."""
    run, trial = both(mistake, experiment)
    draws = (trial_figure, trial_parameters_figure, trial_lines_figure, continued_losses_figure)
    return [*trial.facts, *(says(draw(run, trial)) for draw in draws)]


@pytest.mark.parametrize("mistake", list(BUGS))
@pytest.mark.parametrize(
    "experiment",
    [Experiment(loss=Loss.MSE), Experiment(loss=Loss.MSE, lr=10, batch_size=1, epochs=5)],
    ids=["lesson's rate", "overflow"],
)
def test_what_overflowed_is_said_in_words(mistake: Mistake, experiment: Experiment) -> None:
    """No text has a NaN for a number, whether one of the codes overflows or both."""
    for text in texts_of(mistake, experiment):
        assert not re.search(r"\b(nan|inf)\b", text), text
    if not np.isfinite(both(mistake, experiment)[0].history.weight).all():
        lines = says(trial_lines_figure(*both(mistake, experiment)))
        assert lines.startswith("Right code: no line, since the parameters overflowed.")


@pytest.mark.parametrize("mistake", list(BUGS))
def test_a_range_has_two_ends_that_differ(mistake: Mistake) -> None:
    """Adam reaches a loss of 0, and stays there."""
    exact = Experiment(loss=Loss.MSE, optimizer=Optimizer.ADAM, lr=0.1, batch_size=16)
    for text in texts_of(mistake, exact):
        assert not re.search(r"(?<!\S)(\S+) to \1(?!\S)", text), text
    trial = both(Mistake.RUN_TWICE, exact)[1]
    assert trial.history is not None
    late = trial.history.train_loss[50:]
    assert late.max() == late.min() == 0
    assert "at first, 0 in the second half." in says(trial_figure(*both(Mistake.RUN_TWICE, exact)))


@pytest.mark.parametrize("batch_size", [None, 16], ids=["full batch", "batches"])
def test_two_losses_of_one_end_are_told_apart(batch_size: int | None) -> None:
    """The curve's last loss is from before the last step, that of the saved model from after it."""
    experiment = Experiment(batch_size=batch_size)
    run, trial = both(Mistake.OTHER_CLASS_LOOSE, experiment)
    when = "before the last step" if batch_size is None else "in the last epoch"
    assert f"training loss {run.history.train_loss[-1]:.6f} {when}." in says(
        trial_figure(run, trial)
    )
    data = split_data(experiment)
    errors = run.predict(data.X_train) - data.y_train
    after = f"{errors.abs().mean().item():.6f} for the saved one, after its last step."
    assert trial.facts[-1].endswith(after)
