"""Places in a run from which training can be taken up again.

The walkthrough shows any epoch of a run without training up to it each time: one pass leaves
bookmarks, and from the nearest one it is never far.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch.optim.lr_scheduler import LRScheduler
from torch.utils.data import DataLoader

from linreg.core.data import Split, split_data
from linreg.core.experiment import Experiment
from linreg.core.losses import make_loss
from linreg.core.models import make_model
from linreg.core.record import Progress, Recorder
from linreg.core.training import (
    Batches,
    make_batches,
    make_optimizer,
    make_scheduler,
    training_loop,
)

STEPS_BETWEEN_BOOKMARKS = 256  # about 50 ms


@dataclass(frozen=True, kw_only=True, eq=False)
class Bookmark:
    """All that training needs to go on after `epoch` epochs."""

    epoch: int
    model: Mapping[str, Any]
    gradients: tuple[torch.Tensor | None, ...]
    optimizer: Mapping[str, Any]
    scheduler: Mapping[str, Any]
    order: torch.Tensor | None  # state of the generator that deals the batches


class Training:
    """A training that can be left and taken up again."""

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.data: Split = split_data(experiment).to(experiment.device)
        self.model = make_model(experiment.model, experiment.seed).to(experiment.device)
        self.loss_fn = make_loss(experiment.loss)
        self.optimizer = make_optimizer(experiment, self.model)
        self.scheduler: LRScheduler | None = make_scheduler(experiment, self.optimizer)
        self.batches: Batches = make_batches(experiment, self.data)
        self.epoch = 0

    def run(self, epochs: int) -> None:
        """Run the training loop for some epochs more."""
        training_loop(
            self.model,
            self.batches,
            self.loss_fn,
            self.optimizer,
            self.scheduler,
            epochs,
            Recorder(self.model, self.experiment, None),
        )
        self.epoch += epochs

    def bookmark(self) -> Bookmark:
        """Return all that it needs to go on from here."""
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
        """Take up what was left at `bookmark`."""
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
        """Return the generator that deals the rows of each epoch to its batches."""
        if not isinstance(self.batches, DataLoader):
            return None
        order: torch.Generator | None = self.batches.generator
        return order


def bookmarks(experiment: Experiment, progress: Progress | None = None) -> tuple[Bookmark, ...]:
    """Return places from which `walk` reaches any epoch of the run soon, in order.

    Arguments:
        experiment: what is run.
        progress: called now and then as progress(epochs done, epochs in all); an exception that it
            raises ends the run and passes through.
    """
    training = Training(experiment)
    apart = max(1, STEPS_BETWEEN_BOOKMARKS // experiment.n_batches)
    places = [training.bookmark()]
    for epoch in range(apart, experiment.epochs, apart):
        training.run(apart)
        places.append(training.bookmark())
        if progress is not None:
            progress(epoch, experiment.epochs)
    return tuple(places)
