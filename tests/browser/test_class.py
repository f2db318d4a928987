"""A class on its phones: a whole round with two votes, through a reload and a killed server."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import PATIENCE
from tests.browser.test_accessibility import ALL, COLOURS, TOO_BAD, audit
from tests.browser.test_faults import still
from tests.browser.test_phone import IN_SIGHT, TOO_SMALL
from tests.browser.test_picture_in_sight import look
from tests.support.class_phone import Phone
from tests.support.journey import choose_option, slider
from tests.support.served import Server

ENDS_ABOVE = """panel => {
  const end = document.querySelector('[data-testid="stMain"]').getBoundingClientRect().bottom;
  return end < panel.getBoundingClientRect().top + 1;
}"""
QUESTION = "Challenge: As fast as it goes"
SLOWER, GROWS = "A It learns a little slower", "B The loss grows more and more"
COLOUR_SCHEMES: tuple[tuple[Literal["light", "dark"], dict[str, Any]], ...] = (
    ("light", ALL),
    ("dark", COLOURS),
)
# Whatever a student's program sends, only numbers of the question are taken.
HOSTILE = """([room, token]) => fetch(new URL(`linreg-board/${room}/answer`, document.baseURI), {
  method: "POST",
  headers: { "X-Linreg-Participant": token },
  body: JSON.stringify({ round: 1, value: "<b>evil</b>", nickname: "<b>evil</b>" }),
}).then(({ status }) => status)"""

Open = Callable[..., Page]


@pytest.fixture
def devices(newcomer: BrowserContext, phones: BrowserContext) -> Iterator[Open]:
    """Open addresses on the teacher's laptop or on a phone; errors may be on the console."""
    with ExitStack() as ends:

        def open_page(url: str, *, phone: bool = True) -> Page:
            page = (phones if phone else newcomer).new_page()
            ends.callback(page.close)
            width, height = (390, 664) if phone else (1366, 768)
            page.set_viewport_size({"width": width, "height": height})
            page.set_default_timeout(PATIENCE)
            page.goto(url)
            return page

        yield open_page


def panel(page: Page) -> Locator:
    """The panel of the room on a student's page."""
    return page.get_by_role("complementary", name="Class")


def faults(page: Page) -> list[str]:
    """The serious and critical findings of axe-core in the panel."""
    found = Axe().run(page, context=".linreg-room", options=ALL).response["violations"]
    return [each["id"] for each in found if each["impact"] in TOO_BAD]


def choose(page: Page, option: str) -> None:
    """Answer the question that is open."""
    panel(page).get_by_role("button", name=option).tap()


def test_a_class_votes_twice_through_a_reload_and_a_killed_server(
    devices: Open, server: Server
) -> None:
    """No confirmed answer is lost, each counts once, and the bars are what was sent."""
    teacher = devices(f"{server.address}/class_board", phone=False)
    expect(teacher.get_by_role("button", name="Open a room")).to_be_visible()
    teacher.keyboard.press("o")
    code = teacher.locator(".linreg-join b").inner_text()
    phone = devices(f"{server.address}/?room={code}&hide=class_board-teach")
    name = joined(phone)
    others = [Phone(server.address, code) for _ in range(2)]
    names = [name, *(other.nickname for other in others)]
    assert len(set(names)) == 3
    expect(teacher.get_by_text("3 devices have joined")).to_be_visible()
    takes_no_room_from_the_picture(phone)
    ask(teacher)
    vote_through_a_reload(teacher, phone, others)
    teacher.keyboard.press("x")
    expect(panel(phone)).to_contain_text("The vote is closed.")
    expect(teacher.get_by_role("button", name="Vote again")).to_be_enabled()
    teacher.keyboard.press("v")
    expect(panel(phone)).to_contain_text("Second vote: choose your answer.")
    vote_through_a_new_server(teacher, phone, others, server)
    token = phone.evaluate(f"localStorage.getItem('linreg room {code}')")
    assert phone.evaluate(HOSTILE, [code, token]) == 400
    press(teacher, "x", "Show the answers")
    expect(teacher.get_by_text("The second vote is closed.", exact=True)).to_be_visible()
    expect(panel(phone)).to_contain_text("The teacher can show the answers now.")
    still(teacher)
    teacher.keyboard.press("s")
    shows_both_votes(teacher)
    shows_both_votes(phone)
    shown = teacher.locator("body").inner_text()
    assert not [text for text in (*names, "evil", token) if text in shown]
    is_accessible(teacher, phone)
    goes_where_the_teacher_is(teacher, phone)
    ends(teacher, phone, others)


