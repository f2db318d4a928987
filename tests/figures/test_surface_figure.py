"""The path of one run on its loss surface."""

import numpy as np

from linreg import Experiment, loss_surface, train
from linreg.figures import surface_end_figure, surface_figure
from tests.support.figures import says, traces


def test_the_figure_shows_path_start_and_truth() -> None:
    """The path is that of the history; the contours are those of the loss surface."""
    run = train(Experiment())
    for figure in (surface_figure(run), surface_end_figure(run)):
        found = traces(figure)
        np.testing.assert_array_equal(found["path"].x, run.history.weight)
        np.testing.assert_array_equal(found["path"].y, run.history.bias)
        assert (found["truth"].x[0], found["truth"].y[0]) == (0.7, 0.3)
        contours = found["training loss"]
        expected = loss_surface(run.experiment, contours.x, contours.y)
        np.testing.assert_array_equal(contours.z, expected)
        assert "from (0.3367, 0.1288) to (0.5784, 0.3513)" in says(figure)


def test_own_points_have_no_true_parameters() -> None:
    """The true parameters of own data are unknown."""
    run = train(Experiment(points=((0.0, 1.0), (1.0, 3.0), (2.0, 5.0)), train_fraction=0.7))
    assert "truth" not in traces(surface_figure(run))
