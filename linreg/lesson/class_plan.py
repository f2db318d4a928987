"""The plan of a class of 45 minutes: what each step shows, what it asks, and how long it takes.

No answer stands here: `tell` computes it from the step's own run.
"""

from dataclasses import dataclass
from functools import cache

from linreg.core.experiment import Experiment
from linreg.engines.replay import replayed
from linreg.lesson import plan_answers
from linreg.lesson.challenges import CHALLENGES
from linreg.lesson.plan_answers import Answer, Told
from linreg.mistakes.puzzles import mystery, mystery_token
from linreg.settings.choices import Loss, Model, Optimizer, Schedule

PLAN, CURTAIN = "plan", "curtain"  # names in the address: the step's number; the hidden run
HIDDEN: tuple[tuple[str, str], ...] = ((CURTAIN, "true"),)
LOG = (("scale", "log"),)
CONNECTING = 5  # minutes at the start, until every device shows the app
MYSTERY = 1  # its code trains without an error or a warning, so there are curves to guess from


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One step of the class.

    title: a few words that give no answer away. says: a sentence or two about the run.
    question, options: what the class predicts before it sees the run; some steps have no options.
    answer: tells from the step's run which option is right, and why. hint: for a second try.
    minutes: how long it takes. page: the path of its page; empty for the Playground.
    view: names and values of more parameters of its link, such as the log axis.
    """

    title: str
    says: str
    question: str
    options: tuple[str, ...] = ()
    answer: Answer
    hint: str = ""
    minutes: int
    experiment: Experiment
    page: str = ""
    view: tuple[tuple[str, str], ...] = ()


@cache
def tell(lesson: Lesson) -> Told:
    """Return the right option of a step's question and the answer, from the run of its settings."""
    return lesson.answer(replayed(lesson.experiment))


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        title="The model never sees the true line",
        says="The data come from weight 0.7 and bias 0.3. The model starts with random numbers. "
        "Predict, then watch the bias.",
        question="Which way does the bias go to its true value?",
        options=(
            "It rises to 0.3 and stays there",
            "It passes 0.3, then turns and falls",
            "It stays below",
        ),
        answer=plan_answers.way_of_the_bias,
        hint="Both numbers change at once. Does the best bias stay the same when the weight grows?",
        minutes=4,
        experiment=Experiment(),
        view=(("at", "0"), ("before", "true"), *HIDDEN),
    ),
    Lesson(
        title="The workflow, part by part",
        says="Data, model, training, predictions, saving, device: the code with its output.",
        question="Which numbers does training change?",
        options=("Learning rate and epochs", "Weight and bias"),
        answer=plan_answers.learned_numbers,
        minutes=5,
        experiment=Experiment(),
        page="lesson",
    ),
    Lesson(
        title="One training step, line by line",
        says="Forward pass, loss, zero_grad, backward, step: press Next line, and ask before "
        "each press.",
        question="Which line changes a parameter?",
        options=("loss.backward()", "optimizer.step()", "Both"),
        answer=plan_answers.line_that_changes_parameters,
        hint="Go line by line, and compare the two numbers before and after each line.",
        minutes=5,
        experiment=Experiment(),
        page="loop",
    ),
    Lesson(
        title="Model 1 for 1000 epochs",
        says="Model 1 starts with other random numbers, and is trained for 1000 epochs. Predict, "
        "then choose the last ten epochs too (View, last).",
        question="From which epoch on is nothing more learned?",
        options=("From about 100 on", "From about 500 on", "It learns to the end"),
        answer=plan_answers.end_of_learning,
        hint="With L1 the gradient depends on the signs of the errors, not on their size. What "
        "happens near the best line?",
        minutes=3,
        experiment=Experiment(model=Model.LINEAR, epochs=1000),
        view=(*LOG, *HIDDEN),
    ),
    Lesson(
        title="A smaller rate",
        says="The same model from the same start, with a tenth of the learning rate and twice as "
        "many epochs.",
        question="In the step before, the loss ended by alternating between two values with the "
        "sum 0.0115. What is their sum here?",
        options=("A tenth of it", "The same", "Zero"),
        answer=plan_answers.sum_of_the_two_losses,
        hint="How far does one step move the line, if the rate is a tenth?",
        minutes=2,
        experiment=Experiment(model=Model.LINEAR, lr=0.001, epochs=2000),
        view=(*LOG, *HIDDEN),
    ),
    Lesson(
        title="A learning rate that falls",
        says="Model 0, lr 0.02, 500 epochs. The learning rate falls to zero along a cosine.",
        question="Does the loss still swing at the end?",
        options=("As much as with a constant rate", "Hardly at all", "More and more"),
        answer=plan_answers.swing_at_the_end,
        hint="How long are the last steps?",
        minutes=2,
        experiment=Experiment(lr=0.02, epochs=500, schedule=Schedule.COSINE),
        view=(*LOG, *HIDDEN),
    ),
    Lesson(
        title="A larger rate",
        says="The squared error, lr 0.87, 1000 epochs. After the answer, see what the slider's "
        "rates near it do.",
        question="What will the loss do?",
        options=plan_answers.COURSE,
        answer=plan_answers.course_of_the_loss,
        hint="With the squared error the gradient is larger where the loss is larger.",
        minutes=3,
        experiment=Experiment(loss=Loss.MSE, lr=0.87, epochs=1000),
        view=HIDDEN,
    ),
    Lesson(
        title="The choice of a learning rate",
        says="72 learning rates at once, and a validation set to choose one of them.",
        question="The test set would choose a rate too. Why do we not let it?",
        options=(
            "Rows that have chosen the rate cannot judge it any more",
            "It always chooses the same rate as the validation set",
        ),
        answer=plan_answers.choice_of_a_rate,
        minutes=4,
        experiment=Experiment(
            train_fraction=0.6, validation_fraction=0.2, noise=0.1, shuffle=True, epochs=200
        ),
        page="tune",
        view=HIDDEN,
    ),
    Lesson(
        title="Momentum",
        says="Momentum adds up the gradients of many steps. The squared error, lr 0.1. Predict, "
        "then watch the path.",
        question="Which way does the bias go?",
        options=("Straight to its true value", "Beyond it, and back"),
        answer=plan_answers.way_of_momentum,
        minutes=2,
        experiment=Experiment(optimizer=Optimizer.MOMENTUM, loss=Loss.MSE, lr=0.1),
        view=(("at", "0"), *HIDDEN),
    ),
    Lesson(
        title="Shuffled rows",
        says="The settings of the first step, but the rows are shuffled before they are split.",
        question="In the first step the test loss ended at more than twice the training loss. And "
        "now?",
        options=("Still at more than twice", "At less than one and a half times"),
        answer=plan_answers.gap_after_shuffling,
        hint="Where were the test rows in the first step, and where are they now?",
        minutes=2,
        experiment=Experiment(shuffle=True),
        view=HIDDEN,
    ),
    Lesson(
        title="A mystery bug",
        says=f"Something in the program is wrong. In mystery {MYSTERY} PyTorch gives no error and "
        "no warning.",
        question="Everybody guesses from what the page shows. What is wrong? Then press Next "
        "mystery: some come with a warning or an error.",
        answer=lambda run: plan_answers.silent_mistake(run, mystery(MYSTERY)),
        minutes=4,
        experiment=Experiment(),
        page="bug_hunt",
        view=(("mystery", mystery_token(mystery(MYSTERY), MYSTERY)),),
    ),
    Lesson(
        title="Your turn",
        says=f"{len(CHALLENGES)} challenges: predict, run, compare.",
        question="Which goal do you meet first? The page of results can be printed.",
        answer=lambda _run: Told(None, "Each challenge shows it when its goal is met."),
        minutes=4,
        experiment=Experiment(),
        page="challenges",
    ),
)

MINUTES = CONNECTING + sum(lesson.minutes for lesson in LESSONS)  # of the whole class