def press(teacher: Page, key: str, next_step: str) -> None:
    """Press a key until it is heard; a page that has just come back may not hear the first.

    The next step is allowed then.
    """
    button = teacher.get_by_role("button", name=next_step)
    for _ in range(5):
        still(teacher)
        teacher.keyboard.press(key)
        with suppress(AssertionError):
            expect(button).to_be_enabled(timeout=10_000)
            return


def joined(phone: Page) -> str:
    """Wait until the phone is in the room; return its nickname."""
    expect(panel(phone)).to_contain_text("you are")
    return str(re.findall(r"you are (\w+ \w+)", panel(phone).inner_text())[0])


def takes_no_room_from_the_picture(phone: Page) -> None:
    """With the panel folded, chart, player and slider are all in sight, and so is the panel.

    Unfolded, nothing covers it, also where the phone is held sideways, and the page ends above it.
    """
    phone.locator(".linreg-stage[data-painted]").wait_for()
    for width, height in ((664, 390), (844, 390), (390, 664)):
        phone.set_viewport_size({"width": width, "height": height})
        assert panel(phone).evaluate(IN_SIGHT) > 0.97, width
        phone.wait_for_function(ENDS_ABOVE, arg=panel(phone).element_handle())
    panel(phone).get_by_role("button", name="Fold").tap()
    assert look(phone)["whole"] == 1
    parts = (phone.locator(".linreg-controls"), phone.locator(".linreg-numbers"), panel(phone))
    for part in parts:
        assert part.evaluate(IN_SIGHT) > 0.97, part


def ask(teacher: Page) -> None:
    """Open the vote on a question of a challenge."""
    teacher.keyboard.press("q")
    choose_option(teacher, "Question", QUESTION)
    expect(
        teacher.get_by_text("What happens just above the limit of the learning rate?")
    ).to_be_visible()
    assert audit(teacher, ALL) == []
    teacher.keyboard.press("o")  # a question is chosen, and its list has let go of the keys


def vote_through_a_reload(teacher: Page, phone: Page, others: Sequence[Phone]) -> None:
    """The phone is loaded again after its answer, on another page: it is the same participant."""
    expect(panel(phone).get_by_role("button", name=SLOWER)).to_be_visible()
    assert faults(phone) == []
    assert phone.evaluate(TOO_SMALL) == []
    choose(phone, SLOWER)
    expect(panel(phone)).to_contain_text("Answered: A.")
    others[0].answer(1, 1)
    expect(teacher.get_by_text("2 of 3 have answered")).to_be_visible()
    phone.goto(phone.url.replace("/?", "/save_and_load?"))
    expect(panel(phone)).to_contain_text("Answered: A. 2 of 3 have answered.")
    others[1].answer(1, 0)
    expect(teacher.get_by_text("3 of 3 have answered")).to_be_visible()
    expect(teacher.locator(".linreg-votes")).to_have_count(0)  # not before the end


def vote_through_a_new_server(
    teacher: Page, phone: Page, others: Sequence[Phone], server: Server
) -> None:
    """The phone answers while there is no server; the answer arrives at the next one."""
    server.kill()
    choose(phone, GROWS)
    expect(panel(phone)).to_contain_text("Your answer is sent as soon as")
    server.start()
    expect(panel(phone)).to_contain_text("Answered: B.")
    for other in others:
        other.answer(1, 1)
    expect(teacher.get_by_text("3 of 3 have answered in the second vote")).to_be_visible()
    still(teacher)  # its buttons come back a little later than its numbers


