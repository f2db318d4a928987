"""Challenges: a goal that a run meets or not, a prediction asked first, hints, and what it taught.

Content as data; each check is a pure function of the run. Knows nothing of how they are shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from linreg.analysis.closed_form import least_absolute_deviations, least_squares
from linreg.analysis.theory import alternation, overflow_epoch
from linreg.core.data import rows_outside, split_data
from linreg.core.experiment import SETTINGS, Experiment
from linreg.core.training import Run
from linreg.formatting import number
from linreg.settings.choices import Loss, Model, Optimizer
from linreg.sharing.pins import differing


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether a run meets a challenge, and a sentence with the numbers that decided."""

    met: bool
    says: str


Check = Callable[[Run], Verdict]


@dataclass(frozen=True, kw_only=True)
class Challenge:
    """One challenge.

    key: its short name in addresses. start: the settings it begins with.
    free: the settings that may be changed; all others must stay as in `start`.
    question, options, answer: what is to be predicted first, and which option is right.
    check: whether a run meets the goal, given that only free settings were changed.
    learned: what it teaches; shown once it is met.
    """

    key: str
    title: str
    goal: str
    start: Experiment
    free: tuple[str, ...]
    question: str
    options: tuple[str, ...]
    answer: int
    hints: tuple[str, ...]
    check: Check
    learned: str


def judge(challenge: Challenge, run: Run) -> Verdict:
    """Return whether `run` meets `challenge`."""
    changed = differing([challenge.start, run.experiment])
    others = [SETTINGS[name].label for name in changed if name not in challenge.free]
    if others:
        return Verdict(met=False, says=f"Not to be changed here: {', '.join(others)}.")
    return challenge.check(run)


def write_done(keys: Sequence[str]) -> str:
    """Return challenges that are done as one parameter of an address."""
    return "-".join(challenge.key for challenge in CHALLENGES if challenge.key in keys)


def read_done(text: str) -> tuple[str, ...]:
    """Return the keys that an address holds, in order; what is no key is left out."""
    said = set(text.split("-"))
    return tuple(challenge.key for challenge in CHALLENGES if challenge.key in said)


def _mse_limit(run: Run) -> Verdict:
    lr, history = run.experiment.lr, run.history
    if overflow_epoch(history) is not None or history.train_loss[-1] > history.train_loss[0]:
        return Verdict(met=False, says=f"lr {lr:g} diverges.")
    return Verdict(
        met=lr >= 0.86, says=f"lr {lr:g} does not diverge; the largest that does not is wanted."
    )


def _fine(run: Run) -> Verdict:
    worst = float(run.history.train_loss[-2:].max())
    return Verdict(met=worst < 1e-4, says=f"The last two training losses reach {number(worst)}.")


def _idle_epochs(run: Run) -> Verdict:
    epochs, cycle = run.experiment.epochs, alternation(run.history)
    if cycle is None:
        return Verdict(met=False, says=f"After {epochs} epochs the run has not ended its learning.")
    return Verdict(
        met=epochs <= 120,
        says=f"Nothing was learned after epoch {cycle.first_epoch}, yet it ran for {epochs}.",
    )


def _test_below_train(run: Run) -> Verdict:
    train, test = float(run.history.train_loss[-1]), float(run.history.test_loss[-1])
    return Verdict(
        met=run.experiment.n_test >= 5 and test < train,
        says=f"The last losses are {number(train)} on {run.experiment.n_train} training rows and "
        f"{number(test)} on {run.experiment.n_test} test rows; 5 or more test rows count.",
    )


def _learned_within(most_epochs: int) -> Check:
    """Return the check that both parameters are learned to within 0.01 in so many epochs."""

    def check(run: Run) -> Verdict:
        weight, bias = _errors(run)
        epochs = run.experiment.epochs
        return Verdict(
            met=max(weight, bias) < 0.01 and epochs <= most_epochs,
            says=f"After {epochs} epochs ({run.experiment.n_steps} steps) the weight is off by "
            f"{number(weight)} and the bias by {number(bias)}.",
        )

    return check


def _overshoot(run: Run) -> Verdict:
    beyond = float(run.history.bias.max()) - run.experiment.bias
    return Verdict(
        met=run.experiment.optimizer is Optimizer.MOMENTUM
        and beyond > 0.2
        and max(_errors(run)) < 0.05,
        says=f"With {run.experiment.optimizer} the bias went {number(beyond)} beyond the truth and "
        f"ended {number(_errors(run)[1])} from it, the weight {number(_errors(run)[0])}.",
    )


def _narrow_band(run: Run) -> Verdict:
    cycle = alternation(run.history)
    if cycle is None:
        return Verdict(met=False, says="The run does not end in a two-cycle within its epochs.")
    total = sum(cycle.train)
    return Verdict(
        met=total < 0.003, says=f"The two training losses of the cycle add up to {total:.6f}."
    )


