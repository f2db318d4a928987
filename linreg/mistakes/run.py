"""Runs the lesson's code with one thing wrong.

Nothing is simulated: PyTorch gives the errors and warnings, and the wrong code computes the losses.
Safe in threads, like `train`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, cast

from torch.optim.lr_scheduler import LRScheduler

from linreg.core.experiment import MOST_DEALT, MOST_STEPS, Experiment, count_batches
from linreg.core.failures import error_text, machine_failed
from linreg.core.record import History, Progress
from linreg.core.training import StepFunction, check_device, five_steps
from linreg.mistakes import evidence, faulty_steps
from linreg.mistakes.evidence import common_facts
from linreg.mistakes.faulty_steps import large_lr, small_lr, steps_in_order, use_lr
from linreg.mistakes.trial_recorder import TestLoop, TrialRecorder
from linreg.mistakes.warned import broadcast_warnings, warnings_of
from linreg.settings.choices import Mistake
from linreg.walkthrough.resume import Trainer
from linreg.walkthrough.walk import test_loop

MOST_PAIRS = 1_000_000  # in one loss; 4 MB
MOST_PAIRS_IN_A_RUN = 200_000_000  # some seconds
MOST_KEPT = 5_000_000  # predictions in the graphs of kept losses; about 10 bytes each


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """The result of running the lesson's code with a mistake in it.

    history: as for a run; a gradient that is None is NaN. None if an error ended the training,
        which happens in the first epoch.
    warnings: the texts of PyTorch's warnings, each once.
    error: the error's type and text, without the traceback; empty if there was none.
    facts: what else one can count or print, as sentences.
    line: weight and bias with which the code predicts at its end; None if an error stopped it.
    """

    mistake: Mistake
    experiment: Experiment
    history: History | None
    warnings: tuple[str, ...]
    error: str
    facts: tuple[str, ...]
    line: tuple[float, float] | None


@dataclass(frozen=True, kw_only=True)
class Change:
    """Where a mistake differs from the lesson's code; the defaults are the right code.

    prepare: is called before training. step: the five steps. evaluate: the test loop. times: how
    often the training cell is run. finish: loads the trained model, and returns the text of the
    error that this raises. look: returns further facts.
    """

    prepare: Callable[[Trainer], None] | None = None
    step: StepFunction = five_steps
    evaluate: TestLoop = test_loop
    times: int = 1
    finish: Callable[[Trainer], str] | None = None
    look: Callable[[Trainer, TrialRecorder], tuple[str, ...]] | None = None


CHANGES: Mapping[Mistake, Change] = MappingProxyType(
    {
        Mistake.NONE: Change(),
        Mistake.NO_ZERO_GRAD: Change(step=steps_in_order("backward", "step")),
        Mistake.NO_STEP: Change(step=steps_in_order("zero_grad", "backward")),
        Mistake.NO_BACKWARD: Change(step=steps_in_order("zero_grad", "step")),
        Mistake.STEP_FIRST: Change(step=steps_in_order("zero_grad", "step", "backward")),
        Mistake.OTHER_PARAMETERS: Change(prepare=faulty_steps.make_model_again),
        Mistake.NO_UNSQUEEZE: Change(prepare=faulty_steps.forget_unsqueeze, look=evidence.shapes),
        Mistake.TEST_SET: Change(
            prepare=faulty_steps.train_on_test_rows, look=evidence.losses_on_both_sets
        ),
        Mistake.LR_TOO_LARGE: Change(prepare=use_lr(large_lr), look=evidence.first_move),
        Mistake.LR_TOO_SMALL: Change(prepare=use_lr(small_lr), look=evidence.first_move),
        Mistake.TWO_DEVICES: Change(
            prepare=faulty_steps.separate_model_and_data, look=evidence.devices
        ),
        Mistake.OTHER_CLASS: Change(finish=evidence.load_strictly),
        Mistake.OTHER_CLASS_LOOSE: Change(look=evidence.load_loosely),
        Mistake.RUN_TWICE: Change(times=2, look=evidence.where_it_began),
        Mistake.GRAPH_KEPT: Change(
            evaluate=faulty_steps.test_loop_with_graph, look=evidence.graph_kept
        ),
        Mistake.NO_GRAD: Change(step=faulty_steps.steps_under_no_grad, look=evidence.recording),
    }
)


def healthy(experiment: Experiment) -> Experiment:
    """Return the same experiment without a mistake."""
    return replace(experiment, mistake=Mistake.NONE)


def run_mistake(
    experiment: Experiment, mistake: Mistake, progress: Progress | None = None
) -> Trial:
    """Return what the lesson's code for `experiment` does with `mistake` in it.

    Arguments:
        experiment: the settings; `mistake` replaces the mistake that they may hold.
        mistake: what is wrong; with `Mistake.NONE` the history is that of `train`, bit for bit.
        progress: called now and then as progress(epochs done, epochs in all); an exception that it
            raises ends the trial and reaches the caller.

    If the training cell is run twice, the history is that of the second time, as in its lists.

    Raises:
        ValueError: this machine does not have the experiment's device, the mistake needs a test
            set and there is none, or the trial needs too much work.
    """
    experiment = replace(experiment, mistake=mistake)
    check_device(experiment)
    check_mistake(experiment)
    change, trainer = CHANGES[mistake], Trainer(experiment)
    if change.prepare:
        change.prepare(trainer)
    recorder = TrialRecorder(trainer, change.times, change.evaluate, progress)
    warnings, error = _run(trainer, change, recorder)
    history = None if error else recorder.history
    facts = () if history is None else common_facts(trainer, history)
    if change.finish and not error:
        error = change.finish(trainer)
    if change.look:
        facts += change.look(trainer, recorder)
    return Trial(
        mistake=mistake,
        experiment=experiment,
        history=history,
        warnings=(*_broadcasting(experiment), *warnings),
        error=error,
        facts=facts,
        line=None if error or history is None else _line(trainer, history),
    )


def _line(trainer: Trainer, history: History) -> tuple[float, float]:
    """Return weight and bias of the model that predicts: of a loaded model, if one was loaded."""
    if trainer.experiment.mistake is Mistake.OTHER_CLASS_LOOSE:
        return evidence.loaded_line(trainer)
    return float(history.weight[-1]), float(history.bias[-1])


def check_mistake(experiment: Experiment) -> None:
    """Raise ValueError if the experiment's mistake needs test rows or too much work."""
    mistake, others = experiment.mistake, experiment.n_validation + experiment.n_test
    if mistake in (Mistake.TEST_SET, Mistake.GRAPH_KEPT) and not experiment.n_test:
        raise ValueError(
            f"train_fraction and validation_fraction must leave test rows for the mistake "
            f"{mistake}, not 0 of {experiment.n_points}."
        )
    steps = experiment.epochs * count_batches(experiment.n_test, experiment.batch_size)
    if mistake is Mistake.TEST_SET:
        _at_most(MOST_STEPS, steps, "epochs and batch_size", "optimizer steps on the test rows")
        dealt = 0 if experiment.batch_size is None else experiment.epochs * experiment.n_test
        _at_most(MOST_DEALT, dealt, "epochs and the test set", "test rows dealt into batches")
    if mistake is Mistake.RUN_TWICE:
        twice = 2 * experiment.n_steps
        _at_most(MOST_STEPS, twice, "epochs and batch_size", "optimizer steps in both runs")
        dealt = 2 * experiment.n_dealt
        _at_most(MOST_DEALT, dealt, "epochs and train_fraction", "rows dealt into batches")
    if mistake is Mistake.GRAPH_KEPT:
        kept = experiment.epochs * others
        _at_most(MOST_KEPT, kept, "epochs and the rows outside the training set", "predictions")
    if mistake is Mistake.NO_UNSQUEEZE:
        batch = min(experiment.batch_size or experiment.n_train, experiment.n_train)
        sizes = [experiment.n_validation, experiment.n_test]
        _at_most(MOST_PAIRS, max(batch, *sizes) ** 2, "rows", "pairs of rows in one loss")
        pairs = experiment.n_batches * batch**2 + sum(rows**2 for rows in sizes)
        _at_most(MOST_PAIRS_IN_A_RUN, experiment.epochs * pairs, "epochs and rows", "pairs of rows")


