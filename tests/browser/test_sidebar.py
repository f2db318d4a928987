"""The controls under *More settings*, which stand beside the page's fragment, and the page."""

import re
from collections import deque

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from linreg import Experiment, Model
from tests.support import notebook
from tests.support.journey import Visit, change, drawn, is_idle, open_page, says, slider

STEPPED = 0.31  # a bias one step to the right of the lesson's


def assert_shows(page: Page, experiment: Experiment) -> None:
    """The chart's training loss, up to where it alternates, is the plain loop's."""
    plain = notebook.plain_loop(experiment)["train_loss"]
    shown = drawn(page, "Loss curves", "training loss")
    assert len(shown) > 50
    assert shown == pytest.approx(plain[: len(shown)], rel=1e-5)


def test_a_setting_seldom_moved_is_followed_and_kept(visit: Visit) -> None:
    """By charts and address; a move of another control leaves it where it is.

    Six presses faster than anything is drawn end where they should.
    """
    page = visit()
    page.get_by_text("More settings").click()
    change(page, lambda: slider(page, "Seed").press("ArrowRight"))
    expect(page).to_have_url(re.compile(r"\?seed=43$"))
    assert_shows(page, Experiment(seed=43))
    change(page, lambda: slider(page, "Learning rate").press("ArrowRight"))
    expect(slider(page, "Seed")).to_have_value("43")
    expect(page).to_have_url(re.compile(r"seed=43"))
    assert_shows(page, Experiment(seed=43, lr=0.011))
    for _ in range(6):
        slider(page, "Seed").press("ArrowRight")
    expect(page).to_have_url(re.compile(r"seed=49"))
    end = Experiment(seed=49, lr=0.011)
    page.wait_for_function(
        """first => Math.abs([...document.querySelectorAll(".linreg-plot")][1]._fullData
        .find((trace) => trace.name === "training loss").y[0] - first) < 1e-5""",
        arg=notebook.plain_loop(end)["train_loss"][0],
    )
    assert_shows(page, end)
    a_preset_moves_all_controls_and_they_stay(page)


def a_preset_moves_all_controls_and_they_stay(page: Page) -> None:
    """Those under More settings too; the next move of another control brings no old value back."""
    change(page, lambda: page.get_by_role("button", name="Model 1", exact=True).click())
    expect(slider(page, "Seed")).to_have_value("42")
    expect(says(page, "Loss curves")).to_contain_text("since epoch 116")
    change(page, lambda: slider(page, "True bias").press("ArrowRight"))
    expect(slider(page, "Seed")).to_have_value("42")
    assert_shows(page, Experiment(model=Model.LINEAR, epochs=1000, bias=STEPPED))


def test_back_undoes_a_press_that_moves_many_settings(visit: Visit) -> None:
    """At once, so that nobody gets one setting of the preset with others of before."""
    page = visit("?bias=0.5&epochs=200&lr=0.05")
    is_idle(page)
    page.get_by_role("button", name="Model 1", exact=True).click()
    expect(page).to_have_url(re.compile(r"\?model=linear&epochs=1000$|\?epochs=1000&model=linear$"))
    is_idle(page)
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?bias=0.5&epochs=200&lr=0.05$"))
    expect(slider(page, "Epochs")).to_have_attribute("aria-valuetext", "200")
    expect(says(page, "Predictions")).to_contain_text("Learned after 200 epochs")


def test_a_pin_is_no_step_on_the_way_back(visit: Visit) -> None:
    """It stays pinned: Back goes on to the settings before the preset."""
    page = visit("?epochs=200")
    is_idle(page)
    page.get_by_role("button", name="Model 1", exact=True).click()
    expect(page).to_have_url(re.compile("model=linear"))
    is_idle(page)
    page.get_by_role("button", name="Pin this run").click()
    expect(page).to_have_url(re.compile("pin="))
    is_idle(page)
    page.go_back()
    expect(slider(page, "Epochs")).to_have_attribute("aria-valuetext", "200")
    expect(page).to_have_url(re.compile("epochs=200.*pin="))


