"""Bookmarks of a run: states from which its training can resume.

The walkthrough shows any epoch of a run without training from the start each time: it resumes at
the nearest bookmark before that epoch.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils.data import DataLoader

from linreg.core.data import split_data
from linreg.core.experiment import Experiment
from linreg.core.losses import make_loss
from linreg.core.models import make_model
from linreg.core.record import Progress, Recorder
from linreg.core.training import (
    StepFunction,
    five_steps,
    make_batches,
    make_optimizer,
    make_scheduler,
    training_loop,
)

STEPS_BETWEEN_BOOKMARKS = 256  # about 50 ms


@dataclass(frozen=True, kw_only=True, eq=False)
class Bookmark:
    """The state of a training after `epoch` epochs; all that it needs to resume."""

    epoch: int
    model: Mapping[str, Any]
    gradients: tuple[torch.Tensor | None, ...]
    optimizer: Mapping[str, Any]
    scheduler: Mapping[str, Any]
    order: torch.Tensor | None  # state of the generator that shuffles the batches


class Trainer:
    """All that the training of one experiment needs. It can stop after any epoch and resume."""

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.data = split_data(experiment).to(experiment.device)
        self.model = make_model(experiment.model, experiment.seed).to(experiment.device)
        self.loss_fn = make_loss(experiment.loss)
        self.optimizer = make_optimizer(experiment, self.model)
        self.scheduler = make_scheduler(experiment, self.optimizer)
        self.batches = make_batches(experiment, self.data)
        self.epoch = 0

    def run(
        self, epochs: int, recorder: Recorder | None = None, step: StepFunction = five_steps
    ) -> None:
        """Run the training loop for `epochs` more epochs."""
        training_loop(
            self.model,
            self.batches,
            self.loss_fn,
            self.optimizer,
            self.scheduler,
            epochs,
            recorder or Recorder(),
            step,
        )
        self.epoch += epochs

    def bookmark(self) -> Bookmark:
        """Return the state after the epochs so far."""
        order = self._order()
        state = {} if self.scheduler is None else self.scheduler.state_dict()
        return Bookmark(
            epoch=self.epoch,
            model=copy.deepcopy(self.model.state_dict()),
            gradients=tuple(copy.deepcopy(p.grad) for p in self.model.parameters()),
            optimizer=copy.deepcopy(self.optimizer.state_dict()),
            scheduler=copy.deepcopy(state),
            order=None if order is None else order.get_state(),
        )

    def go_to(self, bookmark: Bookmark) -> None:
        """Restore the state of `bookmark`."""
        self.epoch = bookmark.epoch
        self.model.load_state_dict(bookmark.model)
        for parameter, grad in zip(self.model.parameters(), bookmark.gradients, strict=True):
            parameter.grad = copy.deepcopy(grad)
        self.optimizer.load_state_dict(copy.deepcopy(dict(bookmark.optimizer)))
        if self.scheduler is not None:
            self.scheduler.load_state_dict(copy.deepcopy(dict(bookmark.scheduler)))
        order = self._order()
        if order is not None and bookmark.order is not None:
            order.set_state(bookmark.order)

    def _order(self) -> torch.Generator | None:
        """Return the generator that shuffles the rows into batches; None if all rows are one."""
        if not isinstance(self.batches, DataLoader):
            return None
        order: torch.Generator | None = self.batches.generator
        return order


def bookmarks(experiment: Experiment, progress: Progress | None = None) -> tuple[Bookmark, ...]:
    """Return the bookmarks from which `walk` reaches any epoch of the run fast, in order.

    Arguments:
        experiment: the settings of the run.
        progress: called now and then as progress(epochs done, epochs in all); an exception that it
            raises ends the run and reaches the caller.
    """
    trainer = Trainer(experiment)
    apart = max(1, STEPS_BETWEEN_BOOKMARKS // experiment.n_batches)
    places = [trainer.bookmark()]
    for epoch in range(apart, experiment.epochs, apart):
        trainer.run(apart)
        places.append(trainer.bookmark())
        if progress is not None:
            progress(epoch, experiment.epochs)
    return tuple(places)
