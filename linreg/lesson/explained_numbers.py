"""What each number of the player means: its formula, the line of code, its place on *Loop*.

The player stands at a position k: after k epochs. A text holds names in braces, for which the
browser fills in the numbers of the position:

- {k} and {before}: k and k - 1;
- {weight}, {bias}, {weightGrad}, {biasGrad}, {trainLoss}, {testLoss}: of the model after k epochs;
- {weightBefore}, {biasBefore}, {weightGradBefore}, {biasGradBefore}: one epoch earlier.

It knows nothing about pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from linreg.core.experiment import Experiment
from linreg.core.training import Run
from linreg.formatting import as_given, counted, decimals, measured, number_text
from linreg.lesson.cell_outputs import Judged
from linreg.lesson_code.data_code import SEED_OF_MODEL, name_sets
from linreg.lesson_code.training_code import write_loop
from linreg.settings.choices import Loss, Optimizer, Schedule
from linreg.walkthrough.walk import Moment

FEW = 10  # a weight with four decimals, times a smaller x, has nearly four right decimals


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """How one number comes about at a position.

    formula: in words. values: the same with numbers; "" where there is nothing to fill in.
    code: the line of the lesson's code that computes the number; "" if none does.
    moment: the line on the Loop page, in the epoch k - back and the given batch of it; "" if that
        page does not show the number.
    """

    formula: str
    values: str = ""
    code: str = ""
    moment: str = ""
    back: int = 0
    batch: int = 0


class Explained(NamedTuple):
    """The explanations of a number: before the first epoch, in between, and after the last one."""

    start: Explanation
    between: Explanation
    end: Explanation


def explained_numbers(experiment: Experiment) -> Mapping[str, Explained]:
    """Return the explanations of the player's numbers, by the names that they have there."""
    lines = [line.strip() for line in write_loop(experiment).splitlines()]

    def code(start: str) -> str:
        return next((line for line in lines if line.startswith(start)), "")

    return {
        "epoch": _epoch(experiment, code("for epoch in")),
        "weight": _parameter(experiment, "weight", code("optimizer.step")),
        "bias": _parameter(experiment, "bias", code("optimizer.step")),
        "gradient of weight": _gradient(experiment, "weight", code("loss.backward")),
        "gradient of bias": _gradient(experiment, "bias", code("loss.backward")),
        "training loss": _training_loss(experiment, code("loss = ")),
        "test loss": _test_loss(experiment, code("test_loss = ")),
    }


def explained_results(run: Run, seen: Judged) -> str:
    """Return as Markdown how the numbers of the tables of results come about; seen: of `run`."""
    experiment, history = run.experiment, run.history
    weight, bias = history.weight[-1], history.bias[-1]
    learned, intercept = decimals(weight), _in_a_sum(decimals(bias))
    steps = counted(experiment.n_steps, "step")
    lines = [f"- **learned**: what {steps} made of the random start values: `optimizer.step()`."]
    if experiment.points is None:
        true = _in_a_sum(decimals(experiment.weight))
        apart = decimals(weight - experiment.weight, "+z.4f")
        lines.append(f"- **learned - true**: of the weight, {learned} - {true} = {apart}.")
    code = f"y_preds = model(X_{name_sets(experiment)[-1]})"
    x = _in_a_sum(measured(seen.x[0]))
    factor = learned if abs(seen.x[0]) < FEW else as_given(weight)
    value = f"{factor} · {x} + {intercept} ≈ {decimals(seen.after[0])}"
    lines += [
        f"- A prediction is weight · x + bias: `{code}`. First row, learned: {value}.",
        "- Press a number below the charts to see how it is computed in any epoch.",
    ]
    return "\n".join(lines)


def _in_a_sum(text: str) -> str:
    return f"({text})" if text.startswith("-") else text


def _epoch(experiment: Experiment, code: str) -> Explained:
    done = "Runs of the loop: {k}. Python counts from 0, so the last one is epoch {before}."
    return Explained(
        start=Explanation(
            formula="The loop has not run yet: the model has its random start values.",
            code=code,
            moment=Moment.FORWARD,
        ),
        between=Explanation(formula=done, code=code, moment=Moment.FORWARD),
        end=Explanation(formula=done, code=code, **_last_step(experiment)),
    )


def _parameter(experiment: Experiment, name: str, code: str) -> Explained:
    start = Explanation(
        formula=f"The random start value that the seed {experiment.seed} gives.",
        code=SEED_OF_MODEL,
        moment=Moment.FORWARD,
    )
    later = Explanation(
        formula=_update(experiment, name),
        values=_update_values(experiment, name),
        code=code,
        **_last_step(experiment),
    )
    return Explained(start, later, later)


