"""The plan of a class: each answer is what the plain loop's run of the step shows."""

import re
from dataclasses import replace

import numpy as np
import pytest
import torch

from linreg import Experiment, History, Loss, sweep, train
from linreg.analysis.sweeps import spread_rates
from linreg.core.data import split_data
from linreg.formatting import loss_text, number, significant
from linreg.lesson import plan_answers
from linreg.lesson.class_plan import CONNECTING, LESSONS, MINUTES, MYSTERY, Lesson, tell
from linreg.mistakes.catalog import BUGS
from linreg.mistakes.puzzles import mystery
from linreg.mistakes.run import run_mistake
from linreg.settings.choices import Optimizer, Schedule

SWINGS = Experiment(optimizer=Optimizer.MOMENTUM, lr=0.5, epochs=100)


def step(title: str) -> Lesson:
    """The step whose title begins so."""
    [found] = [lesson for lesson in LESSONS if lesson.title.startswith(title)]
    return found


def answered(title: str, option: str, *says: str) -> History:
    """The step's run by the plain loop; its right option begins so, and its answer says that."""
    lesson = step(title)
    right, text = tell(lesson)
    assert right is not None
    assert lesson.options[right].startswith(option)
    for part in says:
        assert part in text
    return train(lesson.experiment).history


def test_the_class_takes_45_minutes_and_each_step_asks_before_it_tells() -> None:
    """No title or sentence holds the right option or a number of the answer."""
    assert len(LESSONS) >= 10
    assert (MINUTES, CONNECTING) == (45, 5)
    for lesson in LESSONS:
        right, text = tell(lesson)
        assert lesson.title
        assert lesson.says
        assert lesson.question
        assert text.endswith(".")
        assert (right is None) == (not lesson.options)
        if right is not None:
            assert lesson.options[right] not in f"{lesson.title} {lesson.says} {lesson.question}"


def test_the_bias_passes_its_true_value_and_turns() -> None:
    """Both parameters move in the first step."""
    history = answered("The model never", "It passes", "0.0039", "0.0100", "0.3868", "after 40")
    assert (history.bias > 0.3).any()
    assert history.bias[40] == history.bias.max() == pytest.approx(0.3868, abs=5e-5)
    assert history.bias[-1] < history.bias.max() - 0.03
    assert history.bias[18] > 0.3 > history.bias[17]
    assert "after 18" in tell(step("The model never")).says
    assert np.diff(history.weight)[0] == pytest.approx(0.0039, abs=5e-5)


def test_training_changes_parameters_and_no_hyperparameter() -> None:
    """The lesson's goldens."""
    history = answered("The workflow", "Weight and bias", "0.3367 → 0.5784", "0.1288 → 0.3513")
    assert history.weight[-1] == pytest.approx(0.5784, abs=5e-5)


def test_only_step_changes_a_parameter() -> None:
    """The five lines by hand, on plain tensors."""
    answered("One training step", "optimizer.step()", "(0.3406, 0.1388)", "(-0.3900, -1.0000)")
    data = split_data(Experiment())
    w, b = (
        torch.tensor([v], requires_grad=True) for v in (0.33669036626815796, 0.12880940735340118)
    )
    optimizer = torch.optim.SGD([w, b], lr=0.01)
    loss = torch.nn.functional.l1_loss(w * data.X_train + b, data.y_train)
    optimizer.zero_grad()
    before = w.item(), b.item()
    loss.backward()  # type: ignore[no-untyped-call]
    assert (w.item(), b.item()) == before
    optimizer.step()
    assert (w.item(), b.item()) != before


def test_nothing_is_learned_after_the_two_cycle_begins() -> None:
    """Epoch 116: every second state is the same from there on, and not before."""
    history = answered("Model 1", "From about 100", "epoch 116", "0.001265", "0.010256", "884 of")
    states = np.stack([history.weight, history.bias])[:, :-1]
    same = (states[:, 2:] == states[:, :-2]).all(axis=0)
    assert same[116:].all()
    assert not same[115]


def test_a_tenth_of_the_rate_gives_a_tenth_of_the_sum_and_not_of_each_loss() -> None:
    """The step before it has the sum that its question names, the same model and the same start."""
    slow = answered("A smaller rate", "A tenth")
    before, lesson = step("Model 1"), step("A smaller rate")
    fast = train(before.experiment).history
    assert lesson.experiment == replace(before.experiment, lr=0.001, epochs=2000)
    assert slow.weight[0] == fast.weight[0]
    assert "0.0115" in lesson.question
    assert float(fast.train_loss[-2:].sum()) == pytest.approx(0.0115, abs=5e-5)
    assert slow.train_loss[-2:].sum() == pytest.approx(fast.train_loss[-2:].sum() / 10, rel=0.01)