def shows_both_votes(page: Page) -> None:
    """The counts of both votes stand beside each other, and what is right is marked."""
    bars = page.locator(".linreg-votes li")
    expect(bars).to_have_count(3)
    said = [bar.get_attribute("aria-label") for bar in bars.get_by_role("img").all()]
    assert said == [
        *("first vote: 2", "second vote: 0"),
        *("first vote: 1", "second vote: 3"),
        *("first vote: 0", "second vote: 0"),
    ]
    expect(bars.nth(1)).to_contain_text("right")
    lengths = bars.locator("i").evaluate_all("bars => bars.map((bar) => bar.offsetWidth)")
    assert lengths == pytest.approx([count * lengths[3] / 3 for count in (2, 0, 1, 3, 0, 0)], abs=1)


def is_accessible(teacher: Page, phone: Page) -> None:
    """An audit of the page and of the panel, in colours light and dark, and of a dialog in dark."""
    for colours, options in COLOUR_SCHEMES:
        for page in (teacher, phone):
            page.emulate_media(color_scheme=colours)
        assert audit(teacher, options) == []
        assert faults(phone) == []
    teacher.get_by_role("button", name="Teacher's secret link").click()
    expect(teacher.get_by_role("dialog")).to_contain_text("#")
    assert audit(teacher, COLOURS) == []
    teacher.keyboard.press("Escape")
    expect(teacher.get_by_role("dialog")).to_have_count(0)


def goes_where_the_teacher_is(teacher: Page, phone: Page) -> None:
    """To the page and its settings without a reload, and back; a pause is said."""
    phone.evaluate("window.isStillHere = true")
    teacher.keyboard.press("g")
    expect(slider(teacher, "Epochs")).to_have_attribute("aria-valuetext", "1000")
    teacher.locator(".linreg-stage[data-painted]").wait_for()
    expect(teacher.locator(".linreg-numbers")).to_be_in_viewport(ratio=1)  # below the teacher's bar
    teacher.keyboard.press("End")
    teacher.keyboard.press("ArrowLeft")
    expect(teacher).to_have_url(re.compile("at=999"))
    teacher.keyboard.press("h")
    phone.locator(".linreg-stage[data-painted]").wait_for()
    expect(phone).to_have_url(
        re.compile(r"/\?(?=.*loss=mse)(?=.*at=999)(?=.*room=)(?=.*hide=class_board-teach)")
    )
    expect(slider(phone, "Epochs")).to_have_attribute("aria-valuetext", "1000")
    expect(panel(phone).get_by_role("button", name="Follow")).to_be_hidden()
    expect(panel(phone)).to_contain_text("What the class has said")  # a call does not hide it
    panel(phone).get_by_role("button", name="Back").tap()
    expect(phone).to_have_url(re.compile(r"/\?(?!.*loss=)"))  # where it was before the question
    expect(panel(phone).get_by_role("button", name="Follow")).to_be_visible()
    assert phone.evaluate("window.isStillHere")
    teacher.keyboard.press("u")
    expect(panel(phone)).to_contain_text("Paused")
    expect(panel(phone).get_by_role("button", name="Follow")).to_be_hidden()
    epochs = slider(phone, "Epochs")
    before = epochs.get_attribute("aria-valuetext") or ""
    epochs.press("ArrowRight")
    epochs.locator("xpath=ancestor::*[@role='group']").tap(position={"x": 20, "y": 50}, force=True)
    teacher.keyboard.press("u")
    expect(panel(phone)).not_to_contain_text("Paused")
    expect(epochs).to_have_attribute("aria-valuetext", before)


def ends(teacher: Page, phone: Page, others: Sequence[Phone]) -> None:
    """The teacher deletes the room; phones say so, and forget that they were in it."""
    teacher.keyboard.press("k")
    teacher.get_by_role("button", name="End the room").click()
    teacher.get_by_role("button", name="Delete the room").click()
    expect(teacher.get_by_role("button", name="Open a room")).to_be_visible()
    expect(panel(phone)).to_contain_text("There is no room with this code.")
    assert phone.evaluate("Object.keys(localStorage).filter((key) => /room/.test(key))") == []
    assert [other.status("state") for other in others] == [404, 404]
