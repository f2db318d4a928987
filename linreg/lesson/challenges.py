"""Challenges: each has a goal for a run, a question to answer first, hints, and a conclusion.

The content is data; the checks are in `linreg.lesson.challenge_checks`. Knows nothing of pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from linreg.core.experiment import SETTINGS, Experiment
from linreg.core.training import Run
from linreg.lesson import challenge_checks as checks
from linreg.lesson.challenge_checks import Check, HandCheck, Line, Verdict
from linreg.settings.choices import Loss, Model
from linreg.sharing.pins import differing

# Keys of older addresses, which told the answer.
FORMER_KEYS = {"twice": "printed", "idle": "thousand", "swing": "round", "fooled": "slope"}


class Hint(NamedTuple):
    """A hint, and what it asks for: names of settings, and paths of pages."""

    text: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Challenge:
    """One challenge.

    key: its short name in addresses. start: the settings that it begins with.
    free: the settings that may be changed; all others must stay as in `start`.
    question, options, answer: what the student predicts first, and the index of the right option.
    clue: for a second try; "" where there are two options. hints: on the way to the goal.
    check: whether a run meets the goal, given that only free settings were changed.
    learned: what the challenge teaches; it is shown once the goal is met.
    by_hand: where a line is drawn by hand, whether it meets the goal; `check` is for no line yet.
    """

    key: str
    title: str
    goal: str
    start: Experiment
    free: tuple[str, ...]
    question: str
    options: tuple[str, ...]
    answer: int
    hints: tuple[Hint, ...]
    check: Check
    learned: str
    clue: str = ""
    by_hand: HandCheck | None = None


def judge(challenge: Challenge, run: Run, line: Line | None = None) -> Verdict:
    """Return whether `run` meets `challenge`, and a sentence with the numbers that decided it.

    line: the one that was drawn by hand, if any.
    """
    changed = differing([challenge.start, run.experiment])
    others = [SETTINGS[name].label for name in changed if name not in challenge.free]
    if others:
        said = ", ".join(others)
        return False, f"These settings must be as in the challenge's first settings: {said}."
    if challenge.by_hand is not None and line is not None:
        return challenge.by_hand(run, line)
    return challenge.check(run)


def write_done(keys: Sequence[str]) -> str:
    """Return the keys of challenges that are done as one parameter of an address."""
    return "-".join(challenge.key for challenge in CHALLENGES if challenge.key in keys)


def read_done(text: str) -> tuple[str, ...]:
    """Return the keys in an address, in the order of the challenges; unknown ones are left out."""
    said = {FORMER_KEYS.get(key, key) for key in text.split("-")}
    return tuple(challenge.key for challenge in CHALLENGES if challenge.key in said)


CHALLENGES: tuple[Challenge, ...] = (
    Challenge(
        key="printed",
        title="Where do 0.6990 and 0.3093 come from?",
        goal="The notebook that this app follows prints weight 0.6990 and bias 0.3093 after it has "
        "trained model 0. Find a number of epochs, fewer than 1000, that gives these values.",
        start=Experiment(),
        free=("epochs",),
        question="The code of the notebook that prints them trains for 100 epochs. Are these the "
        "parameters after 100 epochs?",
        options=("Yes", "No, after fewer", "No, after more"),
        answer=2,
        clue="The parameters printed are nearer to the true ones than those after 100 epochs.",
        hints=(
            Hint("A cell that is run twice trains twice."),
            Hint("Try 200 epochs.", ("epochs",)),
        ),
        check=checks.reproduce,
        learned="The cell with the loop was run twice, and the model kept its parameters: "
        "100 + 100 epochs. Every even number of epochs from 170 on gives the same values, since "
        "this run then alternates between two states. Create a new model and a new optimizer "
        "before you train again.",
    ),
    Challenge(
        key="thousand",
        title="A thousand epochs",
        goal="Model 1 is trained for 1000 epochs. At the end its loss alternates between two "
        "values: a two-cycle. Reach the same two-cycle in 120 epochs or fewer.",
        start=Experiment(model=Model.LINEAR, epochs=1000),
        free=("epochs",),
        question="From which epoch on does this run learn nothing more?",
        options=("About 100", "About 500", "It learns to the end"),
        answer=0,
        clue="With L1 the gradient depends on the signs of the errors, not on their size. What "
        "happens near the best line?",
        hints=(
            Hint("Look at the last ten epochs, or at the loss on the log scale.", ("shown",)),
            Hint(
                "With the first settings, the chart of the losses names the epoch from which on "
                "the loss alternates."
            ),
        ),
        check=checks.idle_epochs,
        learned="On these data, a run with L1, SGD, the full batch and a constant learning rate "
        "ends by alternating between two states. From then on, more epochs bring nothing new.",
    ),
    Challenge(
        key="limit",
        title="As fast as it goes",
        goal="Find the largest learning rate on the slider with which MSE does not diverge.",
        start=Experiment(loss=Loss.MSE, epochs=1000),
        free=("lr",),
        question="What happens just above the limit of the learning rate?",
        options=(
            "It learns a little slower",
            "The loss grows more and more",
            "The loss alternates between two values",
        ),
        answer=1,
        clue="With the squared error the gradient is larger where the loss is larger.",
        hints=(
            Hint(
                "With this challenge's first settings the sidebar shows the limit, after your "
                "guess."
            ),
            Hint(
                "The limit is 2/λₘₐₓ, where λₘₐₓ is the largest curvature of the loss. For these "
                "rows the limit is 0.8625."
            ),
        ),
        check=checks.mse_limit,
        learned="The squared error has the shape of a bowl. With a learning rate above 2/λₘₐₓ, a "
        "step ends higher on the other side than it began. So the error grows with each step.",
    ),
    Challenge(
        key="fine",
        title="Below a ten-thousandth",
        goal="Bring the L1 training loss of the last two epochs below 0.0001 in 1000 epochs.",
        start=Experiment(epochs=1000),
        free=("lr", "schedule"),
        question="Can a smaller constant learning rate bring the loss below 0.0001 in 1000 epochs?",
        options=("Yes", "No: a rate that small needs more than 1000 epochs"),
        answer=1,
        hints=(
            Hint("With a constant rate, a run that has arrived has about that rate as its loss."),
            Hint("Choose a schedule that lowers the learning rate.", ("schedule",)),
        ),
        check=checks.fine,
        learned="A large learning rate comes close to the minimum in few epochs. A small one "
        "makes the final loss small. A schedule begins with the first and ends with the second.",
    ),
    Challenge(
        key="band",
        title="A narrow band",
        goal="Let the run end in a two-cycle: its loss alternates between two values. The two "
        "training losses must add up to less than 0.003.",
        start=Experiment(epochs=10_000),
        free=("lr", "epochs"),
        question="With lr 0.01 the last two losses add up to 0.0115. What is their sum with lr "
        "0.02?",
        options=("0.0115", "0.023", "0.046"),
        answer=1,
        clue="How far does one step move the line, if the rate is twice as large?",
        hints=(
            Hint("The sum is lr (1 + mean(x)²)."),
            Hint("Here that is 1.1521 lr, and 0.003 / 1.1521 is 0.0026.", ("lr",)),
        ),
        check=checks.narrow_band,
        learned="The sum of the two losses is proportional to the learning rate. Half the rate "
        "gives half the sum, but the run needs about twice as many epochs to reach the two-cycle.",
    ),
    Challenge(
        key="below",
        title="Better on the test set",
        goal="End with a test loss below the training loss, with at least 5 test rows.",
        start=Experiment(),
        free=("epochs", "shuffle", "model", "seed"),
        question="Why can the test loss be the lower one?",
        options=(
            "It is taken later, and on other rows",
            "The model has learned from the test rows",
            "The test set has fewer rows",
        ),
        answer=0,
        clue="When in an epoch is each of the two losses taken?",
        hints=(
            Hint("The training loss is taken before the last step, the test loss after it."),
            Hint(
                "Model 1, linear in the sidebar, alternates between two states after 1000 epochs. "
                "Or shuffle, and try some seeds.",
                ("model", "epochs", "shuffle", "seed"),
            ),
        ),
        check=checks.test_loss_below_train,
        learned="The two losses are not taken at the same moment, nor on the same rows. A gap "
        "between them alone does not show overfitting.",
    ),
    Challenge(
        key="inside",
        title="Inside the range",
        goal="Choose the split so that no test row is outside the range of the training rows. "
        "Keep at least 5 test rows.",
        start=Experiment(),
        free=("shuffle", "train_fraction", "validation_fraction", "seed"),
        question="Where are the lesson's test rows?",
        options=("Among the training rows", "All to the right of them", "On both sides"),
        answer=1,
        clue="The rows are in the order of x, and the training set takes the first ones.",
        hints=(
            Hint("Without shuffling, the rows are split in the order of x.", ("shuffle",)),
            Hint("Try other seeds.", ("seed",)),
        ),
        check=checks.no_extrapolation,
        learned="A split in order tests extrapolation. A shuffled split mostly tests "
        "interpolation. Which one is right depends on what the model is for.",
    ),
    Challenge(
        key="quick",
        title="Twenty epochs",
        goal="Learn weight and bias to within 0.01 in 20 epochs or fewer, with the full batch.",
        start=Experiment(epochs=20),
        free=("lr", "epochs", "loss", "optimizer", "schedule"),
        question="Can plain SGD, with the full batch and a constant rate, bring weight and bias to "
        "within 0.01 of the true ones in 20 epochs?",
        options=("Yes, with the right rate", "No: it needs another optimizer, or a schedule"),
        answer=1,
        hints=(
            Hint("The Tune page shows the paths of the optimizers.", ("tune",)),
            Hint(
                "Use Adam, MSE, the cosine schedule and a learning rate of 0.4.",
                ("optimizer", "loss", "schedule", "lr"),
            ),
        ),
        check=checks.learned_within(20),
        learned="Adam scales the step of each parameter separately. Momentum adds up the "
        "gradients along the valley of the loss. Plain SGD with a constant rate moves slowly "
        "there, since the slope is small. A schedule can begin with a rate that is too large for "
        "the whole run: MSE, step and 4.4 also reach the goal.",
    ),
    Challenge(
        key="passes",
        title="Five passes",
        goal="Learn weight and bias to within 0.01 in 5 epochs or fewer, with plain SGD.",
        start=Experiment(epochs=5),
        free=("lr", "epochs", "loss", "batch_size"),
        question="How can there be more steps without more epochs, on the same rows?",
        options=("Smaller batches", "A larger learning rate", "Another loss"),
        answer=0,
        clue="How many steps does an epoch have, and what decides that?",
        hints=(
            Hint("A batch of 2 rows makes 20 steps per epoch.", ("batch_size",)),
            Hint("Use MSE and a learning rate from 0.4 to 0.8.", ("loss", "lr")),
        ),
        check=checks.learned_within(5),
        learned="There is one step for each batch, so small batches give many more steps in one "
        "pass over the data. These data have no noise, so one line fits every batch exactly.",
    ),
    Challenge(
        key="round",
        title="A long way round",
        goal="With momentum, let the bias rise more than 0.2 above its true value. At the end, "
        "both parameters must still be within 0.05 of their true values.",
        start=Experiment(),
        free=("lr", "epochs", "optimizer"),
        question="Why can momentum go past the minimum?",
        options=(
            "Its buffer still holds the old gradients",
            "Its learning rate grows",
            "It does not use the gradient",
        ),
        answer=0,
        clue="What does momentum add up from step to step?",
        hints=(
            Hint("Choose momentum first.", ("optimizer",)),
            Hint("Watch the bias in the player's numbers."),
        ),
        check=checks.overshoot,
        learned="Momentum adds up gradients. When the slope changes its sign, the buffer still "
        "points in the old direction for some steps.",
    ),
    Challenge(
        key="outlier",
        title="One bad row",
        goal="Put an outlier into the data (page Tune, your own data). The weights of the exact "
        "MSE line and the exact L1 line must differ by more than 0.2. Then learn the weight of "
        "the L1 line to within 0.05.",
        start=Experiment(),
        free=("points", "lr", "epochs", "schedule", "optimizer", "loss", "train_fraction"),
        question="One row is far from all others. Which loss reacts to it more strongly?",
        options=("L1", "MSE", "Both react the same"),
        answer=1,
        clue="Which of the two squares the distance of a row from the line?",
        hints=(
            Hint("Press *L1 against MSE with an outlier* on Tune.", ("tune",)),
            Hint("Use L1 and 1000 epochs.", ("loss", "epochs")),
        ),
        check=checks.outlier,
        learned="MSE squares the residual, so one row far from the line has the effect of many "
        "rows. With L1, the effect of a row on the line does not grow with its distance.",
    ),
    Challenge(
        key="hand",
        title="Beat gradient descent",
        goal="Fit the line by hand: drag its two ends in the first chart, or its dot on the loss "
        "surface. Its training loss must be below that of gradient descent after 40 epochs.",
        start=Experiment(noise=0.1, epochs=40),
        free=(),
        question="You see all points at once. What does gradient descent use in each step?",
        options=(
            "The loss of the best line",
            "The slope of the loss at its own weight and bias",
            "The losses of all lines",
        ),
        answer=1,
        clue="The five steps of the loop use one line only: the present one.",
        hints=(
            Hint("The five steps of the loop use one line only: the present one."),
            Hint("A good line goes from about 0.28 on the left to about 1.0 on the right."),
        ),
        check=checks.no_line_yet,
        by_hand=checks.beats_descent,
        learned="You see the whole picture. Gradient descent only finds out which way is downhill "
        "from where it stands, and takes a small step. It needs no picture, so it also works "
        "with a million parameters.",
    ),
    Challenge(
        key="slope",
        title="A wrong slope",
        goal="End with a training loss below 0.05 and a weight that is wrong by more than 0.3.",
        start=Experiment(noise=0.1, epochs=1000),
        free=("noise", "train_fraction", "seed", "lr", "loss", "stop", "step"),
        question="On which rows does the best line have a low training loss and a wrong weight?",
        options=("Many, without noise", "Many, with much noise", "Few, with noise"),
        answer=2,
        clue="With which rows can a line be near all of them and still have a wrong slope?",
        hints=(
            Hint("Train on few rows.", ("train_fraction",)),
            Hint("Use a training share of 0.05, and some noise.", ("train_fraction", "noise")),
        ),
        check=checks.fooled,
        learned="A low training loss does not make the weight right. A line can be near a few "
        "noisy rows that lie close together, and have a wrong slope; or a run ends away from its "
        "best line. The loss on other rows, those of the test set, often shows it.",
    ),
)
