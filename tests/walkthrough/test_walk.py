"""The walkthrough shows what training records, and what PyTorch does."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from linreg import Experiment, Loss, Model, Optimizer, Schedule, train
from linreg.walkthrough import resume
from linreg.walkthrough.resume import Bookmark, bookmarks
from linreg.walkthrough.walk import Moment, Position, Walk, moved, walk
from tests.support import notebook
from tests.support.strategies import experiments


def walked(experiment: Experiment, epoch: int, batch: int = 0) -> Walk:
    """The walk through one step of a run."""
    return walk(experiment, bookmarks(experiment), epoch, batch)


def bits(*numbers: float) -> list[bytes]:
    """Numbers as float32 bytes, so that -0.0 differs from 0.0; one NaN is as good as another."""
    return [np.float32(np.nan if np.isnan(n) else n).tobytes() for n in numbers]


@given(experiments(), st.data())
def test_every_epoch_is_bit_for_bit_what_training_records(
    experiment: Experiment, data: st.DataObject
) -> None:
    """Parameters, gradients and the test loss of any epoch equal the history's.

    With a bookmark every 16 steps, most epochs lie behind one.
    """
    history = train(experiment).history
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resume, "STEPS_BETWEEN_BOOKMARKS", 16)
        places = bookmarks(experiment)
    epoch = data.draw(st.integers(0, experiment.epochs - 1))
    first, last = (walk(experiment, places, epoch, k) for k in (0, experiment.n_batches - 1))
    assert bits(*first.step.before) == bits(history.weight[epoch], history.bias[epoch])
    assert bits(last.test_loss, *last.step.grad, *last.end) == bits(
        history.test_loss[epoch],
        history.weight_grad[epoch],
        history.bias_grad[epoch],
        history.weight[epoch + 1],
        history.bias[epoch + 1],
    )
    assert bits(first.test_loss, *first.end) == bits(last.test_loss, *last.end)


@pytest.mark.parametrize("batch_size", [None, 16, 20])
@pytest.mark.parametrize("loss", Loss)
def test_the_batches_of_an_epoch_follow_one_another(batch_size: int | None, loss: Loss) -> None:
    """Each begins where the one before ended; their losses, by rows, are the epoch's loss."""
    experiment = Experiment(loss=loss, batch_size=batch_size, epochs=5)
    places = bookmarks(experiment)
    steps = [walk(experiment, places, 4, k).step for k in range(experiment.n_batches)]
    for step, following in pairwise(steps):
        assert step.after == following.before
    total = sum(step.loss * len(step.y) for step in steps)
    assert bits(total / 40) == bits(train(experiment).history.train_loss[4])


def test_the_first_step_of_model_0_is_the_lessons() -> None:
    """Loss 0.31288, gradients -0.39 and -1, to (0.3406, 0.1388); there is no gradient before."""
    seen = walked(Experiment(), 0).step
    assert seen.loss == pytest.approx(0.31288138031959534, rel=1e-6)
    assert seen.grad == pytest.approx((-0.39, -1.0), rel=1e-6)
    assert seen.old_grad is None
    assert seen.before == pytest.approx((0.3367, 0.1288), abs=5e-5)
    assert seen.after == pytest.approx((0.3406, 0.1388), abs=5e-5)


def test_the_gradient_before_zero_grad_is_that_of_the_step_before() -> None:
    """What zero_grad() throws away in epoch 20 is what backward() left in epoch 19."""
    experiment = Experiment(lr=0.05)
    assert walked(experiment, 20).step.old_grad == walked(experiment, 19).step.grad


@pytest.mark.parametrize("optimizer", list(Optimizer))
def test_a_late_epoch_reached_by_bookmark_equals_the_plain_loop(optimizer: Optimizer) -> None:
    """Epoch 517 of 520, two bookmarks on the way: the optimizer's state went along."""
    experiment = Experiment(optimizer=optimizer, epochs=520, loss=Loss.MSE)
    plain, places = notebook.plain_loop(experiment), bookmarks(experiment)
    seen = walk(experiment, places, 517)
    assert [place.epoch for place in places] == [0, 256, 512]
    assert seen.step.loss == plain["train_loss"][517]
    assert seen.step.grad == (plain["weight_grad"][517], plain["bias_grad"][517])
    assert seen.step.after == (plain["weight"][518], plain["bias"][518])


