"""Writes an experiment as the cells of a notebook, as a student of the lesson would.

The code needs PyTorch, and matplotlib for its plots. Run from top to bottom, it trains as
`linreg.train` does. `script_and_notebook` makes files of the cells.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from linreg.core.experiment import Experiment
from linreg.core.models import FILE_NAMES, MODELS
from linreg.formatting import counted
from linreg.lesson_code.code_lines import join_lines
from linreg.lesson_code.data_code import (
    MODEL_CLASSES,
    SEED_OF_MODEL,
    name_sets,
    write_data,
    write_data_plot,
    write_setup,
    write_split,
)
from linreg.lesson_code.training_code import write_loop, write_loss_plot, write_optimizer
from linreg.settings.choices import Model, Schedule
from linreg.settings.kinds import Pairs


class Part(StrEnum):
    """The parts of the lesson."""

    SETUP = "setup"
    DATA = "data"
    MODEL = "model"
    TRAINING = "training"
    PREDICTIONS = "predictions"
    SAVE_LOAD = "save and load"
    DEVICE = "device"


Texts = Iterator[tuple[str, str]]  # (text, code) of each cell of a part


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One step: its part of the lesson, one to three sentences in Markdown, and its code."""

    part: Part
    text: str
    code: str


def notebook_cells(
    experiment: Experiment, every: int | None = None, original: Pairs | None = None
) -> tuple[Cell, ...]:
    """Return the cells of `experiment` in the order of the lesson.

    Arguments:
        experiment: the experiment that the cells run.
        every: the loop prints the losses of every so many epochs; None: about ten times in all.
        original: the own points in their original units, if the experiment has them in standard
            units; the cells then hold these and scale them.

    Run in this order in one namespace, on the CPU, they give the history of `train(experiment)`,
    bit for bit; where they scale the points, apart from rounding.
    """
    parts: dict[Part, Texts] = {
        Part.SETUP: _set_up(experiment),
        Part.DATA: _data(experiment, original),
        Part.MODEL: _model(experiment),
        Part.TRAINING: _training(experiment, every),
        Part.PREDICTIONS: _predictions(experiment),
        Part.SAVE_LOAD: _save_and_load(experiment),
        Part.DEVICE: _device(),
    }
    return tuple(
        Cell(part=part, text=text, code=code)
        for part, texts in parts.items()
        for text, code in texts
    )


def _set_up(experiment: Experiment) -> Texts:
    yield (
        "Import PyTorch and choose the device for model and data. The device is named only here; "
        "the code below uses the variable `device`.",
        write_setup(experiment),
    )


def _data(experiment: Experiment, original: Pairs | None) -> Texts:
    noise = " Gaussian noise moves every y off the line." if experiment.noise else ""
    text = (
        "The line has a known weight and bias, so you can compare the learned values with them."
        f"{noise} `unsqueeze` makes X a column: each row holds one number."
    )
    if experiment.points is not None:
        text = "The data are your own points (x, y). In X and y, each row holds one number."
    if original is not None:
        text += " They are scaled: in standard units a column of the training rows has mean 0 and "
        text += "deviation 1, or only zeros."
    yield text, write_data(experiment, original)

    counts = (
        (experiment.n_train, "to learn from"),
        (experiment.n_validation, "to tune settings on"),
        (experiment.n_test, "to judge the result on"),
    )
    dealt = "at random" if experiment.shuffle else "in order"
    rows = ", ".join(f"{count} {purpose}" for count, purpose in counts if count)
    text = f"The {experiment.n_points} rows are split {dealt}: {rows}."
    yield text, write_split(experiment)

    yield "Plot the data. For a plot they must be on the CPU.", write_data_plot(experiment)


def _model(experiment: Experiment) -> Texts:
    texts = {
        Model.PARAMETER: "Model 0 defines weight and bias as two parameters.",
        Model.LINEAR: "Model 1 has one `nn.Linear` layer, which holds weight and bias.",
    }
    text = f"{texts[experiment.model]} `forward` computes the predictions."
    yield text, MODEL_CLASSES[experiment.model]

    yield (
        "The model starts with random values. The seed is set directly before, so they are the "
        "same in every run.",
        join_lines(
            SEED_OF_MODEL,
            f"model = {MODELS[experiment.model].__name__}().to(device)",
            "print(model.state_dict())",
        ),
    )

    judged = name_sets(experiment)[-1]
    yield (
        f"Predict the {judged} rows before any training, and print the first errors, y - y_preds.",
        join_lines(
            _write_predictions(experiment, "y_preds", "model"),
            'print("Predictions:", y_preds[:10].squeeze())',
            f'print("Errors:", (y_{judged} - y_preds)[:10].squeeze())',
            "plot_predictions(y_preds)",
        ),
    )


