"""What the page says of each number, against plain PyTorch and NumPy."""

import re
import unicodedata
from typing import Any

import numpy as np
import pytest

from linreg import Experiment, Loss, Run, to_script, train
from linreg.core.data import split_data
from linreg.lesson.cell_outputs import judged
from linreg.lesson.explained_numbers import Explained, explained_numbers, explained_results
from linreg.settings.choices import Model, Optimizer, Schedule
from linreg.ui.parts.stage import packed_history
from linreg.walkthrough.resume import bookmarks
from linreg.walkthrough.walk import Walk, walk

EPOCHS = 12
WAYS: tuple[dict[str, Any], ...] = (
    {},
    {"model": Model.LINEAR, "loss": Loss.MSE, "lr": 0.1},
    {"loss": Loss.HUBER, "bias": 2.0, "train_fraction": 0.5},
    {"optimizer": Optimizer.ADAM},
    {"optimizer": Optimizer.MOMENTUM, "schedule": Schedule.COSINE},
    {"batch_size": 16},
    {"train_fraction": 1.0},
)


def run_of(way: dict[str, Any]) -> Run:
    """A short run."""
    return train(Experiment(epochs=EPOCHS, **way))


def filled(text: str, run: Run, k: int) -> str:
    """The text with the numbers of a position, from the record that the browser gets."""
    record = packed_history(run)
    numbers = {
        "k": k,
        "before": k - 1,
        "testLoss": record["testCurve"][k - 1] if k else record["firstTestLoss"][0],
    }
    for name in ("weight", "bias", "weightGrad", "biasGrad"):
        numbers |= {name: record[name][k], f"{name}Before": record[name][k - 1]}
    numbers["trainLoss"] = record["trainLoss"][k]
    return re.sub(r"\{(\w+)\}", lambda found: f"{numbers[found[1]]:.9g}", text)


def at(explained: Explained, k: int) -> Any:
    """The explanation that holds at a position, as the browser chooses it."""
    return explained.start if k == 0 else explained.end if k == EPOCHS else explained.between


@pytest.mark.parametrize("way", WAYS)
def test_each_line_is_in_the_code_of_the_run(way: dict[str, Any]) -> None:
    """Word for word, as a student finds it in the script."""
    experiment = Experiment(epochs=EPOCHS, **way)
    lines = {line.strip() for line in to_script(experiment).splitlines()}
    for explained in explained_numbers(experiment).values():
        for one in explained:
            assert one.code in lines | {""}


@pytest.mark.parametrize("name", ["weight", "bias"])
def test_a_step_of_gradient_descent_is_the_sum_that_is_shown(name: str) -> None:
    """Before - lr · gradient = after, at every position, to seven digits."""
    run = run_of({"lr": 0.05})
    later = explained_numbers(run.experiment)[name].between
    for k in range(1, EPOCHS + 1):
        sum_, result = filled(later.values, run, k).split(" = ")
        old, lr, grad = (float(part) for part in re.split(r" - | · ", sum_))
        assert lr == 0.05
        assert old - lr * grad == pytest.approx(float(result), abs=1e-6)
        assert float(result) == pytest.approx(getattr(run.history, name)[k])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("k", [0, 5, EPOCHS])