def test_the_optimizers_own_numbers_are_shown() -> None:
    """In the second step the momentum buffer is 0.9 times the first gradient plus the second."""
    experiment = Experiment(optimizer=Optimizer.MOMENTUM, loss=Loss.MSE)
    first, second = (walked(experiment, epoch).step for epoch in (0, 1))
    expected = 0.9 * np.array(first.grad) + second.grad
    assert second.state["momentum_buffer"] == pytest.approx(expected, rel=1e-6)
    assert set(walked(Experiment(optimizer=Optimizer.ADAM), 0).step.state) == {
        "exp_avg",
        "exp_avg_sq",
    }
    assert not walked(Experiment(), 5).step.state


def test_the_learning_rate_is_that_of_the_epoch() -> None:
    """StepLR: a tenth after each third of the run."""
    experiment = Experiment(epochs=30, schedule=Schedule.STEP)
    rates = [walked(experiment, epoch).lr for epoch in (0, 9, 10, 20)]
    assert rates == pytest.approx([0.01, 0.01, 0.001, 0.0001])


def test_adams_step_is_lr_times_its_corrected_means() -> None:
    """exp_avg and exp_avg_sq as shown, divided by 1 - 0.9^t and 1 - 0.999^t, give the change."""
    experiment = Experiment(optimizer=Optimizer.ADAM, loss=Loss.MSE)
    step = walked(experiment, 4).step
    mean = np.array(step.state["exp_avg"]) / (1 - 0.9**5)
    square = np.array(step.state["exp_avg_sq"]) / (1 - 0.999**5)
    change = np.array(step.after) - step.before
    assert change == pytest.approx(-0.01 * mean / (np.sqrt(square) + 1e-8), rel=1e-3)


def test_a_batch_shows_its_own_rows() -> None:
    """The batches of an epoch hold each training row once, the last short one included."""
    experiment = Experiment(batch_size=16, model=Model.LINEAR)
    places = bookmarks(experiment)
    steps = [walk(experiment, places, 3, batch).step for batch in range(3)]
    assert [len(step.X) for step in steps] == [16, 16, 8]
    rows = np.sort(np.concatenate([step.X for step in steps]))
    assert rows == pytest.approx(np.arange(40) * 0.02)


@pytest.mark.parametrize(("epoch", "batch"), [(-1, 0), (100, 0), (0, 1)])
def test_an_epoch_or_batch_that_is_not_there_is_refused(epoch: int, batch: int) -> None:
    """The error names what is allowed."""
    with pytest.raises(ValueError, match="must be a whole number from 0 to"):
        walked(Experiment(), epoch, batch)


def test_bookmarks_are_not_changed_by_walking() -> None:
    """Going on from a bookmark twice gives the same: it holds copies."""
    experiment = Experiment(optimizer=Optimizer.ADAM, batch_size=8, epochs=56)
    places: tuple[Bookmark, ...] = bookmarks(experiment)
    once, again = (walk(experiment, places, 55, 2) for _ in range(2))
    assert (once.step.loss, once.end) == (again.step.loss, again.end)


def test_the_global_generator_is_left_alone() -> None:
    """A walk draws nothing from it."""
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    walked(Experiment(batch_size=8, noise=0.1), 3)
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize(("batch_size", "lines"), [(None, 6), (16, 16)])
def test_line_by_line_through_a_run_and_back(batch_size: int | None, lines: int) -> None:
    """Five lines for each batch and one test loop for each epoch; the ends are not passed."""
    experiment = Experiment(epochs=3, batch_size=batch_size)
    place = Position(0, 0, Moment.FORWARD)
    assert moved(experiment, place, -1) == place
    way = [place]
    for _ in range(3 * lines - 1):
        way.append(moved(experiment, way[-1], 1))
    assert len(set(way)) == 3 * lines
    assert [p.moment for p in way].count(Moment.TEST) == 3
    assert way[-1] == Position(2, experiment.n_batches - 1, Moment.TEST)
    assert moved(experiment, way[-1], 1) == way[-1]
    for before, after in pairwise(way):
        assert moved(experiment, after, -1) == before
