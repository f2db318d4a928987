"""The lesson's two runs, as settings that one button sets."""

from dataclasses import dataclass

from linreg.core.experiment import Experiment
from linreg.settings.choices import Model


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A button's label, its help text, and the experiment that it sets."""

    title: str
    help: str
    experiment: Experiment


PRESETS = (
    Preset(
        title="Model 0",
        help="The lesson's first run: two nn.Parameter, 100 epochs.",
        experiment=Experiment(),
    ),
    Preset(
        title="Model 1",
        help="The lesson's second run: nn.Linear, 1000 epochs.",
        experiment=Experiment(model=Model.LINEAR, epochs=1000),
    ),
)