def test_a_falling_rate_ends_the_swing() -> None:
    """With the constant rate the same run swings a thousand times as far."""
    history = answered("A learning rate that falls", "Hardly at all")
    assert loss_text(float(history.train_loss[-1])) in tell(step("A learning rate that falls")).says
    experiment = step("A learning rate that falls").experiment
    constant = train(replace(experiment, schedule=Schedule.CONSTANT)).history
    assert history.train_loss[-10:].max() < 0.001 * constant.train_loss[-10:].max()


def test_above_the_limit_the_loss_grows_and_below_it_does_not() -> None:
    """2 / lambda_max by the eigenvalues of the Hessian, written out."""
    history = answered("A larger rate", "Grow", "a limit, 0.8625, and 0.87 is above it")
    assert history.train_loss[-1] > 1e13
    x = split_data(Experiment()).X_train.double().numpy()
    hessian = 2 * np.array([[np.mean(x * x), np.mean(x)], [np.mean(x), 1]])
    assert 2 / np.linalg.eigvalsh(hessian)[-1] == pytest.approx(0.8625, abs=5e-5)
    for epochs, grows in ((20, True), (200, False)):  # it has overflowed by then
        run = train(replace(step("A larger rate").experiment, lr=2.2, epochs=epochs))
        assert np.isfinite(run.history.train_loss[-1]) == grows
        assert ("the loss grows" in plan_answers.course_of_the_loss(run).says) is grows
    stable = train(replace(step("A larger rate").experiment, lr=0.86)).history
    assert stable.train_loss[-1] < stable.train_loss[0]


def test_the_test_set_flatters_the_rate_that_it_chooses() -> None:
    """The smallest test loss of all runs is below that of the rate chosen on validation.

    (That the runs of a sweep are the single ones is in tests/analysis/test_sweeps.py.)
    """
    lesson = step("The choice of")
    answered("The choice of", "Rows that have chosen", "good", "too slow")
    runs = sweep(lesson.experiment, spread_rates())
    chosen = float(runs.test_loss[runs.validation_loss[:, -1].argmin(), -1])
    flattered = float(runs.test_loss[:, -1].min())
    assert flattered < chosen
    text = tell(lesson).says
    assert '"oscillates"' in text  # the rate chosen on validation, and why it can lie there
    assert "outside the good region" in text
    assert number(flattered) in text
    assert number(chosen) in text


def test_momentum_goes_beyond_and_plain_descent_with_its_rate_does_not() -> None:
    """The bias rises to 0.588 in six epochs."""
    history = answered("Momentum", "Beyond it", "0.588 after 6 epochs", "0.288 above")
    assert history.bias[6] == history.bias.max() == pytest.approx(0.588, abs=5e-4)


def test_shuffling_alone_closes_the_gap() -> None:
    """The first step differs in that one setting, and its test loss is far above its training."""
    history = answered("Shuffled rows", "At less than", "extrapolation")
    first = train(step("The model never").experiment).history
    assert step("Shuffled rows").experiment == replace(Experiment(), shuffle=True)
    assert first.test_loss[-1] > 2 * first.train_loss[-1]
    assert history.test_loss[-1] < 1.5 * history.train_loss[-1]


def test_the_mystery_is_a_silent_one() -> None:
    """PyTorch says nothing, and its curves differ from those of right code."""
    trial = run_mistake(Experiment(), mystery(MYSTERY))
    assert (trial.warnings, trial.error) == ((), "")
    assert trial.history is not None
    assert not np.array_equal(trial.history.train_loss, train(Experiment()).history.train_loss)
    assert BUGS[mystery(MYSTERY)].title in tell(step("A mystery")).says


def test_the_question_fits_the_mysteries_that_come_next() -> None:
    """Some of them have an error or a warning, and one that ends the training has no curves."""
    trials = [run_mistake(Experiment(), mystery(seed)) for seed in (3, 9, 11)]
    assert any(trial.warnings for trial in trials)
    assert any(trial.error and trial.history is None for trial in trials)
    question = step("A mystery").question
    assert "curve" not in question
    assert "a warning or an error" in question