def _at_most(most: int, asked: int, fields: str, what: str) -> None:
    if asked > most:
        raise ValueError(f"{fields} must give at most {most} {what} for this mistake, not {asked}.")


def _broadcasting(experiment: Experiment) -> tuple[str, ...]:
    """Return the warnings about y without its second dimension, in the order of the loop."""
    if experiment.mistake is not Mistake.NO_UNSQUEEZE:
        return ()
    batch = min(experiment.batch_size or experiment.n_train, experiment.n_train)
    sizes = (batch, experiment.n_train % batch, experiment.n_validation, experiment.n_test)
    texts = [text for rows in sizes if rows for text in broadcast_warnings(experiment.loss, rows)]
    return tuple(dict.fromkeys(texts))


class _Scheduler:
    """A scheduler that keeps the warnings of its first step.

    PyTorch checks only then whether the optimizer has made a step.
    """

    def __init__(self, scheduler: LRScheduler) -> None:
        self.warnings: tuple[str, ...] | None = None
        self._scheduler = scheduler

    def step(self) -> None:
        """Change the learning rate."""
        if self.warnings is None:
            self.warnings = warnings_of(self._scheduler.step)
        else:
            self._scheduler.step()


def _run(trainer: Trainer, change: Change, recorder: TrialRecorder) -> tuple[tuple[str, ...], str]:
    """Train with the mistake; return the scheduler's warnings, and the error that ended it."""
    error = ""

    def step(*objects: Any) -> Any:
        nonlocal error
        try:
            return change.step(*objects)
        except RuntimeError as raised:
            error = "" if machine_failed(raised) else error_text(raised)
            raise

    scheduler = None if trainer.scheduler is None else _Scheduler(trainer.scheduler)
    trainer.scheduler = cast("LRScheduler | None", scheduler)  # has all that the loop calls
    try:
        trainer.run(change.times * trainer.experiment.epochs, recorder, step)
    except RuntimeError:
        if not error:  # the machine failed, or the recorder raised it
            raise
    return (scheduler and scheduler.warnings) or (), error
