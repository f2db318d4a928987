"""Pressing a number of the player: its formula, filled in, and the step that made it."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from linreg import Experiment, History, Optimizer, train
from tests.support.journey import Visit, number, player


def button(page: Page, name: str) -> Locator:
    """The number of that name, which can be pressed."""
    return player(page).get_by_role("button", name=re.compile(rf"^{name} .*explain$"))


def panel(page: Page) -> Locator:
    """What explains a number."""
    return player(page).get_by_role("dialog")


def test_a_number_explains_itself_and_leads_to_its_step(visit: Visit) -> None:
    """By mouse and by keys, while the player moves; then its link opens the line of the loop."""
    page = visit("?at=20&lr=0.05")
    history = train(Experiment(lr=0.05)).history
    a_weight_is_the_one_before_less_rate_times_gradient(page, history)
    a_panel_is_used_by_keys(page)
    after_the_last_step_there_is_no_line(page)
    its_link_opens_its_step(page)


def a_weight_is_the_one_before_less_rate_times_gradient(page: Page, history: History) -> None:
    """Weight before the step, rate and gradient give the weight; also one epoch later."""
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


def a_panel_is_used_by_keys(page: Page) -> None:
    """Enter opens it, Escape closes it, and the focus is back at the number."""
    button(page, "test loss").focus()
    page.keyboard.press("Enter")
    expect(panel(page)).to_be_focused()
    expect(panel(page)).to_contain_text("The mean over 10 test rows of |y_pred - y|")
    page.keyboard.press("Escape")
    expect(panel(page)).to_have_count(0)
    expect(button(page, "test loss")).to_be_focused()
    assert button(page, "test loss").get_attribute("aria-expanded") == "false"


def after_the_last_step_there_is_no_line(page: Page) -> None:
    """No line of the loop computes the loss there, so there is no link."""
    player(page).get_by_role("slider").press("End")
    button(page, "training loss").click()
    expect(panel(page)).to_contain_text("The loop has ended and does not compute it.")
    expect(panel(page).get_by_role("link")).to_have_count(0)
    button(page, "training loss").click()


def its_link_opens_its_step(page: Page) -> None:
    """On Loop, with the same settings: there the number is the same."""
    player(page).get_by_role("slider").fill("7")
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


def test_what_another_loop_computes_has_its_own_rule(visit: Visit) -> None:
    """With batches no line computes the loss of all rows, and Adam has a rule of its own.

    It does not move a parameter by lr times its gradient, so that is not said. A page that is
    hidden has no link to it.
    """
    page = visit(f"?optimizer={Optimizer.ADAM}&batch=16&at=5&hide=loop")
    button(page, "training loss").click()
    expect(panel(page)).to_contain_text("the mean over an epoch's rows instead")
    expect(panel(page).locator("code:visible")).to_have_count(0)
    button(page, "weight").click()
    expect(panel(page)).to_contain_text("optimizer.step()")
    expect(panel(page).get_by_role("link")).to_have_count(0)
    expect(panel(page)).to_contain_text("root of the mean of their squares")
    expect(panel(page)).not_to_contain_text("gradient of weight")
    weights = train(Experiment(optimizer=Optimizer.ADAM, batch_size=16)).history.weight
    expect(panel(page)).to_contain_text(f"{weights[4]:.6g}")