@pytest.mark.parametrize(
    ("experiment", "right", "said"),
    [
        (Experiment(epochs=1), None, "One epoch has one training loss"),
        (Experiment(loss=Loss.MSE, lr=10, epochs=1000), 2, r"×10³\S in epoch 1\d, and from epoch"),
        (
            Experiment(loss=Loss.MSE, lr=10, epochs=5, batch_size=3),
            2,
            r"^The training loss is \S+ in epoch 0, and from epoch 1 on it is not a finite number",
        ),
        (
            Experiment(points=((0.0, 1e38), (1.0, -1e38), (2.0, 0.0)), loss=Loss.MSE),
            4,
            "not a finite number from epoch 0 on",
        ),
    ],
    ids=["one epoch", "overflow", "in epoch 1", "overflow at once"],
)
def test_the_course_of_a_rare_run_is_told_in_words(
    experiment: Experiment, right: int | None, said: str
) -> None:
    """No "nan", and no way from a number to itself."""
    told = plan_answers.course_of_the_loss(train(experiment))
    assert told.right == right
    assert re.search(said, told.says)
    assert not re.search(r"\b(nan|inf)\b", told.says)


@pytest.mark.parametrize(
    ("experiment", "is_small"),
    [
        (Experiment(batch_size=1, noise=0.1), True),
        (Experiment(loss=Loss.MSE, lr=0.8, epochs=200), False),  # near zero
    ],
)
def test_a_loss_that_also_rises_at_its_end_is_said_to_do_so(
    experiment: Experiment, is_small: bool
) -> None:
    """By how much, from one of the last losses to a later one, and whether that is little."""
    told = plan_answers.course_of_the_loss(train(experiment))
    assert told.right == 0
    epochs = experiment.epochs // 10
    last = train(experiment).history.train_loss[-epochs:].tolist()
    rise = max(later - loss for i, loss in enumerate(last) for later in last[i:])
    assert (rise < sum(last) / epochs / 10) is is_small
    little = ", less than a tenth of its height there" * is_small
    assert told.says.endswith(
        f" In the last {epochs} epochs it also rises, by {significant(rise, 2)} at most{little}."
    )


@pytest.mark.parametrize(
    ("answer", "experiment", "right"),
    [
        (plan_answers.way_of_the_bias, Experiment(epochs=10), 2),
        (plan_answers.end_of_learning, Experiment(epochs=50), 2),
        (plan_answers.end_of_learning, Experiment(lr=0.002, epochs=2000), 1),
        (plan_answers.swing_at_the_end, Experiment(epochs=500), 0),
        (plan_answers.course_of_the_loss, Experiment(loss=Loss.MSE, lr=0.1), 0),
        (plan_answers.course_of_the_loss, Experiment(epochs=500), 1),
        (plan_answers.course_of_the_loss, Experiment(lr=10, epochs=100), 1),
        (plan_answers.course_of_the_loss, Experiment(lr=10, epochs=101), 1),
        (plan_answers.course_of_the_loss, Experiment(loss=Loss.HUBER, lr=2, epochs=300), 1),
        (plan_answers.course_of_the_loss, Experiment(loss=Loss.HUBER, lr=2, epochs=301), 1),
        (plan_answers.course_of_the_loss, Experiment(loss=Loss.MSE, lr=0.86, epochs=60), 0),
        (plan_answers.course_of_the_loss, Experiment(loss=Loss.MSE, lr=0.87, epochs=60), 2),
        (plan_answers.course_of_the_loss, Experiment(loss=Loss.MSE, lr=0.864, epochs=100), 2),
        (plan_answers.course_of_the_loss, Experiment(loss=Loss.MSE, lr=10), 2),
        (plan_answers.course_of_the_loss, SWINGS, 3),
        (plan_answers.course_of_the_loss, replace(SWINGS, epochs=101), 3),
        (plan_answers.course_of_the_loss, replace(SWINGS, lr=0.01, epochs=1000), 3),
        (plan_answers.course_of_the_loss, Experiment(loss=Loss.MSE, lr=0.8, epochs=1000), 0),
        (plan_answers.course_of_the_loss, Experiment(batch_size=8, noise=0.1), 0),
        (plan_answers.course_of_the_loss, step("A learning rate that falls").experiment, 0),
        (plan_answers.way_of_momentum, Experiment(loss=Loss.MSE, lr=0.1), 0),
        (plan_answers.gap_after_shuffling, Experiment(), 0),
    ],
)
def test_another_run_gets_another_answer(
    answer: plan_answers.Answer, experiment: Experiment, right: int
) -> None:
    """Each answer follows the run that it is given."""
    assert answer(train(experiment)).right == right
