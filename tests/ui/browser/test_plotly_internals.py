"""What the browser scripts take from Plotly without a promise; each failure says what to look for.

That the values mean what the overlays need is tested in a browser: tests/browser/test_player.py.
"""

import re

import pytest
from plotly.offline import get_plotlyjs

from linreg.ui.browser.assets import SOURCES

ADAPTER = "plotly_internals.js"
USES = {
    "_fullLayout": ("._fullLayout=", "the layout with all defaults, and the axes in it"),
    "_fullData": ("._fullData=", "the traces with all defaults, for their names and values"),
    "d2p": (".d2p=", "an axis's function from a value to pixels"),
    "p2d": (".p2d=", "an axis's function from pixels to a value"),
    "p2r": (".p2r=", "an axis's function from pixels to the numbers of its range"),
    "_offset": ("._offset=", "where an axis begins, in pixels"),
    "_length": ("._length=", "how long an axis is, in pixels"),
    "findArrayAttributes": (
        ".findArrayAttributes(",
        "the search for a trace's arrays, called by its name",
    ),
    "scatterlayer": ('"trace scatter trace"+', "the class of a trace's SVG group, from its uid"),
}


@pytest.mark.parametrize("name", USES)
def test_the_installed_plotly_has_each_private_name(name: str) -> None:
    """The minified script still writes it."""
    written, meaning = USES[name]
    script = get_plotlyjs()
    assert re.search(rf"\b{name}\b", script), f"see the next message, of {name}"
    assert written in script, (
        f"{ADAPTER} uses {name}: {meaning}. Look for its new name in src/plots/, "
        "src/plot_api/ and src/traces/scatter/ of plotly.js, and change that file only."
    )


def test_one_script_alone_uses_them() -> None:
    """It uses all of them, and no other script uses any."""
    names = re.compile(rf"\b({'|'.join(USES)}|_full\w+)\b")
    found = {
        path.name: set(names.findall(path.read_text(encoding="utf-8")))
        for path in SOURCES.parent.rglob("*.js")
    }
    assert {name: each for name, each in found.items() if each} == {ADAPTER: set(USES)}