def _training(experiment: Experiment, every: int | None) -> Texts:
    text = "The loss function measures how wrong predictions are; the optimizer reduces the loss."
    if experiment.schedule is Schedule.STEP:
        text += " The scheduler divides the learning rate by 10 after each third of the "
        text += "epochs, rounded up."
    if experiment.schedule is Schedule.COSINE:
        text += " The scheduler lowers the learning rate to zero along a cosine."
    if experiment.batch_size is not None:
        text += (
            " The DataLoader makes shuffled batches of at most "
            f"{counted(experiment.batch_size, 'row')}."
        )
    yield text, write_optimizer(experiment)

    text = "The training loop has five steps per epoch. The training loss is taken before step 5."
    if experiment.batch_size is not None:
        text = "The training loop has five steps per batch. The training loss of an epoch is the "
        text += "mean over its rows, each before its batch's step."
    others = " and ".join(name_sets(experiment)[1:])
    if others:
        text += f" The loss on {others} rows is taken after the last update of the epoch."
    yield text, write_loop(experiment, every)

    text = "Plot the loss curves. The log scale also shows changes of a small loss."
    yield text, write_loss_plot(experiment)


def _predictions(experiment: Experiment) -> Texts:
    true = 'print(f"True: weight {weight}, bias {bias}")'
    yield (
        "`eval()` tells the model's layers that the model predicts and does not train. Under "
        "`inference_mode()` PyTorch records nothing for gradients. These are two different things.",
        join_lines(
            "model.eval()",
            _write_predictions(experiment, "y_preds", "model"),
            'print("Predictions:", y_preds[:10].squeeze())',
            'print("Learned:", model.state_dict())',
            true if experiment.points is None else None,
        ),
    )
    yield "Plot the predictions over the data.", "plot_predictions(y_preds)"


def _save_and_load(experiment: Experiment) -> Texts:
    yield (
        "Save the `state_dict`, which holds every parameter under its name. The model is moved to "
        "the CPU first, so that a machine without this device can read the file.",
        join_lines(
            'MODEL_PATH = Path("models")',
            "MODEL_PATH.mkdir(exist_ok=True)",
            f'MODEL_SAVE_PATH = MODEL_PATH / "{FILE_NAMES[experiment.model]}"',
            "",
            "torch.save(obj=model.cpu().state_dict(), f=MODEL_SAVE_PATH)",
            "model.to(device)",
            "size = MODEL_SAVE_PATH.stat().st_size",
            'print(f"{MODEL_SAVE_PATH}: {size} bytes")',
        ),
    )
    yield (
        "A new instance starts with random values. `load_state_dict` replaces them with the saved "
        "ones. Then the predictions of both models are compared, element by element.",
        join_lines(
            f"loaded_model = {MODELS[experiment.model].__name__}()",
            'print("Random:", loaded_model.state_dict())',
            "state_dict = torch.load(f=MODEL_SAVE_PATH, weights_only=True)",
            "print(loaded_model.load_state_dict(state_dict))",
            "",
            "loaded_model.to(device)",
            "loaded_model.eval()",
            _write_predictions(experiment, "loaded_model_preds", "loaded_model"),
            "print((y_preds == loaded_model_preds)[:10].squeeze())",
        ),
    )


def _device() -> Texts:
    yield (
        "Model and data are on the same device: print the device of both.",
        join_lines(
            'print("Parameters on:", next(model.parameters()).device)',
            'print("Predictions on:", y_preds.device)',
        ),
    )


def _write_predictions(experiment: Experiment, name: str, model: str) -> str:
    """Return the code that predicts the last set that has rows, without gradients."""
    return join_lines(
        "with torch.inference_mode():",
        f"    {name} = {model}(X_{name_sets(experiment)[-1]})",
    )
