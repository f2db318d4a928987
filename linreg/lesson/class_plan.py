"""The plan of a class of 45 minutes. Each step has a title, a sentence and what to look for."""

from dataclasses import dataclass

from linreg.core.experiment import Experiment
from linreg.mistakes.puzzles import mystery, mystery_token
from linreg.settings.choices import Loss, Model, Optimizer, Schedule

LOG = (("scale", "log"),)
CONNECTING = 5  # minutes at the start, until every device shows the app
MYSTERY = 1  # its code trains, so there are curves to guess from


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One step of the class.

    says: a sentence or two about the run. look_for: what to see and what to ask the class.
    answer: what the run shows, for the teacher alone.
    minutes: how long it takes. page: the path of its page; empty for the Playground.
    view: names and values of more parameters of its link, such as the log axis.
    """

    title: str
    says: str
    look_for: str
    answer: str
    minutes: int
    experiment: Experiment
    page: str = ""
    view: tuple[tuple[str, str], ...] = ()


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        title="The model never sees the true line",
        says="The data come from weight 0.7 and bias 0.3. The model starts with random numbers.",
        look_for="Play from epoch 0. Which of the two numbers changes faster, and does it go "
        "straight to its true value?",
        answer="The bias: it rises by 0.01 in each of the first epochs, the weight by 0.0039. It "
        "does not go straight: it passes 0.3, reaches 0.3868 after 40 epochs, and comes back.",
        minutes=4,
        experiment=Experiment(),
        view=(("at", "0"), ("before", "true")),
    ),
    Lesson(
        title="The workflow, part by part",
        says="Data, model, training, predictions, saving, device: the code with its output.",
        look_for="Which lines set hyperparameters, and which numbers are parameters?",
        answer="lr, epochs, the seed and the split are hyperparameters: people choose them. Weight "
        "and bias are parameters: training changes them.",
        minutes=5,
        experiment=Experiment(),
        page="lesson",
    ),
    Lesson(
        title="One training step, line by line",
        says="Forward pass, loss, zero_grad, backward, step: what does each of them change?",
        look_for="Before each press of N, ask: will a parameter change now?",
        answer="Only step() changes a parameter. backward() fills the gradients, and zero_grad() "
        "empties them.",
        minutes=5,
        experiment=Experiment(),
        page="loop",
    ),
    Lesson(
        title="884 epochs for nothing",
        says="Model 1 is trained for 1000 epochs.",
        look_for="From which epoch on does nothing improve? Look at the last ten epochs too.",
        answer="From epoch 116 on. The training loss then alternates between 0.00126 and 0.01026.",
        minutes=3,
        experiment=Experiment(model=Model.LINEAR, epochs=1000),
        view=LOG,
    ),
    Lesson(
        title="A smaller rate is not only slower",
        says="Model 0 with a tenth of the learning rate and 2000 epochs.",
        look_for="At the end the loss alternates again. The sum of its two values is also a tenth. "
        "What could bring it to zero?",
        answer="Smaller and smaller steps: a learning rate that falls during the training.",
        minutes=2,
        experiment=Experiment(lr=0.001, epochs=2000),
        view=LOG,
    ),
    Lesson(
        title="A schedule ends the alternation",
        says="The learning rate falls to zero along a cosine.",
        look_for="Why does the loss swing less and less?",
        answer="Each step is as long as the learning rate allows, and that falls to zero. The last "
        "training loss is 0.000009.",
        minutes=2,
        experiment=Experiment(lr=0.02, epochs=500, schedule=Schedule.COSINE),
        view=LOG,
    ),
    Lesson(
        title="A larger rate",
        says="The squared error, with a learning rate of 0.87.",
        look_for="Before you open it, ask: will the loss fall slowly, alternate, or grow? Then "
        "find the largest rate that works.",
        answer="It grows, to 10^14 after 1000 epochs. The limit for these rows is 0.8625; the page "
        "shows it below the slider.",
        minutes=3,
        experiment=Experiment(loss=Loss.MSE, lr=0.87, epochs=1000),
    ),
    Lesson(
        title="What learning rate should I use?",
        says="72 learning rates at once, and a validation set to choose one of them.",
        look_for="Which rates are too slow, good, too fast? Why do we not choose on the test set?",
        answer="The chart names the three regions. A rate that was chosen on the test set fits "
        "these rows by luck too, so their loss would be too small to judge it.",
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
        answer="The step adds up old gradients. It goes on until new ones outweigh them: the bias "
        "reaches 0.588 after 6 epochs.",
        minutes=2,
        experiment=Experiment(optimizer=Optimizer.MOMENTUM, loss=Loss.MSE, lr=0.1),
        view=(("at", "0"),),
    ),
    Lesson(
        title="Extrapolation is not overfitting",
        says="The rows are shuffled before they are split, and a little noise moves each y.",
        look_for="Compare the gap between the two curves with the gap in the first run.",
        answer="The gap is gone: 0.0492 and 0.0489; in the first run 0.0248 and 0.0569. There, all "
        "test rows lay outside the training rows; now most lie between them.",
        minutes=2,
        experiment=Experiment(shuffle=True, noise=0.05),
    ),
    Lesson(
        title="A mystery bug",
        says="Something is wrong in the code, and often PyTorch gives no error and no warning.",
        look_for="Everybody guesses from the curves before anybody sees the code. Then press "
        "Next mystery.",
        answer="The page shows it after the guess, with the line of code.",
        minutes=4,
        experiment=Experiment(),
        page="bug_hunt",
        view=(("mystery", mystery_token(mystery(MYSTERY), MYSTERY)),),
    ),
    Lesson(
        title="Your turn",
        says="Twelve challenges: predict, run, compare.",
        look_for="Who meets the most goals? The page of results can be printed.",
        answer="Each challenge shows it when its goal is met.",
        minutes=4,
        experiment=Experiment(),
        page="challenges",
    ),
)

MINUTES = CONNECTING + sum(lesson.minutes for lesson in LESSONS)  # of the whole class
