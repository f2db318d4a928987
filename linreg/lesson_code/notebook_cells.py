"""An experiment as the cells of a notebook: what a student of the lesson would write, step by step.

The code needs PyTorch, and matplotlib for its plots. Run from top to bottom it trains as
`linreg.train` does. Knows nothing of files: `export` writes them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from linreg.core.experiment import Experiment
from linreg.core.models import FILE_NAMES, MODELS
from linreg.lesson_code.data_code import (
    MODEL_CLASSES,
    join_lines,
    name_sets,
    write_data,
    write_data_plot,
    write_setup,
    write_split,
)
from linreg.lesson_code.training_code import write_loop, write_loss_plot, write_optimizer
from linreg.settings.choices import Model, Schedule


class Part(StrEnum):
    """The parts of the lesson."""

    SETUP = "setup"
    DATA = "data"
    MODEL = "model"
    TRAINING = "training"
    PREDICTIONS = "predictions"
    SAVE_LOAD = "save and load"
    DEVICE = "device"


Texts = Iterator[tuple[str, str]]  # for each cell of a part: its words and its code


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One step: its part of the lesson, one to three sentences in Markdown, and its code."""

    part: Part
    text: str
    code: str


def notebook_cells(experiment: Experiment, every: int | None = None) -> tuple[Cell, ...]:
    """Return the cells of `experiment` in the order of the lesson.

    Arguments:
        experiment: what they run.
        every: the loop prints every so many epochs; None: about ten times in all.

    They begin with the imports and the choice of the device, which everything after needs. Run in
    this order in one namespace they leave the history of `train(experiment)`: on the CPU the same
    numbers to the last bit.
    """
    parts: dict[Part, Texts] = {
        Part.SETUP: _set_up(experiment),
        Part.DATA: _data(experiment),
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
        "PyTorch, and the device that model and data live on. The device is named once, here; all "
        "that follows says `device`.",
        write_setup(experiment),
    )


def _data(experiment: Experiment) -> Texts:
    noise = " Gaussian noise moves every y off the line." if experiment.noise else ""
    text = (
        "A known weight and bias make the line, so that what is learned can be compared with it."
        f"{noise} `unsqueeze` makes rows of one number each."
    )
    if experiment.points is not None:
        text = "Own points (x, y), as rows of one number each."
    yield text, write_data(experiment)

    counts = (
        (experiment.n_train, "to learn from"),
        (experiment.n_validation, "to tune settings on"),
        (experiment.n_test, "to judge the result on"),
    )
    dealt = "at random" if experiment.shuffle else "in order"
    rows = ", ".join(f"{count} {purpose}" for count, purpose in counts if count)
    text = f"The {experiment.n_points} rows are dealt out {dealt}: {rows}."
    yield text, write_split(experiment)

    yield "A look at the data. A plot needs them on the CPU.", write_data_plot(experiment)


def _model(experiment: Experiment) -> Texts:
    texts = {
        Model.PARAMETER: "Model 0 holds weight and bias as two parameters of its own.",
        Model.LINEAR: "Model 1 leaves weight and bias to one `nn.Linear` layer.",
    }
    text = f"{texts[experiment.model]} `forward` says how it computes predictions."
    yield text, MODEL_CLASSES[experiment.model]

    yield (
        "The model starts with random values. The seed, set directly before, makes them the same "
        "in every run.",
        join_lines(
            "torch.manual_seed(SEED)",
            f"model = {MODELS[experiment.model].__name__}().to(device)",
            "print(model.state_dict())",
        ),
    )

    judged = name_sets(experiment)[-1]
    yield (
        f"Predictions for the first {judged} rows before any training, and how far off they are.",
        join_lines(
            _write_predictions(experiment, "y_preds", "model"),
            'print("Predictions:", y_preds[:10].squeeze())',
            f'print("Errors:", (y_{judged} - y_preds)[:10].squeeze())',
            "plot_predictions(y_preds)",
        ),
    )


def _training(experiment: Experiment, every: int | None) -> Texts:
    text = "The loss function says how wrong predictions are; the optimizer makes them less so."
    if experiment.schedule is Schedule.STEP:
        text += " The scheduler divides the learning rate by ten after each third of the epochs."
    if experiment.schedule is Schedule.COSINE:
        text += " The scheduler lowers the learning rate to zero along a cosine."
    if experiment.batch_size is not None:
        text += f" The DataLoader deals shuffled batches of {experiment.batch_size}."
    yield text, write_optimizer(experiment)

    text = "The training loop: five steps in each epoch. The training loss is that before the step"
    if experiment.batch_size is not None:
        text = "The training loop: five steps for each batch of each epoch. The training loss is "
        text += "the mean over the rows, each before its batch's step"
    others = " and ".join(name_sets(experiment)[1:])
    if others:
        text += f"; for {others} it is that after the epoch's last step"
    yield f"{text}.", write_loop(experiment, every)

    text = "The loss curves. The log scale shows what still happens when the loss is small."
    yield text, write_loss_plot(experiment)


def _predictions(experiment: Experiment) -> Texts:
    true = 'print(f"True: weight {weight}, bias {bias}")'
    yield (
        "`eval()` tells the model's layers that they are used, not trained; `inference_mode()` "
        "leaves out the records that gradients need. They are two things.",
        join_lines(
            "model.eval()",
            _write_predictions(experiment, "y_preds", "model"),
            'print("Predictions:", y_preds[:10].squeeze())',
            'print("Learned:", model.state_dict())',
            true if experiment.points is None else None,
        ),
    )
    yield "The predictions over the data.", "plot_predictions(y_preds)"


def _save_and_load(experiment: Experiment) -> Texts:
    yield (
        "The `state_dict`, every parameter by its name, goes into a file. From the CPU, so that a "
        "machine without this device can read it.",
        join_lines(
            'MODEL_PATH = Path("models")',
            "MODEL_PATH.mkdir(exist_ok=True)",
            f'MODEL_SAVE_PATH = MODEL_PATH / "{FILE_NAMES[experiment.model]}"',
            "",
            "torch.save(obj=model.cpu().state_dict(), f=MODEL_SAVE_PATH)",
            "model.to(device)",
            'print(f"{MODEL_SAVE_PATH}: {MODEL_SAVE_PATH.stat().st_size} bytes")',
        ),
    )
    yield (
        "A new instance starts with random values, until `load_state_dict` brings the saved ones. "
        "Then its predictions are those of the trained model, element by element.",
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
        "Model and data met on one device: here are the parameters and the predictions.",
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
