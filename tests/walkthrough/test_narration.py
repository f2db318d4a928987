"""The sentences and tensors of the walkthrough say what happened."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg import Experiment, Loss, Optimizer, train
from linreg.formatting import loss_text
from linreg.lesson_code.loop_lines import loop_lines
from linreg.walkthrough.narration import Kind, sentence, tensors
from linreg.walkthrough.resume import bookmarks
from linreg.walkthrough.walk import Moment, Walk, walk
from tests.support.strategies import experiments


def first_step(experiment: Experiment) -> Walk:
    """The first step of a run."""
    return walk(experiment, bookmarks(experiment), 0)


def test_the_lessons_first_step_in_words() -> None:
    """The figures of the lesson stand in the sentences."""
    seen = first_step(Experiment())
    assert "y_pred = 0.3367 · x + 0.1288" in sentence(seen, Moment.FORWARD)
    assert "is 0.312881" in sentence(seen, Moment.LOSS)
    assert "nothing to forget" in sentence(seen, Moment.ZERO_GRAD)
    for told in ("-0.3900 for the weight", "-1.0000 for the bias", "larger weight lowers"):
        assert told in sentence(seen, Moment.BACKWARD)
    for told in ("0.3367 → 0.3406", "0.1288 → 0.1388"):
        assert told in sentence(seen, Moment.STEP)
    assert "test loss on 10 rows is 0.481065" in sentence(seen, Moment.TEST)


def test_each_line_writes_what_pytorch_writes() -> None:
    """Forward the predictions, loss the loss, backward the gradients, step the parameters."""
    seen = first_step(Experiment())
    written = {
        moment: [one.name for one in tensors(seen, moment) if one.kind is Kind.WRITTEN]
        for moment in Moment
    }
    assert written == {
        Moment.FORWARD: ["y_pred"],
        Moment.LOSS: ["loss"],
        Moment.ZERO_GRAD: ["weights.grad", "bias.grad"],
        Moment.BACKWARD: ["weights.grad", "bias.grad"],
        Moment.STEP: ["weights", "bias"],
        Moment.TEST: ["test_pred", "test_loss"],
    }


@pytest.mark.parametrize("epoch", [30, 39, 40, 41])
def test_a_parameter_is_said_to_lower_the_loss_only_where_it_does(epoch: int) -> None:
    """From epoch 40 on 20 residuals of the lesson's run are positive and 20 negative."""
    seen = walk(Experiment(), bookmarks(Experiment()), epoch)
    x, y, (weight, bias) = (*map(np.float64, (seen.step.X, seen.step.y)), seen.step.before)
    loss, smaller, larger = (
        np.abs(weight * x + bias + step - y).mean() for step in (0.0, -1e-5, 1e-5)
    )
    said = sentence(seen, Moment.BACKWARD)
    lower = {"smaller": smaller < loss - 1e-9, "larger": larger < loss - 1e-9}
    for change, lowers in lower.items():
        assert (f"{change} bias lowers" in said) is bool(lowers)
    assert ("at this bias the slope of the loss is 0" in said) is not any(lower.values())
    assert any(lower.values()) is bool(epoch < 40)


def test_the_change_is_lr_times_the_gradient_for_plain_sgd() -> None:
    """0.01 * -0.39 and 0.01 * -1, with the sign turned."""
    values = {one.name: one.values for one in tensors(first_step(Experiment()), Moment.STEP)}
    assert values["weights: lr · grad"] == "-0.0039"
    assert values["weights: change"] == "0.0039"
    assert values["bias: change"] == "0.0100"


def test_the_optimizers_memory_is_among_the_tensors() -> None:
    """Momentum and Adam show what they keep, and no lr * grad, which is not their step."""
    kept_by = {Optimizer.MOMENTUM: "momentum_buffer", Optimizer.ADAM: "exp_avg_sq"}
    for optimizer, kept in kept_by.items():
        seen = first_step(Experiment(optimizer=optimizer))
        names = [one.name for one in tensors(seen, Moment.STEP)]
        assert f"weights: {kept}" in names
        assert not any("lr · grad" in name for name in names)


def test_a_step_reads_what_the_optimizer_kept_from_the_step_before() -> None:
    """So the new buffer, -0.39 and -0.741, can be worked out from the rows that are shown."""
    momentum = Experiment(optimizer=Optimizer.MOMENTUM)
    second = tensors(walk(momentum, bookmarks(momentum), 1), Moment.STEP)
    buffers = {one.kind: one.values for one in second if one.name == "weights: momentum_buffer"}
    assert buffers == {Kind.READ: "-0.3900", Kind.WRITTEN: "-0.7410"}
    first = tensors(first_step(momentum), Moment.STEP)
    assert [one.kind for one in first if "buffer" in one.name] == [Kind.WRITTEN] * 2


