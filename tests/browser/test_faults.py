"""A server that dies and comes back, and a network that goes away: nothing is lost."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from linreg import Experiment
from linreg.lesson.challenges import CHALLENGES
from linreg.own_data.browser_copy import mark_of
from linreg.sharing.pins import Pin, write_pin
from tests.browser.conftest import PATIENCE
from tests.support import notebook
from tests.support.blank_frames import blank_frames, count_blank_frames
from tests.support.forked import ForkedServer
from tests.support.journey import (
    change,
    drawn,
    number,
    player,
    plot,
    says,
    set_view,
    slider,
)
from tests.support.relay import Relay
from tests.support.served import Server

SEEN = """() => ({
  address: location.href,
  headings: [...document.querySelectorAll("h1, h2, h3")].map((each) => each.innerText),
  controls: document.querySelector("[data-testid=stSidebar]").innerText,
  places: [...document.querySelectorAll("[role=slider], input")].map(
    (each) => each.getAttribute("aria-valuetext") ?? `${each.value} ${each.checked}`),
  charts: [...document.querySelectorAll(".linreg-plot")].map((plot) =>
    JSON.stringify(plot._fullData.map(({ name, x, y, z }) => [name, x, y, z]))),
  player: [...document.querySelectorAll(".linreg-stage dl")].map((each) => each.innerText),
})"""

Open = Callable[..., Page]


@pytest.fixture
def visitors(newcomer: BrowserContext) -> Open:
    """Open addresses, each in a tab and with a session of its own; errors may be on the console."""

    def open_page(url: str, *, before: str = "") -> Page:
        page = newcomer.new_page()
        page.add_init_script(before)
        page.set_viewport_size({"width": 1440, "height": 900})
        page.set_default_timeout(PATIENCE)
        page.goto(url)
        page.locator(".linreg-stage[data-painted]").first.wait_for()
        page.get_by_test_id("stSlider").first.wait_for()  # its script comes later
        still(page)
        return page

    return open_page


def still(page: Page) -> None:
    """Wait until the page is connected and nothing runs."""
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-connection-state", "CONNECTED")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")


def cut_off(page: Page) -> None:
    """Wait until the page has noticed that nobody answers."""
    expect(page.get_by_test_id("stApp")).not_to_have_attribute(
        "data-test-connection-state", "CONNECTED"
    )


def seen(page: Page) -> dict[str, Any]:
    """What a student sees: the address, the controls, all numbers of charts and player."""
    found: dict[str, Any] = page.evaluate(SEEN)
    return found


def is_well(page: Page) -> list[str]:
    """Assert that the page speaks of no error; give the errors of the console to come."""
    still(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
    problems: list[str] = []

    def keep(message: ConsoleMessage) -> None:
        if message.type == "error":
            problems.append(message.text)

    page.on("console", keep)
    page.on("pageerror", lambda error: problems.append(str(error)))
    return problems


def test_after_a_lost_network_and_a_restart_every_page_is_what_it_was(
    visitors: Open, server: Server
) -> None:
    """Killed and started again while a class works: pictures stay, and work goes on from them.

    Before that the network of one student goes away for a moment.
    """
    with Relay(server.address) as network:
        playground = visitors(f"{network.address}/?noise=0.1&at=3")
        after_a_network_that_was_gone_the_page_is_what_it_was(playground, network)
        after_a_restart_of_the_server_every_page_is_what_it_was(visitors, server, playground)


def after_a_network_that_was_gone_the_page_is_what_it_was(page: Page, network: Relay) -> None:
    """The server still knows the session, and goes on with it."""
    before = seen(page)
    network.cut()
    cut_off(page)
    assert seen(page)["charts"] == before["charts"]
    network.mend()
    problems = is_well(page)
    assert seen(page) == before
    change(page, lambda: slider(page, "Learning rate").press("ArrowRight"))
    plain = notebook.plain_loop(Experiment(noise=0.1, lr=0.011))
    expect(says(page, "Loss curves")).to_contain_text(f"{plain['train_loss'][-1]:.6f}")
    assert drawn(page, "Loss curves", "training loss") == pytest.approx(
        plain["train_loss"], rel=1e-6
    )
    assert number(page, "epoch") == "3 of 100"
    assert problems == []


def after_a_restart_of_the_server_every_page_is_what_it_was(
    visitors: Open, server: Server, playground: Page
) -> None:
    """What the pages say, show and hold is the same, and each goes on from there."""
    pins = "&".join(f"pin={write_pin(Pin(name=n, experiment=Experiment(lr=lr)))}" for n, lr in PINS)
    change(playground, lambda: set_view(playground, "log"))
    slider_of_player(playground).press("Home")
    for _ in range(3):
        slider_of_player(playground).press("ArrowRight")
    expect(playground).to_have_url(re.compile("at=3&.*scale=log|scale=log&.*at=3"))
    teachers = "hide=weight-teach&lock=lr"
    tune = visitors(f"{server.address}/tune?lr=0.1&{pins}&{teachers}")
    bring_in(tune)
    challenges = visitors(f"{server.address}/challenges?done=printed&challenge=printed&epochs=200")
    challenges.get_by_test_id("stRadioOption").filter(has_text="No, after more").click()
    expect(challenges.get_by_text("Goal met.")).to_be_visible()
    pages = [playground, tune, challenges]
    for page in pages:
        still(page)
    before = [seen(page) for page in pages]

    server.kill()
    for page, picture in zip(pages, before, strict=True):
        cut_off(page)
        assert seen(page)["charts"] == picture["charts"]
    server.start()
    problems = [is_well(page) for page in pages]
    assert [seen(page) for page in pages] == before

    change(playground, lambda: slider(playground, "Learning rate").press("ArrowRight"))
    plain = notebook.plain_loop(Experiment(noise=0.1, lr=0.012))
    expect(says(playground, "Loss curves")).to_contain_text(f"{plain['train_loss'][-1]:.6f}")
    assert drawn(playground, "Loss curves", "training loss") == pytest.approx(
        plain["train_loss"], rel=1e-6
    )
    assert number(playground, "epoch") == "3 of 100"
    tune.get_by_role("button", name="Unpin").first.click()
    expect(tune.get_by_text("1 of 8 pinned")).to_be_visible()
    expect(tune.get_by_role("textbox", name="Name of run 1")).to_have_value(PINS[1][0])
    expect(
        tune.get_by_text("Own data: 4 rows in place of the line, in standard units.")
    ).to_be_visible()
    expect(tune.get_by_text("in the original units: ")).to_be_visible()
    slider(challenges, "Epochs").press("Home")
    expect(challenges.get_by_text("Not yet.")).to_be_visible()
    expect(challenges.get_by_role("heading", name=f"1 of {len(CHALLENGES)} done")).to_be_visible()
    expect(tune).to_have_url(re.compile("hide=weight-teach"))
    expect(tune).to_have_url(re.compile("lock=lr"))
    expect(slider(tune, "True weight")).to_have_count(0)
    expect(slider(tune, "Learning rate")).to_be_disabled()
    for page in pages:
        still(page)
    assert problems == [[]] * len(pages)


def bring_in(page: Page) -> None:
    """Paste four rows on Tune, and take them in standard units."""
    page.get_by_role("textbox", name="Paste two columns").fill("1,1\n2,2\n3,3.5\n4,4")
    page.get_by_role("button", name="Use the pasted rows").click()
    expect(page.get_by_text("4 rows are used.")).to_be_visible()
    page.get_by_text("In standard units").click()
    expect(page.get_by_text("in the original units: ")).to_be_visible()
    expect(page).to_have_url(re.compile("own="))
    expect(page.locator(".st-key-tab_sent")).to_have_count(0)  # the tab has them
    assert '"standard": true' in page.evaluate("sessionStorage.getItem('linreg own data')")


PINS = (("slow", 0.001), ("fast", 0.1))


def slider_of_player(page: Page) -> Any:
    """The slider of the player, which moves the cursor."""
    return player(page).get_by_role("slider")


def test_own_data_that_something_else_put_into_the_tab_are_not_used(
    visitors: Open, address: str
) -> None:
    """The page says that only the tab could have them, and shows the line.

    (That of a tab that holds nothing is in tests/app/test_own_data_again.py.)
    """
    changed = "sessionStorage.setItem('linreg own data', JSON.stringify({rows: '<b>'}))"
    page = visitors(f"{address}/?lr=0.1&own={mark_of(((1.0, 1.0), (2.0, 2.0)))}", before=changed)
    expect(page.get_by_text("only the tab")).to_be_visible()
    expect(page).to_have_url(f"{address}/?lr=0.1")
    expect(slider(page, "True weight")).to_be_enabled()


def test_a_training_that_fails_leaves_the_picture_untouched(visitors: Open) -> None:
    """In no frame a chart is gone; the slider is where it was put, and goes on from there."""
    server = ForkedServer()
    server.command[server.command.index("app.py")] = "tests/support/faulty_app.py"
    with server:
        page = visitors(server.address)
        before = drawn(page, "Loss curves", "training loss")
        element = plot(page, "Predictions").element_handle()
        count_blank_frames(page)
        problems = is_well(page)
        slider(page, "Learning rate").press("ArrowRight")
        failed = page.get_by_text("CUDA error: device lost")
        expect(failed).to_be_visible()
        still(page)
        expect(slider(page, "Learning rate")).to_have_attribute("aria-valuetext", "0.011")
        expect(page).to_have_url(re.compile(r"lr=0\.011"))
        assert drawn(page, "Loss curves", "training loss") == before
        change(page, lambda: slider(page, "Learning rate").press("ArrowRight"))
        expect(failed).to_have_count(0)
        assert drawn(page, "Loss curves", "training loss") == pytest.approx(
            notebook.plain_loop(Experiment(lr=0.012))["train_loss"], rel=1e-6
        )
        assert plot(page, "Predictions").evaluate("(div, old) => div === old", element)
        assert blank_frames(page) == 0
        assert problems == []