def test_the_address_follows_a_key_held_right_after_a_pin(visit: Visit) -> None:
    """What the pin had sent and what the key writes cross on the way; Back skips both."""
    page = visit("?epochs=1000&lr=0.015")
    is_idle(page)
    entries = page.evaluate("history.length")
    page.get_by_role("button", name="Pin this run").click()
    slider(page, "Epochs").focus()
    for _ in range(20):
        page.keyboard.down("ArrowLeft")
        page.wait_for_timeout(30)
    page.keyboard.up("ArrowLeft")
    expect(slider(page, "Epochs")).to_have_attribute("aria-valuetext", "200")
    is_idle(page)
    expect(page).to_have_url(re.compile("epochs=200&.*pin="))
    page.wait_for_timeout(500)  # nothing that was sent before comes after it
    expect(page).to_have_url(re.compile("epochs=200&.*pin="))
    assert page.evaluate("history.length") == entries


def test_back_before_a_reloaded_page_is_complete_keeps_the_settings_in_the_address(
    visit: Visit,
) -> None:
    """Streamlit's page drops those of controls that it has not drawn yet."""
    page = visit("?epochs=400&lr=0.02")
    is_idle(page)
    for name in ("Lesson", "Loop"):
        open_page(page, name)
        expect(page).to_have_url(re.compile(rf"/{name.lower()}\?(?=.*epochs=400)(?=.*lr=0.02)"))
        is_idle(page)
        page.reload()
        page.get_by_role("link", name="Tune", exact=True).wait_for()
        page.go_back()
        expect(slider(page, "Epochs")).to_have_attribute("aria-valuetext", "400")
        expect(page).to_have_url(re.compile(r"/\?(?=.*epochs=400)(?=.*lr=0.02)"))


def test_back_leads_to_the_step_of_the_plan_before(visit: Visit) -> None:
    """Its page, its settings and its question, and then out of the plan."""
    page = visit("?lr=0.05")
    page.get_by_role("button", name="Guided class").click()
    bar = page.locator(".st-key-plan_bar")
    for number in range(1, 5):
        expect(bar).to_contain_text(f"{number} of 12")
        is_idle(page)
        if number < 4:
            bar.get_by_role("button", name="Next").click()
    for number, path in ((3, "loop"), (2, "lesson"), (1, "")):
        page.go_back()
        expect(bar).to_contain_text(f"{number} of 12")
        expect(page).to_have_url(re.compile(rf"/{path}\?(.*&)?plan={number}(&|$)"))
    page.go_back()
    expect(bar).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/\?lr=0.05$"))
    page.go_forward()
    expect(bar).to_contain_text("1 of 12")


def test_back_leads_to_the_mystery_and_the_challenge_before(visit: Visit) -> None:
    """With the settings that the press on the next one has replaced."""
    page = visit("bug_hunt?mystery=1-c7a8bad7")
    is_idle(page)
    page.get_by_role("button", name="Next mystery").click()
    expect(page).to_have_url(re.compile("mystery=2-"))
    is_idle(page)
    page.go_back()
    expect(page).to_have_url(re.compile("mystery=1-"))
    expect(page.get_by_test_id("stNumberInputField")).to_have_value("1")
    page = visit("bug_hunt")
    page.get_by_role("radio", name="mystery").click()
    expect(page).to_have_url(re.compile("mystery="))
    is_idle(page)
    page.go_back()
    expect(page.get_by_role("radio", name="one by one")).to_be_checked()
    expect(page.get_by_test_id("stNumberInputField")).to_have_count(0)
    page = visit("challenges?challenge=printed&done=printed&epochs=200")
    page.get_by_text("No, after more").click()
    page.get_by_role("button", name="Next challenge").click()
    expect(page).to_have_url(re.compile("challenge=thousand"))
    is_idle(page)
    page.go_back()
    expect(
        page.get_by_role("heading", name="Where do 0.6990 and 0.3093 come from?")
    ).to_be_visible()
    expect(page).to_have_url(re.compile("challenge=printed"))
    expect(slider(page, "Epochs")).to_have_attribute("aria-valuetext", "200")


class SlowLine:
    """What the server says can come late to a page, message by message."""

    def __init__(self) -> None:
        """Begin as a line that is not slow."""
        self.is_slow = False
        self.said = 0  # messages of the page
        self.late: deque[tuple[WebSocketRoute, str | bytes]] = deque()

    def lead_to(self, page: Page) -> None:
        """Carry all messages of a page that is not open yet."""

        def carry(socket: WebSocketRoute) -> None:
            server = socket.connect_to_server()

            def to_server(message: str | bytes) -> None:
                self.said += 1
                server.send(message)

            def to_page(message: str | bytes) -> None:
                if self.is_slow:
                    self.late.append((socket, message))
                else:
                    socket.send(message)

            socket.on_message(to_server)
            server.on_message(to_page)

        page.route_web_socket(re.compile("/_stcore/stream"), carry)

    def wait_until_said(self, page: Page, count: int) -> None:
        """Wait for a message of the page."""
        while self.said < count:
            page.wait_for_timeout(PAUSE)

    def pass_on_slowly(self, page: Page) -> None:
        """Carry one message after another, until the server says nothing for a while."""
        still = 0
        while still < 2_000:
            still = 0 if self.late else still + PAUSE
            while self.late:
                socket, message = self.late.popleft()
                socket.send(message)
                page.wait_for_timeout(PAUSE)
            page.wait_for_timeout(PAUSE)
        self.is_slow = False