def test_a_run_without_a_test_set_says_so() -> None:
    """Nothing is evaluated, and no tensor is shown."""
    seen = first_step(Experiment(train_fraction=1.0))
    assert "no test set" in sentence(seen, Moment.TEST)
    assert tensors(seen, Moment.TEST) == ()


@pytest.mark.parametrize("share", [0.1, 0.2])
def test_a_validation_set_is_evaluated_with_the_test_set(share: float) -> None:
    """Lines, sentence and tensors name the sets that have rows; the losses are the run's own."""
    experiment = Experiment(train_fraction=0.8, validation_fraction=share)
    seen, history = first_step(experiment), train(experiment).history
    code = "\n".join(line.code for line in loop_lines(experiment))
    said = sentence(seen, Moment.TEST)
    written = {one.name: one.values for one in tensors(seen, Moment.TEST)}
    for name, rows, losses in (
        ("validation", experiment.n_validation, history.validation_loss),
        ("test", experiment.n_test, history.test_loss),
    ):
        assert (f"{name}_loss = loss_fn({name}_pred, y_{name})" in code) is bool(rows)
        assert (f"the {name} loss on" in said) is bool(rows)
        assert written.get(f"{name}_loss") == (loss_text(losses[0]) if rows else None)


def test_a_gradient_that_overflowed_is_told_as_such() -> None:
    """The walk of a diverged run names what is no number."""
    experiment = Experiment(loss=Loss.MSE, lr=10.0, epochs=60)
    seen = walk(experiment, bookmarks(experiment), 59)
    assert sentence(seen, Moment.BACKWARD).count("NaN or infinite") == 2


def test_a_gradient_near_the_end_of_float32_is_told_without_a_warning() -> None:
    """Its double would be beyond that end, and so would be 2 (y_pred - y); the slope is not 0."""
    far = Experiment(points=((0.0, -2e38), (1.0, -2e38), (2.0, 1e38)), loss=Loss.MSE)
    said = sentence(first_step(far), Moment.BACKWARD)
    assert "slope of the loss is 0" not in said


@given(experiments(most_epochs=20), st.data())
def test_any_step_of_any_run_can_be_told(experiment: Experiment, data: st.DataObject) -> None:
    """Diverged, tiny or in batches: a sentence, and a value for each tensor."""
    epoch = data.draw(st.integers(0, experiment.epochs - 1))
    batch = data.draw(st.integers(0, experiment.n_batches - 1))
    seen = walk(experiment, bookmarks(experiment), epoch, batch)
    for moment in Moment:
        assert sentence(seen, moment).endswith(".")
        assert all(one.values for one in tensors(seen, moment))


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        (Loss.L1, "|y_pred - y_train| is"),
        (Loss.MSE, "(y_pred - y_train)² is"),
        (Loss.HUBER, "½ r²"),
    ],
)
def test_the_loss_is_told_by_its_own_formula(loss: Loss, words: str) -> None:
    """Each loss its own."""
    assert words in sentence(first_step(Experiment(loss=loss)), Moment.LOSS)


def test_each_optimizer_is_told_by_its_own_rule() -> None:
    """With the numbers that it keeps, as PyTorch has them after the first step."""
    momentum = first_step(Experiment(optimizer=Optimizer.MOMENTUM))
    assert "0.9 · buffer + grad" in sentence(momentum, Moment.STEP)
    values = {one.name: one.values for one in tensors(momentum, Moment.STEP)}
    assert values["weights: momentum_buffer"] == values["weights.grad"] == "-0.3900"
    adam = first_step(Experiment(optimizer=Optimizer.ADAM))
    assert "1 - 0.999ᵗ, here t = 1," in sentence(adam, Moment.STEP)
    values = {one.name: one.values for one in tensors(adam, Moment.STEP)}
    assert values["weights: exp_avg"] == "-0.0390"
    assert values["weights: exp_avg_sq"] == "0.0001521"


def test_a_step_too_small_for_four_digits_is_still_seen() -> None:
    """Old and new are told apart."""
    said = sentence(first_step(Experiment(lr=0.0001)), Moment.STEP)
    old, new = re.findall(r"weight (\S+) → (\S+) ", said)[0]
    assert old != new
