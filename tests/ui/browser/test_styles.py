"""The styles: no selector makes every change of the page a change of all of its style."""

import re
from pathlib import Path

import pytest

from linreg.ui.browser.assets import SOURCES

COSTLY = {
    "matches a part of a class name, so that any change of a class counts": r"\[class[*^$]=",
    "has no element before :has(), so that it is every element": r"(?:^|[\s,])(?<!>\s):has\(",
    "searches all of the page": r":root:has\(",
    "looks into every element before at its parent": r"[\])] > :(?:not\(:)?has\(",
}
SCREEN = sorted(path for path in SOURCES.glob("*.css") if path.name != "print.css")


@pytest.mark.parametrize("style", SCREEN, ids=lambda path: path.name)
def test_a_change_of_one_element_leaves_the_style_of_the_others(style: Path) -> None:
    """No selector is one that makes the browser look at the whole page again."""
    text = re.sub(r"/\*.*?\*/", "", style.read_text(encoding="utf-8"), flags=re.DOTALL)
    selectors = [line.strip() for line in re.findall(r"([^{};]+)\{", text) if "@media" not in line]

    found = {
        selector: fault
        for selector in selectors
        for fault, pattern in COSTLY.items()
        if re.search(pattern, selector)
    }

    assert len(selectors) > 5
    assert found == {}
