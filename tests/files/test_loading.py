"""What loading a file does: strict=False in PyTorch itself, and loaded compared with trained."""

import math

import numpy as np
import pytest
import torch
from hypothesis import assume, given

from linreg import (
    CheckpointError,
    Experiment,
    Loss,
    Model,
    compare,
    loaded_loosely,
    read_state_dict,
    train,
)
from linreg.core.models import make_model
from linreg.files.loading import LONGEST_ANSWER
from tests.support import notebook
from tests.support.archives import program, saved, state, storage, tensor
from tests.support.strategies import experiments

RUN = train(Experiment(epochs=20))


def plain_start(model: Model, seed: int) -> dict[str, float]:
    """The values that a new instance of the lesson's class has."""
    torch.manual_seed(seed)
    return {key: value.item() for key, value in notebook.CLASSES[model]().state_dict().items()}


def test_a_file_of_the_other_class_leaves_every_value_random() -> None:
    """PyTorch does not complain: it names the keys in its answer, and the model is untrained."""
    loose = loaded_loosely(RUN.checkpoint, Model.LINEAR, 3)
    assert loose.taken == loose.misshapen == ()
    assert loose.kept == ("linear_layer.weight", "linear_layer.bias")
    assert loose.before == loose.after == plain_start(Model.LINEAR, 3)
    torch.manual_seed(0)
    plain = notebook.LinearRegressionModelV2()
    assert loose.answer == str(plain.load_state_dict(RUN.state_dict(), strict=False))
    assert "missing_keys=['linear_layer.weight', 'linear_layer.bias']" in loose.answer


def test_what_fits_is_taken_and_the_rest_stays() -> None:
    """One of the two keys, with another key of any type that the model does not have."""
    file = saved({"bias": torch.tensor([0.25]), "epoch": torch.tensor(7)})
    loose = loaded_loosely(file, Model.PARAMETER, 3)
    start = plain_start(Model.PARAMETER, 3)
    assert (loose.taken, loose.kept) == (("bias",), ("weights",))
    assert loose.before == start
    assert loose.after == {"weights": start["weights"], "bias": 0.25}
    assert loose.answer == "_IncompatibleKeys(missing_keys=['weights'], unexpected_keys=['epoch'])"


def test_a_fitting_file_is_taken_whole() -> None:
    """strict=False then changes nothing."""
    loose = loaded_loosely(RUN.checkpoint, Model.PARAMETER, 3)
    assert loose.kept == loose.misshapen == ()
    assert loose.after == {key: value.item() for key, value in RUN.state_dict().items()}
    assert loose.answer == "<All keys matched successfully>"


def test_a_wrong_shape_is_an_error_even_loosely() -> None:
    """PyTorch raises it after it has loaded the other values."""
    loose = loaded_loosely(
        saved({"weights": torch.ones(1, 1), "bias": torch.tensor([0.25])}), Model.PARAMETER, 3
    )
    assert (loose.taken, loose.kept) == (("bias",), ("weights",))
    assert loose.misshapen == ("weights",)
    assert loose.after["bias"] == 0.25
    assert loose.after["weights"] == loose.before["weights"]
    assert "size mismatch for weights" in loose.answer


def test_a_type_that_is_not_real_is_refused_loosely_too() -> None:
    """PyTorch would drop the imaginary part; its warning is not visible on a page."""
    with pytest.raises(CheckpointError, match="`'bias'` in the file is complex64"):
        loaded_loosely(saved({"bias": torch.ones(1) + 1j}), Model.PARAMETER, 3)


def test_whatever_the_keys_the_answer_is_short_and_plain() -> None:
    """Keys with any text, and views that would each take four megabytes if copied."""
    view = tensor(storage(), shape=(1000, 1000), stride=(0, 0))
    keys = {f"`<b>`\u202e\x1b{n}": view for n in range(1000)}
    loose = loaded_loosely(
        program(state(**keys, bias=tensor()), _0=b"\x00\x00\x80?"), Model.PARAMETER, 3
    )
    assert loose.taken == ("bias",)
    assert len(loose.answer) <= LONGEST_ANSWER
    assert loose.answer.isascii()
    assert loose.answer.isprintable()


@given(experiments(most_epochs=5))
def test_a_runs_own_file_predicts_what_the_run_predicts(experiment: Experiment) -> None:
    """For each test row, or each training row if there is no test set."""
    run = train(experiment)
    assume(np.isfinite([run.history.weight, run.history.bias]).all())
    model = make_model(experiment.model, 0)
    comparison = compare(run, read_state_dict(run.checkpoint, model))
    X, _, train_end, test_start = notebook.data(experiment)
    rows = X[test_start:] if experiment.n_test else X[:train_end]
    assert comparison.rows == ("test" if experiment.n_test else "training")
    assert comparison.x == tuple(rows.ravel().tolist())
    assert comparison.trained == comparison.loaded == tuple(run.predict(rows).ravel().tolist())
    assert comparison.equal == (True,) * len(rows)
    assert comparison.largest == 0.0


def test_another_state_predicts_what_its_own_line_gives() -> None:
    """Two lines with the same weight differ by the difference of their biases."""
    state = RUN.state_dict()
    state["bias"] += 0.5
    comparison = compare(RUN, state)
    assert comparison.equal == (False,) * 10
    assert comparison.largest == pytest.approx(0.5, abs=1e-6)
    assert comparison.loaded == pytest.approx([y + 0.5 for y in comparison.trained], abs=1e-6)


def test_nan_equals_nothing_not_even_itself() -> None:
    """The file of a run that overflowed is loaded to the last bit, but NaN equals nothing."""
    run = train(Experiment(loss=Loss.MSE, lr=10.0, epochs=300))
    comparison = compare(run, run.state_dict())
    assert all(math.isnan(y) for y in comparison.trained)
    assert comparison.equal == (False,) * 10
    assert math.isnan(comparison.largest)
