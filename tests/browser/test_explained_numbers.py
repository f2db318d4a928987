"""Pressing a number of the player: its formula, filled in, and the step that made it."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from linreg import Experiment, Optimizer, train
from tests.support.journey import Visit, number, player, says


def button(page: Page, name: str) -> Locator:
    """The number of that name, which can be pressed."""
    return player(page).get_by_role("button", name=re.compile(rf"^{name} .*explain$"))


def panel(page: Page) -> Locator:
    """What explains a number."""
    return player(page).get_by_role("dialog")


def test_a_number_explains_itself_and_follows_the_player(visit: Visit) -> None:
    """By mouse: weight before the step, rate and gradient give the weight; also one epoch later."""
    page = visit("?at=20&lr=0.05")
    history = train(Experiment(lr=0.05)).history
    button(page, "weight").click()
    for epoch in (20, 21):
        expect(panel(page)).to_contain_text(f"weight {history.weight[epoch]:.4f}")
        expect(panel(page)).to_contain_text("optimizer.step()")
        text = panel(page).inner_text()
        [sum_] = re.findall(r"([-\d.]+) - ([\d.]+) · \(?([-\d.]+)\)? = ([-\d.]+)", text)
        old, lr, grad, new = map(float, sum_)
        assert old == pytest.approx(float(history.weight[epoch - 1]), rel=1e-5)
        assert lr == 0.05
        assert grad == pytest.approx(float(history.weight_grad[epoch - 1]), rel=1e-5)
        assert new == pytest.approx(old - lr * grad, abs=2e-6)
        page.keyboard.press("ArrowRight")
    button(page, "weight").click()
    expect(panel(page)).to_have_count(0)


def test_the_panel_is_used_by_keys(visit: Visit) -> None:
    """Enter opens it, Escape closes it, and the focus is back at the number.

    The loss after the last step has no line of the loop, and no link.
    """
    page = visit()
    button(page, "test loss").focus()
    page.keyboard.press("Enter")
    expect(panel(page)).to_be_focused()
    expect(panel(page)).to_contain_text("The mean over 10 test rows of |y_pred - y|")
    page.keyboard.press("Escape")
    expect(panel(page)).to_have_count(0)
    expect(button(page, "test loss")).to_be_focused()
    assert button(page, "test loss").get_attribute("aria-expanded") == "false"
    button(page, "training loss").click()
    expect(panel(page)).to_contain_text("The loop has ended and does not compute it.")
    expect(panel(page).get_by_role("link")).to_have_count(0)


def test_the_link_opens_the_step_that_made_the_number(visit: Visit) -> None:
    """On Loop, with the same settings: there the number is the same."""
    page = visit("?at=7&lr=0.05&loss=mse")
    shown = number(page, "bias")
    link = panel(page).get_by_role("link")
    for name, epoch, line in (
        ("training loss", 7, "loss"),
        ("gradient of bias", 7, "backward"),
        ("bias", 6, "step"),
    ):
        button(page, name).click()
        address = re.compile(rf"loop\?.*lr=0\.05.*epoch={epoch}.*line={line}$")
        expect(link).to_have_attribute("href", address)
    link.click()
    expect(page).to_have_url(address)
    expect(page.get_by_text("What just happened")).to_be_visible()
    expect(page.get_by_test_id("stMain")).to_contain_text(shown)


def test_what_no_line_computes_has_no_line_and_no_link(visit: Visit) -> None:
    """With batches, the loss of all rows; and a page that is hidden has no link to it."""
    page = visit("?batch=16&at=5&hide=loop")
    button(page, "training loss").click()
    expect(panel(page)).to_contain_text("the mean over the batches instead")
    expect(panel(page).locator("code:visible")).to_have_count(0)
    button(page, "weight").click()
    expect(panel(page)).to_contain_text("optimizer.step()")
    expect(panel(page).get_by_role("link")).to_have_count(0)


def test_another_optimizer_has_its_own_rule(visit: Visit) -> None:
    """Adam does not move a parameter by lr times its gradient, so that is not said."""
    page = visit(f"?optimizer={Optimizer.ADAM}&at=5")
    button(page, "weight").click()
    expect(panel(page)).to_contain_text("root of the mean of their squares")
    expect(panel(page)).not_to_contain_text("gradient of weight")
    weights = train(Experiment(optimizer=Optimizer.ADAM)).history.weight
    expect(panel(page)).to_contain_text(f"{weights[4]:.5g}")
    expect(says(page, "Predictions")).to_be_visible()