def _last_step(experiment: Experiment) -> Mapping[str, Any]:
    """Return where on the Loop page the last step of the epoch before stands."""
    return {"moment": Moment.STEP, "back": 1, "batch": experiment.n_batches - 1}


def _update(experiment: Experiment, name: str) -> str:
    """Return in words how a step moves a parameter."""
    old = f"{name} before the step"
    rule = {
        Optimizer.SGD: f"{old} - lr · gradient of {name}",
        Optimizer.MOMENTUM: f"{old} - lr · buffer, where buffer ← 0.9 · buffer + gradient",
        Optimizer.ADAM: f"{old} - lr · mean of the last gradients / root of the mean of their "
        "squares, where newer gradients count more",
    }[experiment.optimizer]
    if experiment.schedule is not Schedule.CONSTANT:
        rule += "; the schedule sets the lr of each epoch"
    if experiment.n_batches == 1:
        return f"{rule}."
    steps = f"{experiment.n_batches} steps moved it, one for each batch"
    return f"In epoch {{before}} {steps}. Each step: {rule}."


def _update_values(experiment: Experiment, name: str) -> str:
    plain = experiment.optimizer is Optimizer.SGD and experiment.schedule is Schedule.CONSTANT
    if plain and experiment.n_batches == 1:
        lr = number_text(experiment.lr)
        return f"{{{name}Before}} - {lr} · {{{name}GradBefore}} = {{{name}}}"
    return f"{{{name}Before}} → {{{name}}}"


_LOSSES = {
    Loss.L1: "|y_pred - y|",
    Loss.MSE: "(y_pred - y)²",
    Loss.HUBER: "½ (y_pred - y)² where |y_pred - y| is at most 1, else |y_pred - y| - ½",
}
_SLOPES = {
    Loss.L1: "the sign of y_pred - y (1, 0 or -1)",
    Loss.MSE: "2 (y_pred - y)",
    Loss.HUBER: "y_pred - y, cut off at -1 and 1",
}


def _of_rows(what: str) -> str:
    return f"y_pred = {{weight}} · x + {{bias}} in each row; the mean is {{{what}}}"


def _everywhere(one: Explanation) -> Explained:
    return Explained(one, one, one)


def _gradient(experiment: Experiment, name: str, code: str) -> Explained:
    times_x = ", times x" if name == "weight" else ""
    if experiment.loss is Loss.L1:
        times_x += ". Float32 rounds each part of the mean, so a rest of about 1e-8 is 0"
    formula = (
        f"The slope of the training loss where only the {name} changes: the mean over "
        f"{counted(experiment.n_train, 'training row')} of {_SLOPES[experiment.loss]}{times_x}."
    )
    values = _of_rows(f"{name}Grad")
    if experiment.n_batches > 1:
        own = f"{formula} The loop itself computes it for one batch at a time."
        return _everywhere(Explanation(formula=own, values=values))
    used = Explanation(formula=formula, values=values, code=code, moment=Moment.BACKWARD)
    unused = f"{formula} The loop has ended, so no step uses it."
    return Explained(used, used, Explanation(formula=unused, values=values))


def _training_loss(experiment: Experiment, code: str) -> Explained:
    rows = counted(experiment.n_train, "training row")
    formula = f"The mean over {rows} of {_LOSSES[experiment.loss]}"
    values = _of_rows("trainLoss")
    if experiment.n_batches > 1:
        own = (
            f"{formula}, for the model shown. The loss curve and the log have the mean over an "
            "epoch's rows instead, each before its batch's step."
        )
        return _everywhere(Explanation(formula=own, values=values))
    used = Explanation(
        formula=f"{formula}, before the step of epoch {{k}}.",
        values=values,
        code=code,
        moment=Moment.LOSS,
    )
    after = f"{formula}, after the last step. The loop has ended and does not compute it."
    return Explained(used, used, Explanation(formula=after, values=values))


def _test_loss(experiment: Experiment, code: str) -> Explained:
    if not experiment.n_test:
        return _everywhere(Explanation(formula="There is no test set, so there is no test loss."))
    rows = counted(experiment.n_test, "test row")
    formula = f"The mean over {rows} of {_LOSSES[experiment.loss]}"
    values = _of_rows("testLoss")
    step = "step" if experiment.n_batches == 1 else "last step"
    later = Explanation(
        formula=f"{formula}, after the {step} of epoch {{before}}.",
        values=values,
        code=code,
        moment=Moment.TEST,
        back=1,
    )
    before = f"{formula}, before training. The loop does not compute it."
    return Explained(Explanation(formula=before, values=values), later, later)
