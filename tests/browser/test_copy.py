"""Buttons that copy, where the browser has no clipboard for pages: on plain http."""

from playwright.sync_api import Page, expect

from tests.support.journey import Visit


def on_plain_http(page: Page) -> None:
    """Take the clipboard from a page, as browsers do on plain http."""
    page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'clipboard', { get: () => undefined })"
    )


def test_code_is_copied_on_plain_http_or_a_sentence_says_why_not(visit: Visit) -> None:
    """What was copied can be pasted; where the browser refuses this too, the page says so."""
    page = visit("lesson?part=model", prepare=on_plain_http)
    code = page.get_by_test_id("stCode").first
    code.hover()
    code.get_by_role("button", name="Copy").click()
    expect(code.get_by_role("button", name="Copied")).to_be_visible()
    page.evaluate("document.body.append(document.createElement('textarea'))")
    field = page.locator("body > textarea")
    field.press("ControlOrMeta+V")
    assert field.input_value().strip() == code.locator("code").inner_text().strip()

    page.evaluate("document.execCommand = () => false")
    refused = page.evaluate("navigator.clipboard.writeText('x').catch((error) => error.message)")
    assert refused == "not copied"
    expect(page.get_by_text("does not let the page copy")).to_be_visible()
