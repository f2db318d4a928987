"""The classic mistakes, run for real: PyTorch gets the lesson's code with one thing wrong.

Nothing here is acted out. Errors and warnings are PyTorch's own words, and the losses are what the
wrong code computes. Safe in threads, like `train`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import torch

from linreg.core.experiment import MOST_DEALT, MOST_STEPS, Experiment, count_batches
from linreg.core.record import STEPS_BETWEEN_REPORTS, History, Progress
from linreg.core.training import check_device
from linreg.mistakes import evidence, faulty_steps
from linreg.mistakes.evidence import Record, common_facts, values_of
from linreg.mistakes.raised import broadcast_warnings, error_text, warnings_of
from linreg.settings.choices import Mistake
from linreg.walkthrough.resume import Training

MOST_PAIRS = 1_000_000  # in one loss; 4 MB
MOST_PAIRS_IN_A_RUN = 200_000_000  # some seconds
MOST_KEPT = 5_000_000  # predictions that hang on the losses in a list; some 10 bytes each

Step = Callable[[Training, torch.Tensor, torch.Tensor], torch.Tensor]


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """What running the lesson's code with a mistake in it left.

    history: as that of a run, a gradient that is None as NaN. None where training broke off: of the
        mistakes here those that do, do so in the first epoch.
    warnings: the texts as PyTorch gave them, each once.
    error: the error's type and text as raised, without the traceback; empty if there was none.
    facts: what else can be counted or printed, as sentences.
    """

    mistake: Mistake
    experiment: Experiment
    history: History | None
    warnings: tuple[str, ...]
    error: str
    facts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Change:
    """Where a mistake departs from the lesson's code; what is not named is as it should be.

    prepare: is called before training. step: the five steps. evaluate: the loss on rows that are
    not trained on. passes: how often the training cell is run. finish: loads the trained model,
    and returns the text of the error if that fails. look: returns further facts.
    """

    prepare: Callable[[Training], None] = faulty_steps.keep_all
    step: Step = faulty_steps.five_steps
    evaluate: Step = faulty_steps.in_inference_mode
    passes: int = 1
    finish: Callable[[Training], str] = evidence.no_error
    look: Callable[[Training, Record], tuple[str, ...]] = evidence.nothing_more


CHANGES: Mapping[Mistake, Change] = MappingProxyType(
    {
        Mistake.NONE: Change(),
        Mistake.NO_ZERO_GRAD: Change(step=faulty_steps.without_zero_grad),
        Mistake.NO_STEP: Change(step=faulty_steps.without_step),
        Mistake.NO_BACKWARD: Change(step=faulty_steps.without_backward),
        Mistake.STEP_FIRST: Change(step=faulty_steps.step_before_backward),
        Mistake.OTHER_PARAMETERS: Change(prepare=faulty_steps.make_model_again),
        Mistake.NO_UNSQUEEZE: Change(prepare=faulty_steps.forget_unsqueeze, look=evidence.shapes),
        Mistake.TEST_SET: Change(
            prepare=faulty_steps.train_on_test_rows, look=evidence.losses_on_both_sets
        ),
        Mistake.LR_TOO_LARGE: Change(prepare=faulty_steps.raise_lr, look=evidence.first_move),
        Mistake.LR_TOO_SMALL: Change(prepare=faulty_steps.lower_lr, look=evidence.first_move),
        Mistake.TWO_DEVICES: Change(
            prepare=faulty_steps.part_model_and_data, look=evidence.devices
        ),
        Mistake.OTHER_CLASS: Change(finish=evidence.load_strictly),
        Mistake.OTHER_CLASS_LOOSE: Change(look=evidence.load_loosely),
        Mistake.RUN_TWICE: Change(passes=2, look=evidence.where_it_began),
        Mistake.GRAPH_KEPT: Change(
            evaluate=faulty_steps.without_inference_mode, look=evidence.graph_kept
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
        experiment: what is run; a mistake in its own field does not count.
        mistake: what is wrong; with `Mistake.NONE` the history is that of `train`, bit for bit.
        progress: called now and then as progress(epochs done, epochs in all); an exception that it
            raises ends the trial and passes through.

    Where the training cell is run twice, the history is that of the second time: what its lists
    hold then.

    Raises:
        ValueError: this machine does not have the experiment's device, the mistake needs a test
            set and there is none, or the trial would be too much work.
    """
    experiment = replace(experiment, mistake=mistake)
    check_device(experiment)
    check_mistake(experiment)
    change, lesson = CHANGES[mistake], Training(experiment)
    trial = _Running(lesson, change, progress)
    trial.run()
    record = trial.record
    whole = not trial.error
    error = trial.error or change.finish(lesson)
    facts = common_facts(record) if whole else ()
    return Trial(
        mistake=mistake,
        experiment=experiment,
        history=record.history() if whole else None,
        warnings=(*_broadcasting(experiment), *trial.warnings),
        error=error,
        facts=(*facts, *change.look(lesson, record)),
    )


