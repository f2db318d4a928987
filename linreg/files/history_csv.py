"""Writes a run's history as CSV for spreadsheets and data frames: one row for each epoch.

Knows nothing of files or pages.
"""

from linreg.core.losses import Floats
from linreg.core.training import Run


def history_csv(run: Run) -> str:
    """Return the history as CSV with a header: floats in full precision, as Python prints them.

    Columns, a number for each epoch:
        epoch: counted from 0.
        train_loss: before the epoch's step (with batches, the mean over the rows, each before
            the step of its batch).
        validation_loss, test_loss: after the epoch; left out where the set is empty.
        weight_before, bias_before: the parameters at the beginning of the epoch.
        weight_grad, bias_grad: the gradients that the epoch's last step used.
        weight_after, bias_after: the parameters at the end of the epoch.

    Every number is the exact value of its float32; a run that overflows leaves nan and inf.
    """
    history, experiment = run.history, run.experiment
    columns: dict[str, Floats] = {"train_loss": history.train_loss}
    if experiment.n_validation:
        columns["validation_loss"] = history.validation_loss
    if experiment.n_test:
        columns["test_loss"] = history.test_loss
    columns |= {
        "weight_before": history.weight[:-1],
        "bias_before": history.bias[:-1],
        "weight_grad": history.weight_grad,
        "bias_grad": history.bias_grad,
        "weight_after": history.weight[1:],
        "bias_after": history.bias[1:],
    }
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    lines = [["epoch", *columns], *([epoch, *row] for epoch, row in enumerate(rows))]
    return "".join(",".join(map(str, line)) + "\n" for line in lines)
