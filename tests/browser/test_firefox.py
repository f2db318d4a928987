"""A visit with a second browser engine: Debian's Firefox, in forced colours."""

import sys
from pathlib import Path

import pytest

from linreg import Experiment
from tests.browser.test_accessibility import UNSEEN
from tests.browser.test_translated import TRANSLATE
from tests.support import notebook
from tests.support.firefox import HOW_TO_GET_IT, Tab, find_firefox, firefox
from tests.support.required import required

ON_PLAIN_HTTP = """() => Object.defineProperty(
  Navigator.prototype, "clipboard", { get: () => undefined, configurable: true })"""
PAINTED = "document.querySelector('.linreg-stage')?.dataset.painted"
CURVES = """[...document.querySelectorAll(".linreg-plot")]
  .map((plot) => plot.querySelectorAll(".scatterlayer .trace").length)"""
EPOCH = "document.querySelector('.linreg-numbers dd').textContent"
LOG = "document.querySelector('.st-key-log')?.innerText"
RATE = "document.querySelector('input[aria-label=\"Learning rate\"]')"
COPY = "document.querySelector('[data-testid=stCode] button')"
# Streamlit's protobuf tries WebAssembly, and goes on without it; Firefox says that it is forbidden.
ANSWERED = "blocked WebAssembly"


def link(text: str) -> str:
    """An expression for the entry of the menu that has this text."""
    entries = "[...document.querySelectorAll('a')]"
    return f"{entries}.find((each) => each.textContent.includes('{text}'))"


@pytest.mark.skipif(sys.platform != "linux", reason="Firefox is sought as Debian has it")
def test_the_app_works_in_firefox(address: str, tmp_path: Path) -> None:
    """Charts, player, forced colours, a slider by touch, a translated page, and copied code."""
    program = required(find_firefox(), HOW_TO_GET_IT)
    with firefox(program, tmp_path) as tab:
        tab.resize(1900, 900)
        tab.before_each_page(ON_PLAIN_HTTP)
        tab.open(f"{address}/?utm_source=course&at=20")
        tab.wait(PAINTED)
        assert all(tab.evaluate(CURVES))
        tab.wait("document.querySelector('[data-testid=stCheckbox] label > div > div:empty')")
        assert tab.evaluate("matchMedia('(forced-colors: active)').matches")
        assert tab.evaluate(UNSEEN.replace("() =>", "(() =>", 1) + ")()") == []
        assert tab.evaluate("document.querySelectorAll('[data-testid=stAlert]').length") == 0

        assert tab.evaluate(EPOCH) == "20 of 100"
        tab.click("document.querySelector('.linreg-controls [title=Play]')")
        tab.wait(f"{EPOCH} === '100 of 100'")
        see_a_translated_page(tab)
        see_a_swipe_and_a_touch(tab)
        copy_code(tab, address)
    assert [problem for problem in tab.problems if ANSWERED not in problem] == []


def see_a_translated_page(tab: Tab) -> None:
    """The log has the new numbers, and a page that is left its heading for the next."""
    tab.click(
        "[...document.querySelectorAll('[role=tab]')].find((each) => each.innerText === 'Log')"
    )
    tab.wait(LOG)
    tab.evaluate(f"({TRANSLATE})()")
    tab.evaluate(f"{RATE}.focus()")
    tab.press("ArrowRight")
    loss = notebook.plain_loop(Experiment(lr=0.011))["train_loss"][-1]
    tab.wait(f"{LOG}?.includes('Train loss: {loss}')")
    tab.click(link("«Loop»"))
    tab.wait("document.querySelector('h1').innerText === '«The training loop, line by line»'")


def see_a_swipe_and_a_touch(tab: Tab) -> None:
    """A finger that moves up leaves a slider alone; one that moves along it does not."""
    value = f"{RATE}.getAttribute('aria-valuetext')"
    x, y = tab.middle(f"{RATE}.closest('[role=group]')")
    tab.move([(x + 60, y), (x + 60, y - 40), (x + 60, y - 80)], "touch")
    assert tab.evaluate(value) == "0.011"
    tab.move([(x + 20, y), (x + 40, y), (x + 60, y)], "touch")
    tab.wait(f"{value} !== '0.011'")


def copy_code(tab: Tab, address: str) -> None:
    """Without the clipboard of https; what was copied can be pasted."""
    tab.open(f"{address}/lesson?part=model")
    tab.wait("document.querySelector('[data-testid=stCode] pre[role]')")
    tab.hover("document.querySelector('[data-testid=stCode]')")  # brings the button
    x, y = tab.middle(COPY)
    tab.wait(f"{COPY}.contains(document.elementFromPoint({x}, {y}))")
    tab.click(COPY)
    tab.wait("document.querySelector('[data-testid=stCode] button[aria-label=Copied]')")
    tab.evaluate("document.body.append(document.createElement('textarea'))")
    tab.evaluate("document.querySelector('body > textarea').focus()")
    tab.press("Control", "v")
    code = tab.evaluate("document.querySelector('[data-testid=stCode] code').innerText.trim()")
    assert tab.wait("document.querySelector('body > textarea').value.trim()") == code
