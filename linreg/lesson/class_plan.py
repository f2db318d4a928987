"""The plan of a class of 45 minutes. Each step has a title, a sentence and what to look for."""

from dataclasses import dataclass

from linreg.core.experiment import Experiment
from linreg.mistakes.puzzles import mystery, mystery_token
from linreg.settings.choices import Loss, Model, Optimizer, Schedule

LOG = (("scale", "log"),)
MYSTERY = 1  # its code trains, so there are curves to guess from


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One step of the class.

    says: a sentence or two about the run. look_for: what to see and what to ask the class.
    minutes: how long it takes. page: the path of its page; empty for the Playground.
    view: names and values of more parameters of its link, such as the log axis.
    """

    title: str
    says: str
    look_for: str
    minutes: int
    experiment: Experiment
    page: str = ""
    view: tuple[tuple[str, str], ...] = ()


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        title="The model never sees the true line",
        says="The data come from weight 0.7 and bias 0.3. The model starts with random numbers.",
        look_for="Play from epoch 0. Which of the two numbers changes faster, and does it go "
        "straight to its true value? (The bias passes 0.3 and comes back.)",
        minutes=5,
        experiment=Experiment(),
        view=(("at", "0"), ("before", "true")),
    ),
    Lesson(
        title="The workflow, part by part",
        says="Data, model, training, predictions, saving, device: the code with its output.",
        look_for="Which lines set hyperparameters, and which numbers are parameters?",
        minutes=6,
        experiment=Experiment(),
        page="lesson",
    ),
    Lesson(
        title="One training step, line by line",
        says="Forward pass, loss, zero_grad, backward, step: what does each of them change?",
        look_for="Before each press of N, ask: will a parameter change now? Only step() does that.",
        minutes=6,
        experiment=Experiment(),
        page="loop",
    ),
    Lesson(
        title="884 epochs for nothing",
        says="Model 1 is trained for 1000 epochs.",
        look_for="From which epoch on does nothing improve? (The last ten epochs alternate between "
        "two values.)",
        minutes=4,
        experiment=Experiment(model=Model.LINEAR, epochs=1000),
        view=LOG,
    ),
    Lesson(
        title="A smaller rate is not only slower",
        says="Model 0 with a tenth of the learning rate and 2000 epochs.",
        look_for="At the end the loss alternates again. The sum of its two values is also a tenth. "
        "What could bring it to zero?",
        minutes=3,
        experiment=Experiment(lr=0.001, epochs=2000),
        view=LOG,
    ),
    Lesson(
        title="A schedule ends the alternation",
        says="The learning rate falls to zero along a cosine.",
        look_for="The loss swings less and less; at the end it is near zero.",
        minutes=2,
        experiment=Experiment(lr=0.02, epochs=500, schedule=Schedule.COSINE),
        view=LOG,
    ),
    Lesson(
        title="A larger rate",
        says="The squared error, with a learning rate of 0.87.",
        look_for="Before you open it, ask: will the loss fall slowly, alternate, or grow? (It "
        "grows.) Then find the largest rate that works.",
        minutes=3,
        experiment=Experiment(loss=Loss.MSE, lr=0.87, epochs=1000),
    ),
    Lesson(
        title="What learning rate should I use?",
        says="72 learning rates at once, and a validation set to choose one of them.",
        look_for="Which rates are too slow, good, too fast? Why do we not choose on the test set?",
        minutes=4,
        experiment=Experiment(
            train_fraction=0.6, validation_fraction=0.2, noise=0.1, shuffle=True, epochs=200
        ),
        page="tune",
    ),
    Lesson(
        title="Momentum goes past the minimum",
        says="Momentum adds up the gradients of many steps.",
        look_for="The path on the loss surface passes the minimum. Why does it turn back so late?",
        minutes=2,
        experiment=Experiment(optimizer=Optimizer.MOMENTUM, loss=Loss.MSE, lr=0.1),
        view=(("at", "0"),),
    ),
    Lesson(
        title="Extrapolation is not overfitting",
        says="The rows are shuffled before they are split, and a little noise moves each y.",
        look_for="Compare the gap between the two curves with the gap in the first run.",
        minutes=2,
        experiment=Experiment(shuffle=True, noise=0.05),
    ),
    Lesson(
        title="A mystery bug",
        says="Something is wrong in the code, and often PyTorch gives no error and no warning.",
        look_for="Everybody guesses from the curves before anybody sees the code. Then press "
        "Next mystery.",
        minutes=4,
        experiment=Experiment(),
        page="bug_hunt",
        view=(("mystery", mystery_token(mystery(MYSTERY), MYSTERY)),),
    ),
    Lesson(
        title="Your turn",
        says="Twelve challenges: predict, run, compare.",
        look_for="Who meets the most goals? The page of results can be printed.",
        minutes=4,
        experiment=Experiment(),
        page="challenges",
    ),
)
