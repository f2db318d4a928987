"""What was sent is text on the page: no picture, no markup, no call of another host."""

from urllib.parse import urlencode

from playwright.sync_api import BrowserContext, Page, expect

from tests.support.archives import program, state, tensor
from tests.support.hostile import ONE
from tests.support.journey import Visit

HOST = "http://evil.example/"
NASTY = (
    f"![]({HOST}a)",
    f"<img src={HOST}b>",
    f"a|![]({HOST}c)|",
    ":red[x] $x$ :material/home:",
    "\u202egnp.x",
    "a" * 10_000,
)

KEY = rf"'a\x7c![]({HOST}c)\x7c'"  # the third as the page shows it


def assert_plain(page: Page) -> None:
    """Within the page's own part there is no picture, link, formula or colour that was sent."""
    main = page.get_by_test_id("stMain")
    for selector in ("img[src*=evil]", "a[href*=evil]", ".katex", ".stMarkdownColoredText"):
        expect(main.locator(selector)).to_have_count(0)
    assert "\u202e" not in main.inner_text()
    assert main.evaluate("main => main.scrollWidth <= main.clientWidth")


def test_an_address_is_shown_as_text(visit: Visit) -> None:
    """Values, names and pinned runs, in sentences that stay within a narrow page."""
    fields = [(name, text) for name in ("lr", "weight", "mystery") for text in NASTY[:1]]
    fields += [(text, "1") for text in NASTY]
    fields += [("pin", f"{text[:40]}?lr={text}") for text in NASTY]
    page = visit(f"?{urlencode(fields)}", width=390)
    expect(page.get_by_text("is not a number from").first).to_be_visible()
    expect(page.get_by_text("Pinned run").first).to_be_visible()
    assert_plain(page)


def test_the_keys_of_a_file_are_shown_as_text(visit: Visit) -> None:
    """In the tables of Save & load: a bar in a key ends no cell, and nothing behind it is live."""
    page = visit("save_and_load")
    file = program(state(**dict.fromkeys(NASTY, tensor())), _0=ONE)
    name = f"![]({HOST}d)<img src={HOST}e>.pth"
    sent = {"name": name, "mimeType": "application/zip", "buffer": file}
    page.locator("input[type=file]").first.set_input_files(sent)  # type: ignore[arg-type]
    expect(page.get_by_role("heading", name="What is in it")).to_be_visible()
    expect(page.get_by_role("cell", name=KEY, exact=True)).to_be_visible()
    expect(page.get_by_text("PyTorch's answer")).to_be_visible()
    assert_plain(page)
    page.set_viewport_size({"width": 390, "height": 900})
    assert_plain(page)


def test_a_browser_takes_nothing_from_another_host(newcomer: BrowserContext, address: str) -> None:
    """Even if something had found its way onto the page: pictures, scripts, frames, questions."""
    page = newcomer.new_page()
    page.route("**/*.js", lambda route: route.abort())  # what the page may do is said before
    page.goto(address, wait_until="domcontentloaded")
    blocked: list[str] = page.evaluate(
        """async (host) => {
          const blocked = [];
          const seen = new Promise((resolve) =>
            document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => {
              blocked.push(effectiveDirective);
              if (blocked.length === 4) resolve();
            }));
          for (const tag of ["img", "script", "iframe"]) {
            const made = document.createElement(tag);
            made.src = host + tag;
            document.body.append(made);
          }
          fetch(host).catch(() => {});
          await seen;
          return blocked.sort();
        }""",
        HOST,
    )
    assert blocked == ["connect-src", "frame-src", "img-src", "script-src-elem"]