def test_the_mean_over_the_rows_is_the_number(way: dict[str, Any], k: int) -> None:
    """Losses and gradients, from the filled-in line and the rows, by NumPy."""
    run = run_of(way)
    explained = explained_numbers(run.experiment)
    data = split_data(run.experiment)
    losses: dict[Loss, Any] = {
        Loss.L1: np.abs,
        Loss.MSE: np.square,
        Loss.HUBER: lambda r: np.where(np.abs(r) <= 1, r**2 / 2, np.abs(r) - 0.5),
    }
    slopes: dict[Loss, Any] = {
        Loss.L1: np.sign,
        Loss.MSE: lambda r: 2 * r,
        Loss.HUBER: lambda r: np.clip(r, -1, 1),
    }
    loss, slope = losses[run.experiment.loss], slopes[run.experiment.loss]
    train_rows, test_rows = (data.X_train, data.y_train), (data.X_test, data.y_test)
    for name, (X, y), what, times_x in (
        ("training loss", train_rows, loss, False),
        ("test loss", test_rows, loss, False),
        ("gradient of weight", train_rows, slope, True),
        ("gradient of bias", train_rows, slope, False),
    ):
        one = at(explained[name], k)
        if not len(X):
            assert not one.values
            continue
        weight, bias, mean = (
            float(text) for text in re.findall(r"-?\d[\d.e-]*", filled(one.values, run, k))
        )
        x, y_true = X.numpy().ravel(), y.numpy().ravel()
        each = what(weight * x + bias - y_true) * (x if times_x else 1)
        assert each.mean() == pytest.approx(mean, abs=2e-6)
        assert f"over {len(x)} t" in one.formula


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("k", [0, 1, 5, EPOCHS])
def test_the_step_that_is_linked_has_the_number(way: dict[str, Any], k: int) -> None:
    """The Loop page shows the same number, in the line and the epoch of the link."""
    run = run_of(way)
    record, places = packed_history(run), bookmarks(run.experiment, lambda done, total: None)
    for name, explained in explained_numbers(run.experiment).items():
        one = at(explained, k)
        if not one.moment:
            continue
        seen = walk(run.experiment, places, k - one.back, one.batch)
        expected = _number_there(seen, name, one.moment)
        shown = {
            "epoch": k,
            "weight": record["weight"][k],
            "bias": record["bias"][k],
            "gradient of weight": record["weightGrad"][k],
            "gradient of bias": record["biasGrad"][k],
            "training loss": record["trainLoss"][k],
            "test loss": record["testCurve"][k - 1],
        }[name]
        assert expected == shown, name


def _number_there(seen: Walk, name: str, moment: str) -> float:
    """The number of that name after a line, or before the first line of an epoch."""
    step = seen.step
    if name == "epoch":
        return seen.epoch + (moment == "step")
    if name in ("weight", "bias"):
        return float(getattr(step.after if moment == "step" else step.before, name))
    if name.startswith("gradient"):
        return float(getattr(step.grad, name.rsplit(maxsplit=1)[-1]))
    return step.loss if moment == "loss" else seen.test_loss


@pytest.mark.parametrize("way", [*WAYS, {"weight": -1.2, "start": -1.0, "stop": 0.0}])
def test_the_sums_of_the_results_are_right(way: dict[str, Any]) -> None:
    """Learned - true and a prediction, with the run's own numbers; and the line is in the code."""
    run = run_of(way)
    text = explained_results(run, judged(run))
    weight, bias = float(run.history.weight[-1]), float(run.history.bias[-1])
    assert f"what {run.experiment.n_steps} steps made" in text
    number = r"\(?(-?\d[\d.e-]*)\)?"
    [found] = re.findall(rf"of the weight, {number} - {number} = ([-+\d.]+)\.\n", text)
    assert [float(part) for part in found] == pytest.approx(
        [weight, run.experiment.weight, weight - run.experiment.weight], abs=6e-5
    )
    [found] = re.findall(rf"learned: {number} · {number} \+ {number} ≈ {number}\.\n", text)
    w, x, b, y_pred = (float(part.rstrip(".")) for part in found)
    assert [w, b] == pytest.approx([weight, bias], abs=6e-5)
    assert y_pred == pytest.approx(w * x + b, abs=3e-4)
    [code] = re.findall("`(y_preds.*)`", text)
    assert code in {line.strip() for line in to_script(run.experiment).splitlines()}


@pytest.mark.parametrize("k", [1, 2])
def test_the_number_of_epochs_is_explained_in_a_sentence_that_is_right_for_one(k: int) -> None:
    """There is no noun beside the number, which the browser fills in."""
    run = run_of({})
    explained = explained_numbers(run.experiment)["epoch"]
    done = f"Runs of the loop: {k}. Python counts from 0, so the last one is epoch {k - 1}."
    assert filled(explained.between.formula, run, k) == done


def test_a_tiny_weight_has_digits_enough_for_its_product_with_a_large_x() -> None:
    """The sum that is told is right with the numbers that are told."""
    points = tuple((1000.0 * i, 0.2 * i - 1) for i in range(1, 11))
    run = train(Experiment(points=points, optimizer=Optimizer.ADAM, loss=Loss.MSE, epochs=300))
    text = unicodedata.normalize("NFKC", explained_results(run, judged(run))).replace(",", "")
    text = text.replace("×10", "e").replace("\N{MINUS SIGN}", "-")
    [found] = re.findall(r"learned: (\S+) · (\S+) \+ (\S+) ≈ (\S+)\.\n", text)
    weight, x, bias, y_pred = (float(part.strip("()")) for part in found)
    assert abs(weight) < 0.01
    assert y_pred == pytest.approx(weight * x + bias, abs=3e-3)