def _no_extrapolation(run: Run) -> Verdict:
    n_test, outside = run.experiment.n_test, rows_outside(run.experiment)
    if n_test < 5:
        return Verdict(met=False, says=f"{n_test} test rows are too few: 5 or more.")
    return Verdict(
        met=outside == 0,
        says=f"{outside} of {n_test} test rows lie outside the range of the training rows.",
    )


def _outlier(run: Run) -> Verdict:
    if run.experiment.points is None:
        return Verdict(met=False, says="There is no outlier yet: the data are the line.")
    data = split_data(run.experiment)
    x, y = (rows.double().numpy().ravel() for rows in (data.X_train, data.y_train))
    robust, squares = least_absolute_deviations(x, y)[0], least_squares(x, y)[0]
    learned = float(run.history.weight[-1])
    return Verdict(
        met=abs(robust - squares) > 0.2 and abs(learned - robust) < 0.05,
        says=f"The exact MSE line has the weight {number(squares)}, the exact L1 line "
        f"{number(robust)}; learned: {number(learned)}.",
    )


def _reproduce(run: Run) -> Verdict:
    weight, bias = float(run.history.weight[-1]), float(run.history.bias[-1])
    return Verdict(
        met=f"{weight:.4f} {bias:.4f}" == "0.6990 0.3093" and run.experiment.epochs < 1000,
        says=f"weight {weight:.4f}, bias {bias:.4f} after {run.experiment.epochs} epochs; fewer "
        "than 1000 count.",
    )


def _fooled(run: Run) -> Verdict:
    loss, error = float(run.history.train_loss[-1]), _errors(run)[0]
    return Verdict(
        met=loss < 0.05 and error > 0.3,
        says=f"Training loss {number(loss)}, error of the weight {number(error)}.",
    )


def _errors(run: Run) -> tuple[float, float]:
    """Return how far weight and bias are from the truth; infinite where they are no numbers."""
    experiment, history = run.experiment, run.history
    weight = abs(float(history.weight[-1]) - experiment.weight)
    bias = abs(float(history.bias[-1]) - experiment.bias)
    return (weight, bias) if np.isfinite([weight, bias]).all() else (np.inf, np.inf)


