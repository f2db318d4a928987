"""Makes a container a live region: screen readers say its text whenever that changes.

What a press has changed there also comes into sight, if it is not there already.
"""

from typing import Literal

import streamlit as st

from linreg.ui.state import keys

_SCRIPT = """
export default function ({ data, parentElement }) {
  const region = parentElement.closest('[data-testid="stVerticalBlock"]');
  region.setAttribute("aria-live", "polite");
  region.setAttribute("aria-atomic", "true");
  const seen = (window.linregSeen ??= new Map());
  const onPhone = matchMedia("(max-width: 640px)").matches;
  const block = data.block === "start on a phone" ? (onPhone ? "start" : "nearest") : data.block;
  if (data.shown && seen.get(data.name) !== data.shown) keepInSight(region, block);
  seen.set(data.name, data.shown);
}

// Charts around it may still get their height: it is shown again until the visitor does something.
function keepInSight(region, block) {
  const observer = new ResizeObserver(() => region.scrollIntoView({ block, behavior: "instant" }));
  observer.observe(document.querySelector('[data-testid="stMainBlockContainer"]'));
  for (const event of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    addEventListener(event, () => observer.disconnect(), { once: true, capture: true });
  }
}
"""

_component = st.components.v2.component("linreg_live_region", js=_SCRIPT, isolate_styles=False)


Block = Literal["nearest", "start", "start on a phone"]


def live_region(key: str, shown: str = "", block: Block = "nearest") -> None:
    """Make the container around this place a live region.

    Arguments:
        key: names the container, so that the region stays the same element.
        shown: what the last press has brought; when it changes to another text that is not empty,
            the browser scrolls as far as is needed to show the container.
        block: "start" scrolls until the container is at the top, so that what follows shows too;
            "start on a phone" does so only where the window is narrow.
    """
    data = {"name": key, "shown": shown, "block": block}
    _component(key=keys.one_of(keys.LIVE_REGION, key), data=data)