PAUSE = 30  # ms


def test_the_rate_of_standard_units_survives_a_slow_line(visit: Visit) -> None:
    """The tab tells that it has kept the rows, and with it no rate that a button has replaced.

    So nothing has to be told once more.
    """
    line = SlowLine()
    page = visit("tune", prepare=line.lead_to)
    page.get_by_label(re.compile("Paste two columns")).fill("1,10\n100,20\n200,31\n300,40")
    page.get_by_role("button", name="Use the pasted rows").click()
    button = page.get_by_role("button", name="Standard units, with the rate 0.1").first
    button.wait_for()
    expect(page.locator(".st-key-tab_sent")).to_have_count(0)  # the tab has them
    is_idle(page)
    line.is_slow, said = True, line.said
    button.click()
    line.pass_on_slowly(page)
    expect(slider(page, "Learning rate")).to_have_attribute("aria-valuetext", "0.1")
    expect(says(page, "Loss after 100 epochs")).to_contain_text("urrent lr 0.1 ")
    assert line.said == said + 2  # the press, and that the tab has them


@pytest.mark.parametrize("presets", [["Model 1"], ["Model 1", "Model 0"]])
def test_what_the_sliders_show_is_used_also_on_a_slow_line(
    visit: Visit, presets: list[str]
) -> None:
    """The last message leaves before the browser has seen what those before it have moved."""
    line = SlowLine()
    page = visit("?epochs=200", prepare=line.lead_to)
    is_idle(page)
    line.is_slow = True
    for name in presets:
        said = line.said
        page.get_by_role("button", name=name, exact=True).click()
        line.wait_until_said(page, said + 1)
    slider(page, "True bias").press("ArrowRight")
    line.wait_until_said(page, said + 2)
    line.pass_on_slowly(page)
    expect(slider(page, "Epochs")).to_have_attribute(
        "aria-valuetext", "1000" if presets == ["Model 1"] else "100"
    )
    is_idle(page)
    epochs, bias = (
        slider(page, name).get_attribute("aria-valuetext") for name in ("Epochs", "True bias")
    )
    expect(says(page, "Predictions")).to_contain_text(f"Learned after {epochs} epochs")
    expect(says(page, "Predictions")).to_contain_text(f"{bias}00.")


SLOW = "?optimizer=adam&epochs=2500"


def test_a_rate_that_goes_to_and_fro_fast_does_not_stop_the_page(visit: Visit) -> None:
    """What the browser has dropped meanwhile is sent again, and is never only referred to."""
    page = visit("tune?noise=0.1&loss=mse")
    handle = slider(page, "Learning rate")
    handle.focus()
    for press in range(44):
        page.keyboard.press("ArrowLeft" if press // 22 % 2 else "ArrowRight")
        page.wait_for_timeout(40 if press % 6 else 300)
    is_idle(page)
    expect(page.get_by_text("Connection error")).to_have_count(0)
    expect(says(page, "Loss after 100 epochs")).to_contain_text("Current lr 0.01:")


def test_a_link_pressed_while_a_run_is_awaited_opens_its_page(visit: Visit) -> None:
    """Whether the run was asked for beside the page's fragment or in it."""
    page = visit(SLOW)
    page.get_by_text("More settings").click()
    for name in ("True bias", "Seed"):
        slider(page, name).press("ArrowRight")
        open_page(page, "Teach")
        expect(
            page.get_by_role("heading", name="Plan a class and make links for it", exact=True)
        ).to_be_visible()
        expect(page.get_by_text("Train a model on a straight line")).to_have_count(0)
        expect(page.get_by_role("heading", name="Learned against true")).to_have_count(0)
        if name == "True bias":
            open_page(page, "Playground")
            page.locator(".linreg-stage[data-painted]").wait_for()
