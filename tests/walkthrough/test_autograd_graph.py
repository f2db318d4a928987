"""The autograd graph that is drawn is PyTorch's own, with the gradients that really passed."""

import numpy as np
import pytest

from linreg import Experiment, Loss, Model
from linreg.formatting import number
from linreg.walkthrough.autograd_graph import (
    Graph,
    autograd_graph,
    to_mermaid,
    to_text,
    without_gradients,
)
from linreg.walkthrough.resume import bookmarks
from linreg.walkthrough.walk import Walk, walk


def walked(**values: object) -> Walk:
    """The fourth epoch of a run."""
    experiment = Experiment(**values)  # type: ignore[arg-type]
    return walk(experiment, bookmarks(experiment), 3)


def operations(graph: Graph) -> list[str]:
    """The names of its nodes."""
    return [node.operation for node in graph.nodes]


@pytest.mark.parametrize("model", Model)
@pytest.mark.parametrize("loss", Loss)
def test_each_node_has_a_name_that_the_page_explains(model: Model, loss: Loss) -> None:
    """An operation with the ending Backward0, or AccumulateGrad at a parameter."""
    graph = autograd_graph(walked(model=model, loss=loss))
    others = [name for name in operations(graph) if not name.endswith("Backward0")]
    assert others == ["AccumulateGrad", "AccumulateGrad"]


def test_the_lessons_loss_is_five_operations_over_two_parameters() -> None:
    """mean(abs((weights * x + bias) - y)): read backwards from the loss."""
    graph = autograd_graph(walked())
    assert operations(graph) == [
        "MeanBackward0",
        "AbsBackward0",
        "SubBackward0",
        "AddBackward0",
        "MulBackward0",
        "AccumulateGrad",
        "AccumulateGrad",
    ]
    assert graph.edges == ((0, 1), (1, 2), (2, 3), (3, 4), (3, 5), (4, 6))


def test_a_linear_layer_is_one_matrix_product() -> None:
    """nn.Linear is addmm over bias, x and the transposed weight."""
    graph = autograd_graph(walked(model=Model.LINEAR, loss=Loss.MSE))
    assert operations(graph)[:2] == ["MseLossBackward0", "AddmmBackward0"]
    assert {node.result.split(" = ")[0] for node in graph.nodes if "linear" in node.result} == {
        "linear_layer.weight",
        "linear_layer.bias",
    }


@pytest.mark.parametrize("model", list(Model))
@pytest.mark.parametrize("loss", list(Loss))
def test_what_reaches_the_parameters_is_their_gradient(model: Model, loss: Loss) -> None:
    """At the AccumulateGrad nodes stands what training recorded as .grad."""
    seen = walked(model=model, loss=loss)
    nodes = autograd_graph(seen).nodes
    ends = [node for node in nodes if node.operation == "AccumulateGrad"]
    arrived = {node.result.split(" = ")[0]: node.gradient for node in ends}
    names = [name for name, _ in seen.parameters]
    assert arrived == dict(zip(names, map(number, seen.step.grad), strict=True))
    assert nodes[0].result == f"loss = {number(seen.step.loss)}"
    assert nodes[0].gradient == "1.0000"


def test_the_gradient_at_the_predictions_is_that_by_hand() -> None:
    """For the mean squared error it is 2 / n * residual, row by row."""
    step = (seen := walked(loss=Loss.MSE)).step
    by_hand = 2 / len(step.y) * (step.y_pred - step.y)
    [node] = [n for n in autograd_graph(seen).nodes if n.result.startswith("y_pred")]
    low, high = np.sort(by_hand)[[0, -1]]
    assert node.gradient == f"(40, 1), {number(low)} to {number(high)}"


def test_the_drawing_has_a_box_for_each_node_and_an_arrow_for_each_edge() -> None:
    """Mermaid text: one line each, with the numbers in the boxes."""
    graph = autograd_graph(walked())
    first, *lines = to_mermaid(graph).splitlines()
    assert first.startswith("flowchart")
    assert sum("-->" in line for line in lines) == len(graph.edges)
    assert sum("[" in line for line in lines) == len(graph.nodes)
    assert "weights = 0.3484" in to_mermaid(graph)


def test_before_backward_there_are_no_gradients_in_it() -> None:
    """The same nodes and results, in the drawing and in words."""
    graph = autograd_graph(walked())
    before = without_gradients(graph)
    assert [node.result for node in before.nodes] == [node.result for node in graph.nodes]
    assert "gradient" not in to_mermaid(before) + to_text(before)
    assert to_text(graph).count("gradient: ") == len(graph.nodes)