CHALLENGES: tuple[Challenge, ...] = (
    Challenge(
        key="twice",
        title="Where do 0.6990 and 0.3093 come from?",
        goal="Bring back the parameters that the lesson prints after training model 0, in fewer "
        "than 1000 epochs: weight 0.6990, bias 0.3093.",
        start=Experiment(),
        free=("epochs",),
        question="The lesson's code trains for 100 epochs. Are these the parameters after 100?",
        options=("Yes", "No, after fewer", "No, after more"),
        answer=2,
        hints=("A cell that is run twice trains twice.", "Try 200 epochs."),
        check=_reproduce,
        learned="The cell with the loop had been run twice, and the model kept its parameters: "
        "100 + 100 epochs. Make model and optimizer anew before you train again.",
    ),
    Challenge(
        key="idle",
        title="Why did 884 epochs do nothing?",
        goal="Model 1 is trained for 1000 epochs. End in the same two-cycle with 120 or fewer.",
        start=Experiment(model=Model.LINEAR, epochs=1000),
        free=("epochs",),
        question="From which epoch on does this run learn nothing more?",
        options=("About 100", "About 500", "It learns to the end"),
        answer=0,
        hints=(
            "Look at the last ten epochs, or at the log axis.",
            "The chart says since which epoch the loss alternates.",
        ),
        check=_idle_epochs,
        learned="With L1, SGD and a constant rate the run ends going to and fro between two "
        "states. From then on more epochs change nothing.",
    ),
    Challenge(
        key="limit",
        title="As fast as it goes",
        goal="Find the largest learning rate on the slider with which MSE does not diverge.",
        start=Experiment(loss=Loss.MSE, epochs=1000),
        free=("lr",),
        question="What happens just above the limit?",
        options=("It learns a little slower", "The loss grows until it overflows", "It rattles"),
        answer=1,
        hints=("The sidebar shows the limit.", "The limit is 2/λ_max; for these rows 0.8625."),
        check=_mse_limit,
        learned="The squared error is a bowl. A step of more than 2/λ_max lands higher on the "
        "other side than it started, so the error grows with each step.",
    ),
    Challenge(
        key="fine",
        title="Below a ten-thousandth",
        goal="Bring the L1 training loss of the last two epochs below 0.0001, in at most 1000 "
        "epochs.",
        start=Experiment(epochs=1000),
        free=("lr", "schedule"),
        question="Will a smaller constant learning rate do?",
        options=("Yes", "No: too small a rate does not arrive in 1000 epochs"),
        answer=1,
        hints=("The rattling is as large as the learning rate.", "Let the rate shrink: schedule."),
        check=_fine,
        learned="A large rate to get there, a small one to settle: that is what a schedule is for.",
    ),
    Challenge(
        key="band",
        title="A band as narrow as this",
        goal="End in a two-cycle whose two training losses add up to less than 0.003.",
        start=Experiment(epochs=10_000),
        free=("lr", "epochs"),
        question="With lr 0.01 the two add up to 0.0115. What do they add up to with lr 0.02?",
        options=("0.0115", "0.023", "0.046"),
        answer=1,
        hints=("The sum is lr (1 + mean(x)²).", "0.003 / 1.1521 is 0.0026."),
        check=_narrow_band,
        learned="The size of the rattling is proportional to the learning rate: half the rate, "
        "half the band, but twice as many epochs to get there.",
    ),
    Challenge(
        key="below",
        title="Better on the test",
        goal="End with a test loss below the training loss, with at least 5 test rows.",
        start=Experiment(),
        free=("epochs", "shuffle", "model", "seed"),
        question="Can the loss on rows that were never trained on be the lower one?",
        options=("No, never", "Yes"),
        answer=1,
        hints=(
            "The training loss is taken before the last step, the test loss after it.",
            "Model 1 with 1000 epochs alternates; or shuffle, and try some seeds.",
        ),
        check=_test_below_train,
        learned="The two losses are not taken at the same moment, nor on the same rows. A gap "
        "between them, either way, is not by itself overfitting.",
    ),
    Challenge(
        key="inside",
        title="No more extrapolation",
        goal="Choose the split so that no test row lies outside the range of the training rows; "
        "keep at least 5 test rows.",
        start=Experiment(),
        free=("shuffle", "train_fraction", "validation_fraction", "seed"),
        question="Where are the lesson's test rows?",
        options=("Among the training rows", "All to the right of them", "On both sides"),
        answer=1,
        hints=("Rows are dealt in order of x, unless you shuffle.", "Try other seeds."),
        check=_no_extrapolation,
        learned="A split in order tests extrapolation. A shuffled one tests interpolation. Which "
        "one is right depends on what the model is for.",
    ),
    Challenge(
        key="quick",
        title="Twenty epochs",
        goal="Learn weight and bias to within 0.01 in 20 epochs or fewer, with the full batch.",
        start=Experiment(epochs=20),
        free=("lr", "epochs", "loss", "optimizer", "schedule"),
        question="Will plain SGD do it?",
        options=("Yes, with the right rate", "No: another optimizer is needed"),
        answer=1,
        hints=("Tune lays the optimizers' paths side by side.", "Adam, MSE, a rate below 1."),
        check=_learned_within(20),
        learned="Adam scales each parameter's step by itself, and momentum keeps its speed along "
        "the valley; plain SGD crawls there.",
    ),
    Challenge(
        key="passes",
        title="Five passes",
        goal="Learn weight and bias to within 0.01 in 5 epochs or fewer, with plain SGD.",
        start=Experiment(epochs=5),
        free=("lr", "epochs", "loss", "batch_size"),
        question="How can there be more steps without more epochs?",
        options=("Smaller batches", "A larger learning rate", "More rows"),
        answer=0,
        hints=("A batch of 2 rows makes 20 steps an epoch.", "MSE, and a rate below 1."),
        check=_learned_within(5),
        learned="A step for each small batch: many more steps from the same pass over the data. "
        "Without noise in the data they all point to the same line.",
    ),
    Challenge(
        key="swing",
        title="Too much momentum",
        goal="Let the bias pass the truth by more than 0.2 and still end with both parameters "
        "within 0.05.",
        start=Experiment(),
        free=("lr", "epochs", "optimizer"),
        question="Why would momentum pass the minimum?",
        options=(
            "Its buffer still holds the old gradients",
            "Its learning rate grows",
            "It does not use the gradient",
        ),
        answer=0,
        hints=("Choose momentum first.", "Watch the bias in the player's numbers."),
        check=_overshoot,
        learned="Momentum adds up gradients: when the slope turns, the buffer still points the old "
        "way for a while.",
    ),
    Challenge(
        key="outlier",
        title="One bad row",
        goal="Put an outlier into the data (Tune, own data), so that the exact MSE and L1 lines "
        "differ by more than 0.2 in the weight; then learn the L1 line to within 0.05.",
        start=Experiment(),
        free=("points", "lr", "epochs", "schedule", "optimizer", "loss", "train_fraction"),
        question="Which loss cares more for one row that is far off?",
        options=("L1", "MSE", "Both alike"),
        answer=1,
        hints=("Press *L1 against MSE with an outlier* on Tune.", "L1, and 1000 epochs."),
        check=_outlier,
        learned="MSE squares the residual, so one far row pulls like many. To L1 it is one row, "
        "however far off.",
    ),
    Challenge(
        key="fooled",
        title="A good loss and a wrong line",
        goal="End with a training loss below 0.05 and a weight that is wrong by more than 0.3.",
        start=Experiment(noise=0.1, epochs=1000),
        free=("noise", "train_fraction", "seed", "lr", "loss", "stop", "step"),
        question="Can a low training loss go with a wrong weight?",
        options=("No", "Yes, with few and noisy rows"),
        answer=1,
        hints=("Train on few rows.", "A training share of 0.05 or 0.1, and some noise."),
        check=_fooled,
        learned="A few noisy rows close together say little about the slope. The test loss shows "
        "it, the training loss does not.",
    ),
)
