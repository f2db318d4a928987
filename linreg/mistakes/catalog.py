"""The classic mistakes in words, and as changes to the lesson's code."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from linreg.core.experiment import Experiment
from linreg.lesson_code.notebook_cells import Cell, notebook_cells
from linreg.mistakes.faulty_notebook import wrong_cells
from linreg.mistakes.run import healthy
from linreg.settings.choices import Mistake

LESSON = Experiment()


@dataclass(frozen=True, kw_only=True)
class Bug:
    """A mistake for people who look for it.

    symptom: what is seen. explanation: why. fix: what to do. hints: from vague to nearly told.
    """

    mistake: Mistake
    title: str
    symptom: str
    explanation: str
    fix: str
    hints: tuple[str, ...]

    @property
    def code_before(self) -> str:
        """The lines of the lesson's code that the mistake changes or leaves out, if any."""
        return _lines(self.mistake, "-")

    @property
    def code_after(self) -> str:
        """The lines that stand in their place, if any."""
        return _lines(self.mistake, "+")


def diff(bug: Bug, experiment: Experiment = LESSON) -> str:
    """Return what the mistake changes in the notebook of `experiment`, as a unified diff."""
    right, wrong = _code(experiment, Mistake.NONE), _code(experiment, bug.mistake)
    lines = difflib.unified_diff(right, wrong, "right", "wrong", lineterm="")
    return "\n".join(lines)


def _lines(mistake: Mistake, sign: str) -> str:
    compared = difflib.ndiff(_code(LESSON, Mistake.NONE), _code(LESSON, mistake))
    return "\n".join(line[2:] for line in compared if line[0] == sign).strip("\n")


def _code(experiment: Experiment, mistake: Mistake) -> list[str]:
    """Return the lines of all cells, with an empty one between two cells."""
    experiment = healthy(experiment)
    cells: tuple[Cell, ...] = notebook_cells(experiment)
    if mistake is not Mistake.NONE:
        cells = wrong_cells(experiment, mistake)
    return "\n\n".join(cell.code for cell in cells).split("\n")


