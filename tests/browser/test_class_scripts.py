"""The scripts of a class, each alone on a blank page, with the answers of a server made up."""

from urllib.parse import parse_qs

from playwright.sync_api import BrowserContext

from linreg.ui.browser.assets import asset_url

FOLLOWS = """async ([url, own, bring]) => {
  const { target, isThere } = await import(url);
  history.replaceState(null, "", own);
  return [target(bring).search.slice(1), isThere(bring)];
}"""


def test_a_call_keeps_what_the_student_has_done(newcomer: BrowserContext) -> None:
    """A page that is loaded again has the link's settings and the student's pins and challenges."""
    tab, script = newcomer.pages[0], asset_url("class_follow.js")
    own = "room=BCDFG&hide=teach&done=twice&pin=a&pin=b&own=0123"
    bring = "?lr=0.1&at=40&done=other&room=XXXXX&call=1"
    address, is_there = tab.evaluate(FOLLOWS, [script, f"/?{own}&lr=0.2", bring])
    assert parse_qs(address) == parse_qs(own) | {"lr": ["0.1"], "at": ["40"]}
    assert not is_there
    assert tab.evaluate(FOLLOWS, [script, f"/?{own}&lr=0.1&at=7", "?lr=0.1&large=true"])[1]
    assert not tab.evaluate(FOLLOWS, [script, f"/loop?{own}&lr=0.1", "?lr=0.1"])[1]
