"""The classic mistakes: what students read about each, and the change in the lesson's code."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from linreg.core.experiment import Experiment
from linreg.mistakes.faulty_notebook import wrong_cells
from linreg.mistakes.run import healthy
from linreg.settings.choices import Mistake
from linreg.settings.kinds import Pairs

MODEL_0 = Experiment()  # the lesson's first model


@dataclass(frozen=True, kw_only=True)
class Bug:
    """The texts about one mistake.

    symptom: what one sees with the lesson's settings. explanation: why; true for all settings.
    fix: what to do.
    clue: for a second guess of the symptom, by those who have seen the code alone.
    hints: from vague to precise, for those who have seen the symptom alone.
    """

    mistake: Mistake
    title: str
    symptom: str
    explanation: str
    fix: str
    clue: str
    hints: tuple[str, ...]


def diff(bug: Bug, experiment: Experiment = MODEL_0, original: Pairs | None = None) -> str:
    """Return the change that mends the notebook of `experiment`, as a unified diff.

    Lines of the wrong code begin with -, lines of the right code with +.

    Arguments:
        original: as for `notebook_cells`.
    """
    right = _code(experiment, Mistake.NONE, original)
    wrong = _code(experiment, bug.mistake, original)
    lines = difflib.unified_diff(wrong, right, "wrong", "right", lineterm="")
    return "\n".join(lines)


def wrong_code(bug: Bug, experiment: Experiment = MODEL_0, original: Pairs | None = None) -> str:
    """Return the notebook of `experiment` with the mistake in it, without a mark."""
    return "\n".join(_code(experiment, bug.mistake, original))


def _code(experiment: Experiment, mistake: Mistake, original: Pairs | None) -> list[str]:
    """Return the lines of all cells, with an empty line between two cells."""
    cells = wrong_cells(healthy(experiment), mistake, original)
    return "\n\n".join(cell.code for cell in cells).split("\n")


_ALL = (
    Bug(
        mistake=Mistake.NO_ZERO_GRAD,
        title="The gradients are never cleared",
        symptom="The loss falls at first, then swings up and down and never settles.",
        explanation="backward() adds to .grad; it does not replace what is there. Without "
        "zero_grad() every step uses the sum of all gradients so far. That sum still points in the "
        "old direction when the parameters have already passed the best line.",
        fix="Call optimizer.zero_grad() in every step, before loss.backward().",
        clue="backward() adds to .grad. What does .grad hold after many steps?",
        hints=(
            "Compare the size of the gradients with the gradients of the right code.",
            "What does backward() do with a gradient that is already there?",
        ),
    ),
    Bug(
        mistake=Mistake.NO_STEP,
        title="The optimizer never steps",
        symptom="The loss is the same number in every epoch, though there are gradients.",
        explanation="backward() only computes the gradients. optimizer.step() moves the "
        "parameters, and the code never calls it.",
        fix="Call optimizer.step() after loss.backward().",
        clue="Which line changes the parameters?",
        hints=(
            "Which numbers change from epoch to epoch, and which do not?",
            "There are gradients. Which line would use them?",
        ),
    ),
    Bug(
        mistake=Mistake.NO_BACKWARD,
        title="The code never calls backward()",
        symptom="The loss is the same number in every epoch, and every .grad is None.",
        explanation="No gradient is ever computed, so every .grad stays None. optimizer.step() "
        "skips a parameter whose .grad is None, without an error or a warning.",
        fix="Call loss.backward() between optimizer.zero_grad() and optimizer.step().",
        clue="What is .grad, if nothing fills it?",
        hints=(
            "Look at the gradients, not only at the parameters.",
            "Which line fills .grad?",
        ),
    ),
    Bug(
        mistake=Mistake.STEP_FIRST,
        title="The step comes before the gradients",
        symptom="The loss is the same number in every epoch, though there are gradients.",
        explanation="Before step() is called, zero_grad() has set every .grad to None, and "
        "step() skips such parameters. backward() then fills in gradients, which the next "
        "zero_grad() deletes.",
        fix="Keep the order: zero_grad(), backward(), step().",
        clue="What does .grad hold when step() is called?",
        hints=(
            "All five lines are there. Is that enough?",
            "What is .grad when step() is called?",
        ),
    ),
    Bug(
        mistake=Mistake.OTHER_PARAMETERS,
        title="The optimizer holds another model's parameters",
        symptom="The loss is the same number in every epoch, but the gradients keep growing.",
        explanation="A new model was made after the optimizer, which still holds the parameters "
        "of the first model. Its step() and its zero_grad() do not reach the new model, so the new "
        "parameters never move and their gradients add up.",
        fix="Make the optimizer after the model. Run its cell again after each new model.",
        clue="Which model's parameters does the optimizer change?",
        hints=(
            "How do the gradients change from epoch to epoch?",
            "Which parameters does the optimizer hold, and when did it get them?",
        ),
    ),
    Bug(
        mistake=Mistake.NO_UNSQUEEZE,
        title="y has lost its second dimension",
        symptom="A warning about sizes. The loss falls, but stays far too high, and the line "
        "stays too flat.",
        explanation="Predictions of shape (rows, 1) and y of shape (rows,) are broadcast to (rows, "
        "rows): every prediction of a batch is compared with every y of it. A flat line is the "
        "best line for all these pairs together. Only a batch of one row is as it should be.",
        fix="Give y the shape of the predictions: y.unsqueeze(dim=1).",
        clue="y_pred has a column and y has none. Which shape has y_pred - y?",
        hints=(
            "How steep is the learned line?",
            "Print the shapes of y_pred, of y, and of their difference.",
        ),
    ),
    Bug(
        mistake=Mistake.TEST_SET,
        title="Training on the test set",
        symptom="The test loss gets smaller than that of right code.",
        explanation="The model learns from the rows that should test it. Its test loss no longer "
        "says how good the model is on rows that it has never seen.",
        fix="Train on X_train and y_train only. Use the test set only to evaluate the model.",
        clue="On which rows does training make the loss small here?",
        hints=(
            "Is the model better on the test rows than on the training rows?",
            "From which rows do the gradients come?",
        ),
    ),
    Bug(
        mistake=Mistake.LR_TOO_LARGE,
        title="The learning rate is a thousand times too large",
        symptom="The loss jumps to many times its first value, and back, again and again.",
        explanation="The length of a step is proportional to lr, so a step is a thousand times as "
        "long and may end far past the best line. With the L1 loss, with Huber's far away, or with "
        "Adam, steps do not grow with the distance, so the next ones jump back; with the squared "
        "error and SGD or momentum they do, and the loss can grow with them until it overflows. "
        "Where the rate of the settings is far too small, the large one may even end with the "
        "lower loss.",
        fix="Divide the learning rate by ten until the loss falls.",
        clue="How far does one step go with this rate?",
        hints=(
            "How far do the parameters move in one step?",
            "Compare that with the range of y. Which number in the code decides how far?",
        ),
    ),
    Bug(
        mistake=Mistake.LR_TOO_SMALL,
        title="The learning rate is a hundred times too small",
        symptom="The loss falls in every epoch, but so slowly that the curve looks flat.",
        explanation="The length of a step is proportional to lr, so from the same line a step has "
        "the same direction, but is a hundred times as short as with the rate of the settings. "
        "Where that rate is far too large, the small one may even end with the lower loss.",
        fix="Multiply the learning rate by ten for as long as the last loss becomes smaller.",
        clue="How far does one step go with this rate?",
        hints=(
            "Is the curve really flat? Read its first and its last value.",
            "The direction is right. What decides how far a step goes?",
        ),
    ),
    Bug(
        mistake=Mistake.TWO_DEVICES,
        title="Model and data are on two devices",
        symptom="The forward pass raises a RuntimeError about devices. Nothing is trained.",
        explanation="An operation needs all its tensors on one device, and PyTorch does not move "
        "them automatically. The model was moved, but the data were not.",
        fix="Move every tensor too: X_train.to(device), y_train.to(device) and so on.",
        clue="Where is the model, and where are the rows?",
        hints=(
            "Read the last line of the error: which two devices does it name?",
            "model.to(device) moves the model. What moves the data?",
        ),
    ),
    Bug(
        mistake=Mistake.OTHER_CLASS,
        title="The state_dict is of another class",
        symptom="Training works, then load_state_dict raises a RuntimeError about keys.",
        explanation="The keys of a state_dict are the names of the class's attributes, and the two "
        "classes of the lesson have different names. load_state_dict compares the keys and "
        "raises an error.",
        fix="Load it into a model of the class that it was saved from.",
        clue="Do both classes name their parameters the same way?",
        hints=(
            "Training is not the problem. What comes after it?",
            "Which keys were expected, and which were found?",
        ),
    ),
    Bug(
        mistake=Mistake.OTHER_CLASS_LOOSE,
        title="strict=False hides that nothing was loaded",
        symptom="No error, but the loaded model predicts as if it had never been trained.",
        explanation="With strict=False load_state_dict skips the keys that the model does not "
        "have, here all of them, and returns their names. The model keeps its random values, and "
        "only the returned names tell you so.",
        fix="Keep strict=True, and load into a model of the class that was saved.",
        clue="What happens to a parameter whose key is not in the file?",
        hints=(
            "Training is not the problem. Which model makes the predictions?",
            "load_state_dict returns a value. Read it.",
        ),
    ),
    Bug(
        mistake=Mistake.RUN_TWICE,
        title="The training cell was run twice",
        symptom="The loss of epoch 0 is already as low as at the end of a run, and the last "
        "parameters are those of twice as many epochs.",
        explanation="The cell makes new lists of losses, but no new model and no new optimizer. "
        "The second training starts from the parameters that the first one left. A scheduler, "
        "if there is one, is not new either: StepLR goes on lowering the learning rate, while "
        "CosineAnnealingLR raises it from zero again, so the second training may lose what the "
        "first one learned.",
        fix="Before the training cell, run the cells that make the model and the optimizer again.",
        clue="With which parameters does the second run of the cell begin?",
        hints=(
            "Look at epoch 0, not at the last epoch.",
            "With which parameters does this list of losses begin?",
        ),
    ),
    Bug(
        mistake=Mistake.GRAPH_KEPT,
        title="Every test loss keeps its graph",
        symptom="The curves are right, but memory use grows with every epoch, and plotting the "
        "list fails.",
        explanation="Outside inference_mode() autograd records how each test loss is computed. The "
        "list keeps the losses as tensors, and with them the graphs of all epochs.",
        fix="Evaluate under torch.inference_mode(), and append test_loss.item(), a plain number.",
        clue="What does a loss hold beside its number, where gradients are recorded?",
        hints=(
            "The numbers are right. What else is in the list?",
            "Ask a loss in the list for its grad_fn.",
        ),
    ),
    Bug(
        mistake=Mistake.NO_GRAD,
        title="Training under no_grad()",
        symptom="backward() raises a RuntimeError in the first step. Nothing is trained.",
        explanation="Under no_grad() autograd records nothing, so the loss has no graph. "
        "backward() needs that graph to compute the gradients.",
        fix="Use no_grad() and inference_mode() for evaluation only. Train outside them.",
        clue="What does PyTorch record under no_grad()?",
        hints=(
            "Which of the five lines raises the error?",
            "The loss has no grad_fn. What could be the reason?",
        ),
    ),
)

BUGS: Mapping[Mistake, Bug] = MappingProxyType({bug.mistake: bug for bug in _ALL})
