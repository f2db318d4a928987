"""The recorder of wrong code: the history of a trial, and its test losses as tensors."""

from collections.abc import Callable
from functools import cached_property

import numpy as np
from torch import Tensor, nn

from linreg.core.losses import Floats
from linreg.core.record import History, HistoryRecorder, Progress
from linreg.walkthrough.resume import Trainer

TestLoop = Callable[[nn.Module, nn.Module, Tensor, Tensor], tuple[Tensor, Tensor]]


class TrialRecorder(HistoryRecorder):
    """Records the training of wrong code, and runs the validation and test loops.

    It keeps their losses as the tensors that they are, with the graph behind them if there is one.
    A set without rows has none.

    Arguments:
        trainer: what is trained.
        times: how often the training cell is run; the history is that of the last time.
        evaluate: the test loop.
        progress: as for `run_mistake`.
    """

    def __init__(
        self, trainer: Trainer, times: int, evaluate: TestLoop, progress: Progress | None
    ) -> None:
        experiment = trainer.experiment
        epochs = times * experiment.epochs
        super().__init__(trainer.model, epochs, experiment.n_batches, progress)
        self.validation_loss: list[Tensor] = []
        self.test_loss: list[Tensor] = []
        self._trainer = trainer
        self._evaluate = evaluate

    def end_epoch(self) -> None:
        """Keep the parameters and gradients; run the model on validation and test rows."""
        data = self._trainer.data
        self.validation_loss += self._losses(data.X_validation, data.y_validation)
        self.test_loss += self._losses(data.X_test, data.y_test)
        self._trainer.model.train()  # a test loop calls eval()
        super().end_epoch()

    @cached_property
    def history(self) -> History:
        """The epochs of the last time that the cell was run; a gradient that is None is NaN."""
        epochs = self._trainer.experiment.epochs
        train_loss, parameters, gradients = self.numbers()
        weight, bias = (values[-epochs - 1 :] for values in parameters)
        weight_grad, bias_grad = (values[-epochs:] for values in gradients)
        return History(
            train_loss=train_loss[-epochs:],
            validation_loss=_values(self.validation_loss, epochs),
            test_loss=_values(self.test_loss, epochs),
            weight=weight,
            bias=bias,
            weight_grad=weight_grad,
            bias_grad=bias_grad,
        )

    def _losses(self, X: Tensor, y: Tensor) -> list[Tensor]:
        if not len(X):
            return []
        _, loss = self._evaluate(self._trainer.model, self._trainer.loss_fn, X, y)
        return [loss]


def _values(losses: list[Tensor], epochs: int) -> Floats:
    """Return the last losses as an array, (epochs,); NaN if there are none."""
    values = [loss.item() for loss in losses[-epochs:]] or [np.nan] * epochs
    return np.array(values, dtype=np.float32)
