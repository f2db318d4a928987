"""A line is fitted by hand, by pointer and by keys, and judged as PyTorch would."""

import re
from collections.abc import Callable

import pytest
import torch
from playwright.sync_api import Locator, Page, expect
from torch import nn

from linreg import Experiment
from linreg.core.data import split_data
from tests.support.journey import RESIZED, slider

LEFT, RIGHT, DOT = "Left end of your line", "Right end of your line", "Your line's weight and bias"


def handle(page: Page, name: str) -> Locator:
    """One of the handles."""
    return page.get_by_role("slider", name=name, exact=True)


def pull(page: Page, name: str, up: int) -> None:
    """Drag a handle upwards by a number of pixels."""
    handle(page, name).scroll_into_view_if_needed()
    box = handle(page, name).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - up, steps=3)
    page.mouse.up()


# The line is drawn where the axis has its height.
STANDS = """(height) => {
  const axis = document.querySelector(".linreg-plot")._fullLayout.yaxis;
  const line = document.querySelector(".linreg-hand-line").getAttribute("d");
  const [, top] = line.split(/[,L]/);
  return Math.abs(axis.d2p(height) - top) < 1;
}"""


def line_of(page: Page) -> tuple[float, float, float]:
    """Weight, bias and training loss as the page says them."""
    text = page.locator(".linreg-hand-says").inner_text()
    found = re.match(r"Your line: (\S+) x ([+-]) (\S+), training loss (\S+)\. ", text)
    assert found, text
    weight, sign, bias, loss = found.groups()
    return float(weight), float(bias) * (1 if sign == "+" else -1), float(loss)


def test_the_loss_of_the_line_is_pytorchs_and_the_challenge_is_won(
    visit: Callable[..., Page],
) -> None:
    """Drag and keys move it, the dot on the surface follows, and gradient descent is beaten."""
    page = visit("challenges?challenge=hand&noise=0.1&epochs=40")
    page.get_by_text("The slope of the loss at its own weight and bias").click()
    expect(page.get_by_text("Not yet. Your line has a training loss")).to_be_visible()
    data = split_data(Experiment(noise=0.1, epochs=40))

    for name in (LEFT, RIGHT):  # both to the place that the hint names
        goal = {LEFT: 0.28, RIGHT: 1.0}[name]
        for _ in range(3):
            pixels = page.evaluate(
                """([goal, now]) => {
                  const axis = document.querySelector(".linreg-plot")._fullLayout.yaxis;
                  return axis.d2p(now) - axis.d2p(goal);
                }""",
                [goal, float(handle(page, name).get_attribute("aria-valuenow") or "")],
            )
            pull(page, name, round(pixels))
        weight, bias, loss = line_of(page)
        own = nn.L1Loss()(torch.tensor(weight) * data.X_train + bias, data.y_train)
        assert abs(own.item() - loss) < 1e-3

    expect(
        page.get_by_text(re.compile("Goal met. Your line has a training loss of"))
    ).to_be_visible()
    dot = handle(page, DOT)
    before = line_of(page)
    dot.press("Shift+ArrowUp")
    after = line_of(page)
    assert after[1] > before[1]
    assert abs(after[0] - before[0]) < 1e-3
    handle(page, LEFT).press("ArrowDown")
    assert line_of(page)[1] < after[1]


def test_a_line_that_other_data_leave_out_of_sight_begins_again(
    visit: Callable[..., Page],
) -> None:
    """Its handles are where the new data are."""
    page = visit("?hand=true&bias=2&lr=0.1&epochs=1000")
    assert line_of(page)[:2] == pytest.approx((0, 2.273), abs=1e-3)  # the mean of y
    page.wait_for_function(STANDS, arg=2.273)  # also once the charts have their final size
    page.set_viewport_size({"width": 1440, "height": 700})
    page.wait_for_function(RESIZED)
    page.wait_for_function(STANDS, arg=2.273)
    slider(page, "True bias").press("Home")
    expect(page.locator(".linreg-hand-says")).to_have_text(
        re.compile(r"^Your line: 0\.000 x - 1\.7")
    )
    for name in (LEFT, RIGHT):
        expect(handle(page, name)).to_be_visible()


@pytest.mark.parametrize(("epochs", "after"), [(1, "after 1 epoch:"), (2, "after 2 epochs:")])
def test_the_epochs_of_gradient_descent_are_counted(
    visit: Callable[..., Page], epochs: int, after: str
) -> None:
    """Beside the line by hand, in the singular where there is one."""
    says = visit(f"?hand=true&epochs={epochs}").locator(".linreg-hand-says")
    expect(says).to_contain_text(f"Gradient descent {after}")
