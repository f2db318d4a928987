"""The graph that autograd builds for one loss, with the gradients.

The step's forward pass and its backward() run once more, on the CPU. The graph does not come from
the formula: its nodes are those that `loss.grad_fn` leads to, and its gradients are those that
arrive at each node while `backward()` runs.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from operator import setitem
from typing import Any

import torch

from linreg.core.losses import make_loss
from linreg.core.models import model_at
from linreg.formatting import number, span
from linreg.walkthrough.walk import Walk


@dataclass(frozen=True, kw_only=True)
class Node:
    """One operation of the graph, or a parameter at its end.

    operation: PyTorch's name for it, such as MeanBackward0.
    result: what it computed, as text: 'loss = 0.3129'; empty if PyTorch no longer has it.
    gradient: d loss / d result, as text; empty before backward().
    """

    operation: str
    result: str
    gradient: str


@dataclass(frozen=True, kw_only=True)
class Graph:
    """The nodes, in order from the loss, and the edges as pairs of positions in `nodes`."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[int, int], ...]


def autograd_graph(walk: Walk) -> Graph:
    """Return the graph of the step's loss after `backward()`."""
    step = walk.step
    model = model_at(walk.experiment.model, *step.before)
    X, y = (torch.tensor(row).unsqueeze(dim=1) for row in (step.X, step.y))
    y_pred = model(X)
    loss = make_loss(walk.experiment.loss)(y_pred, y)
    functions = _functions(loss.grad_fn)
    arrived: dict[int, tuple[torch.Tensor, ...]] = {}  # by position in functions
    for i, function in enumerate(functions):
        function.register_prehook(partial(setitem, arrived, i))
    known = {loss.grad_fn: ("loss", loss), y_pred.grad_fn: ("y_pred", y_pred)}
    known |= {
        function: (name, parameter)
        for name, parameter in model.named_parameters()
        for function in functions
        if getattr(function, "variable", None) is parameter
    }
    results = [_result(*known[function]) if function in known else "" for function in functions]
    loss.backward()
    nodes = tuple(
        Node(
            operation=function.name().removeprefix("torch::autograd::"),
            result=result,
            gradient=_text(arrived[i][0]),
        )
        for i, (function, result) in enumerate(zip(functions, results, strict=True))
    )
    edges = tuple(
        (i, functions.index(following))
        for i, function in enumerate(functions)
        for following in _following(function)
    )
    return Graph(nodes=nodes, edges=edges)


def to_mermaid(graph: Graph) -> str:
    """Return the graph as a Mermaid flowchart; its arrows show the direction of backward()."""
    lines = ["flowchart TB"]
    for i, node in enumerate(graph.nodes):
        parts = [node.result, node.operation, node.gradient and f"gradient: {node.gradient}"]
        text = "<br/>".join(part for part in parts if part)
        lines.append(f'  n{i}["{text}"]')
    lines += [f"  n{start} --> n{end}" for start, end in graph.edges]
    return "\n".join(lines)


def to_text(graph: Graph) -> str:
    """Return the graph in words, from the loss to the parameters."""
    return "; ".join(
        node.operation
        + (node.result and f" ({node.result})")
        + (node.gradient and f" gradient: {node.gradient}")
        for node in graph.nodes
    )


def without_gradients(graph: Graph) -> Graph:
    """Return the graph as it is before backward()."""
    return replace(graph, nodes=tuple(replace(node, gradient="") for node in graph.nodes))


def _functions(root: Any) -> list[Any]:
    """Return all nodes below `root`, itself first, each once."""
    found = [root]
    for function in found:
        found += [following for following in _following(function) if following not in found]
    return found


def _following(function: Any) -> Iterable[Any]:
    return [following for following, _ in function.next_functions if following is not None]


def _result(name: str, tensor: torch.Tensor) -> str:
    return f"{name} {_text(tensor)}" if tensor.numel() > 1 else f"{name} = {_text(tensor)}"


def _text(tensor: torch.Tensor) -> str:
    """Return a single number as text; for more numbers, the shape and the range."""
    values = tensor.detach().ravel().tolist()
    return number(values[0]) if len(values) == 1 else f"{tuple(tensor.shape)}, {span(values)}"