_ALL = (
    Bug(
        mistake=Mistake.NO_ZERO_GRAD,
        title="The gradients are never zeroed",
        symptom="The loss falls at first, then swings up and down and never settles.",
        explanation="backward() adds to .grad; it does not replace what is there. Without "
        "zero_grad() every step goes along the sum of all gradients so far, which still points the "
        "old way when the best line has long been passed.",
        fix="Call optimizer.zero_grad() in every step, before loss.backward().",
        hints=(
            "Compare the size of the gradients with that of the run beside it.",
            "What does backward() do with a gradient that is already there?",
        ),
    ),
    Bug(
        mistake=Mistake.NO_STEP,
        title="The optimizer never steps",
        symptom="The loss is the same number in every epoch, though there are gradients.",
        explanation="backward() only says which way is down. The parameters move in "
        "optimizer.step(), and nobody calls it.",
        fix="Call optimizer.step() after loss.backward().",
        hints=(
            "Which numbers change from epoch to epoch, and which do not?",
            "There are gradients. Which line would use them?",
        ),
    ),
    Bug(
        mistake=Mistake.NO_BACKWARD,
        title="The loss is never sent backward",
        symptom="The loss is the same number in every epoch, and every .grad is None.",
        explanation="No gradient is ever computed, so every .grad stays None. optimizer.step() "
        "passes over a parameter whose .grad is None, without a word.",
        fix="Call loss.backward() between optimizer.zero_grad() and optimizer.step().",
        hints=(
            "Look at the gradients, not only at the parameters.",
            "Which line fills .grad?",
        ),
    ),
    Bug(
        mistake=Mistake.STEP_FIRST,
        title="The step comes before the gradients",
        symptom="The loss is the same number in every epoch, though there are gradients.",
        explanation="When step() is called, zero_grad() has just set every .grad to None, and "
        "step() passes over such parameters. The next zero_grad() throws away the gradients that "
        "backward() then fills in.",
        fix="Keep the order: zero_grad(), backward(), step().",
        hints=(
            "All five lines are there. Is that enough?",
            "What is .grad at the moment when step() is called?",
        ),
    ),
    Bug(
        mistake=Mistake.OTHER_PARAMETERS,
        title="The optimizer holds another model's parameters",
        symptom="The loss is the same number in every epoch, while the gradients grow and grow.",
        explanation="The model was made anew after the optimizer, which still holds the first "
        "one's parameters. Its step() and its zero_grad() do not reach the new model, so nothing "
        "moves there and the gradients add up.",
        fix="Make the optimizer after the model; run its cell again whenever the model is new.",
        hints=(
            "How do the gradients change from epoch to epoch?",
            "Which parameters does the optimizer know, and since when?",
        ),
    ),
    Bug(
        mistake=Mistake.NO_UNSQUEEZE,
        title="y has lost its second dimension",
        symptom="A warning about sizes; the loss falls, but stops far too high, and the line gets "
        "flatter and flatter.",
        explanation="Predictions of shape (rows, 1) and y of shape (rows,) are broadcast to (rows, "
        "rows): every prediction is compared with every y. The line that is best for all these "
        "pairs at once is a flat one.",
        fix="Give y the shape of the predictions: y.unsqueeze(dim=1).",
        hints=(
            "How steep is the learned line?",
            "Print the shapes of y_pred, of y, and of their difference.",
        ),
    ),
    Bug(
        mistake=Mistake.TEST_SET,
        title="Training on the test set",
        symptom="The test loss gets smaller than that of right code.",
        explanation="The model learns from the very rows that should judge it. Its test loss no "
        "longer says how it does on rows that it has never seen.",
        fix="Train on X_train and y_train only; use the test set after the step, to look.",
        hints=(
            "Is the model better on the test rows than on the training rows?",
            "Where do the gradients come from?",
        ),
    ),
    Bug(
        mistake=Mistake.LR_TOO_LARGE,
        title="The learning rate is a thousand times too large",
        symptom="The loss jumps to many times its first value, and may grow until it overflows.",
        explanation="A step goes lr times as far as the gradient says. With such a rate it leaps "
        "over the best line and lands farther away on the other side.",
        fix="Divide the learning rate by ten until the loss falls.",
        hints=(
            "How far do the parameters move in one step?",
            "Compare that with the range of y. Which number in the code decides it?",
        ),
    ),
    Bug(
        mistake=Mistake.LR_TOO_SMALL,
        title="The learning rate has two zeros too many",
        symptom="The loss falls in every epoch, but so little that the curve looks flat.",
        explanation="Every step goes the right way, but a hundredth as far as it could. The code "
        "is right; one number in it is not.",
        fix="Multiply the learning rate by ten until the loss falls visibly.",
        hints=(
            "Is the curve really flat? Read its first and last value.",
            "The direction is right. What decides how far a step goes?",
        ),
    ),
    Bug(
        mistake=Mistake.TWO_DEVICES,
        title="Model and data are on two devices",
        symptom="The forward pass raises a RuntimeError about devices; nothing is trained.",
        explanation="An operation needs its tensors on one device, and PyTorch does not move them "
        "there by itself. The model was moved, the data were not.",
        fix="Move every tensor too: X_train.to(device), y_train.to(device) and so on.",
        hints=(
            "Read the last line of the error: which two places does it name?",
            "model.to(device) moves the model. What moves the data?",
        ),
    ),
    Bug(
        mistake=Mistake.OTHER_CLASS,
        title="The state_dict is of another class",
        symptom="Training goes well, then load_state_dict raises a RuntimeError about keys.",
        explanation="The keys of a state_dict are the names of the class's attributes, and the two "
        "classes of the lesson have different ones. load_state_dict compares them and refuses.",
        fix="Load it into an instance of the class that it was saved from.",
        hints=(
            "Training is not the problem. What comes after it?",
            "Which keys were expected, and which were found?",
        ),
    ),
    Bug(
        mistake=Mistake.OTHER_CLASS_LOOSE,
        title="strict=False hides that nothing was loaded",
        symptom="No error at all, but the loaded model predicts as if it had never been trained.",
        explanation="With strict=False load_state_dict leaves out the keys that do not fit, here "
        "all of them, and returns their names. Who does not read these keeps a model with random "
        "values.",
        fix="Leave strict at True, and load into the class that the file was saved from.",
        hints=(
            "Training is not the problem. Which model makes the predictions?",
            "load_state_dict returns something. Read it.",
        ),
    ),
    Bug(
        mistake=Mistake.RUN_TWICE,
        title="The training cell was run twice",
        symptom="The loss of epoch 0 is where another run ends, and in the end the parameters are "
        "those of twice as many epochs.",
        explanation="The cell makes new lists of losses, but neither a new model nor a new "
        "optimizer: the second time it goes on from where the first one stopped.",
        fix="Run the cells that make model and optimizer again before the training cell.",
        hints=(
            "Look at epoch 0, not at the end.",
            "With which parameters does this list of losses begin?",
        ),
    ),
    Bug(
        mistake=Mistake.GRAPH_KEPT,
        title="Every test loss keeps its graph",
        symptom="The curves are right, but memory grows with every epoch, and plotting the list "
        "fails.",
        explanation="Outside inference_mode() autograd records how each test loss came about. The "
        "list keeps the losses as tensors, and with them the graphs of all epochs.",
        fix="Evaluate under torch.inference_mode(), and append test_loss.item(), a plain number.",
        hints=(
            "The numbers are right. What else is in the list?",
            "Ask a loss in the list for its grad_fn.",
        ),
    ),
    Bug(
        mistake=Mistake.NO_GRAD,
        title="Training under no_grad()",
        symptom="backward() raises a RuntimeError in the first step; nothing is trained.",
        explanation="Under no_grad() nothing is recorded, so the loss does not know how it came "
        "about. backward() has no graph to go back along.",
        fix="Keep no_grad() and inference_mode() for evaluation; train outside them.",
        hints=(
            "Which of the five lines raises the error?",
            "The loss has no grad_fn. Who could have kept it from getting one?",
        ),
    ),
)

BUGS: Mapping[Mistake, Bug] = MappingProxyType({bug.mistake: bug for bug in _ALL})