def check_mistake(experiment: Experiment) -> None:
    """Raise ValueError where the experiment's mistake cannot be made or is too much work."""
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
    """Return the warnings for y without its second dimension, in the order of the loop."""
    if experiment.mistake is not Mistake.NO_UNSQUEEZE:
        return ()
    batch = min(experiment.batch_size or experiment.n_train, experiment.n_train)
    sizes = (batch, experiment.n_train % batch, experiment.n_validation, experiment.n_test)
    texts = [text for rows in sizes if rows for text in broadcast_warnings(experiment.loss, rows)]
    return tuple(dict.fromkeys(texts))


class _Running:
    """One trial while it runs."""

    def __init__(self, lesson: Training, change: Change, progress: Progress | None) -> None:
        self.record = Record(values_of(lesson.model))
        self.warnings: tuple[str, ...] = ()
        self.error = ""
        self._lesson = lesson
        self._change = change
        self._progress = progress
        self._done = 0
        change.prepare(lesson)

    def run(self) -> None:
        """Run the training cell as often as the change says, or until it breaks off."""
        for _ in range(self._change.passes):
            self.record = Record(self.record.parameters[-1])  # the cell makes its lists anew
            for _epoch in range(self._lesson.experiment.epochs):
                try:
                    loss = self._train_epoch()
                except RuntimeError as error:
                    self.error = error_text(error)
                    return
                self._end_epoch(loss)

    def _train_epoch(self) -> float:
        """Run the steps on every batch; return the mean loss over the rows."""
        self._lesson.model.train()
        total, rows = 0.0, 0
        for X, y in self._lesson.batches:
            loss = self._change.step(self._lesson, X, y)
            total += loss.item() * len(y)
            rows += len(y)
        return total / rows

    def _end_epoch(self, loss: float) -> None:
        data, record = self._lesson.data, self.record
        self._change_lr()
        record.train_loss.append(loss)
        record.validation_loss += self._evaluate(data.X_validation, data.y_validation)
        record.test_loss += self._evaluate(data.X_test, data.y_test)
        record.end_epoch(self._lesson.model)
        self._report()

    def _evaluate(self, X: torch.Tensor, y: torch.Tensor) -> list[torch.Tensor]:
        return [self._change.evaluate(self._lesson, X, y)] if len(X) else []

    def _change_lr(self) -> None:
        scheduler = self._lesson.scheduler
        if scheduler is None:
            return
        if self._done == 0:  # the only time that PyTorch looks whether the optimizer has stepped
            self.warnings = warnings_of(scheduler.step)
        else:
            scheduler.step()

    def _report(self) -> None:
        self._done += 1
        every = max(1, STEPS_BETWEEN_REPORTS // self._lesson.experiment.n_batches)
        if self._progress is not None and self._done % every == 0:
            self._progress(self._done, self._change.passes * self._lesson.experiment.epochs)
