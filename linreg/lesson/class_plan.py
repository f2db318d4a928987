"""A class of 45 minutes in lessons: a title, a sentence, and what to look for. Content as data."""

from dataclasses import dataclass

from linreg.core.experiment import Experiment
from linreg.settings.choices import Loss, Model, Optimizer, Schedule

LOG = (("scale", "log"),)


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One step of the class.

    says: one sentence that sets the scene. look_for: what to see, and to ask the class.
    minutes: how long it takes. page: the path of its page; empty for the Playground.
    view: further parameters of its link, name and text, such as the log axis.
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
        title="A line that nobody tells the model",
        says="Weight 0.7 and bias 0.3 make the data; the model starts with random numbers.",
        look_for="Play from epoch 0. Which of the two numbers moves first, and does it walk "
        "straight to the truth? (The bias passes 0.3 and comes back.)",
        minutes=5,
        experiment=Experiment(),
        view=(("at", "0"), ("before", "true")),
    ),
    Lesson(
        title="The workflow, part by part",
        says="Data, model, training, predictions, saving, device: code and output side by side.",
        look_for="Which lines set hyperparameters, and which numbers are parameters?",
        minutes=6,
        experiment=Experiment(),
        page="lesson",
    ),
    Lesson(
        title="One step under the microscope",
        says="Forward, loss, zero_grad, backward, step: what does each of them touch?",
        look_for="Ask before each press of N: will a parameter change now? Only step() moves one.",
        minutes=6,
        experiment=Experiment(),
        page="loop",
    ),
    Lesson(
        title="884 epochs for nothing",
        says="Model 1 is trained for 1000 epochs.",
        look_for="Since when does nothing improve? In the last ten epochs: two values in turn.",
        minutes=4,
        experiment=Experiment(model=Model.LINEAR, epochs=1000),
        view=LOG,
    ),
    Lesson(
        title="A smaller rate is not only slower",
        says="The same run with a tenth of the learning rate.",
        look_for="Compare the height of the band: it is a tenth too. What would end it?",
        minutes=3,
        experiment=Experiment(lr=0.001, epochs=2000),
        view=LOG,
    ),
    Lesson(
        title="A schedule ends the rattling",
        says="The rate goes down to zero along a cosine.",
        look_for="The loss goes on falling where it used to rattle.",
        minutes=2,
        experiment=Experiment(lr=0.02, epochs=500, schedule=Schedule.COSINE),
        view=LOG,
    ),
    Lesson(
        title="Too fast",
        says="The squared error, with a learning rate just above the limit.",
        look_for="Predict: slower, rattling, or worse? Then find the largest rate that works.",
        minutes=3,
        experiment=Experiment(loss=Loss.MSE, lr=0.87, epochs=1000),
    ),
    Lesson(
        title="What learning rate should I use?",
        says="72 rates at once, with a validation set to choose by.",
        look_for="Where are too slow, good and too fast? Why not choose by the test set?",
        minutes=4,
        experiment=Experiment(
            train_fraction=0.6, validation_fraction=0.2, noise=0.1, shuffle=True, epochs=200
        ),
        page="tune",
    ),
    Lesson(
        title="Three ways down one valley",
        says="Momentum: gradients that pile up.",
        look_for="The path swings past the minimum. Why does it turn so late?",
        minutes=2,
        experiment=Experiment(optimizer=Optimizer.MOMENTUM, loss=Loss.MSE, lr=0.1),
        view=(("at", "0"),),
    ),
    Lesson(
        title="Extrapolation is not overfitting",
        says="The rows are shuffled before they are split.",
        look_for="Compare the gap between the two curves with that of the first lesson.",
        minutes=2,
        experiment=Experiment(shuffle=True, noise=0.05),
    ),
    Lesson(
        title="A mystery bug",
        says="Something is wrong in the code, and PyTorch says nothing.",
        look_for="Let everybody guess from the curves before anybody looks at the code.",
        minutes=4,
        experiment=Experiment(),
        page="bug_hunt",
    ),
    Lesson(
        title="Your turn",
        says="Twelve challenges: predict, run, compare.",
        look_for="Who gets furthest? The page of results can be printed.",
        minutes=4,
        experiment=Experiment(),
        page="challenges",
    ),
)
