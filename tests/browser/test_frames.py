"""The app inside a page of another site: what a frame stops is said, and there is a way out."""

from playwright.sync_api import BrowserContext, FrameLocator, Page, expect

from tests.browser.conftest import HEALTH

ROWS = {"name": "rows.json", "mimeType": "application/json", "buffer": b"[]"}


def framed(page: Page, address: str, path: str) -> FrameLocator:
    """Show the app inside a page of another site, which is on this machine too."""
    page.goto(f"{address.replace('127.0.0.1', 'localhost')}{HEALTH}")
    style = "border: 0; width: 100%; height: 95vh"
    page.set_content(f'<iframe src="{address}{path}" style="{style}"></iframe>')
    return page.frame_locator("iframe")


def test_files_that_a_frame_stops_have_a_sentence_and_a_link_to_a_tab(
    newcomer: BrowserContext, address: str
) -> None:
    """Over HTTP the browser keeps no cookie there, so the server refuses an upload.

    In the tab files go both ways, unless the browser keeps no cookies at all.
    """
    page = newcomer.new_page()
    page.set_viewport_size({"width": 1296, "height": 720})  # the app: 1280
    app = framed(page, address, "/save_and_load?lr=0.1&embed=true")
    folded, button = (
        app.get_by_test_id("stTopNavSection"),
        app.get_by_role("button", name="Present"),
    )
    expect(folded).to_be_visible()
    last, present = folded.bounding_box(), button.bounding_box()
    assert last is not None
    assert present is not None
    assert last["x"] + last["width"] <= present["x"]
    with page.expect_response(lambda answer: "/upload_file/" in answer.url) as refused:
        with page.expect_file_chooser() as chooser:
            app.get_by_role("button", name="Upload", exact=True).last.click()
        chooser.value.set_files(ROWS)  # type: ignore[arg-type]
    assert refused.value.status == 403
    told = app.locator(".linreg-no-files")
    expect(told).to_contain_text("The app is inside another page, which may stop files.")
    link = told.get_by_role("link", name="open the app in a tab of its own")
    with page.expect_popup() as opened:
        link.click()
    tab = opened.value
    assert tab.url == f"{address}/save_and_load?lr=0.1"
    told.get_by_role("button", name="Close").click()
    app.get_by_role("button", name="history.csv").click()
    expect(told).to_be_visible()
    without_cookies_it_says_why_it_sends_no_files(tab)


def without_cookies_it_says_why_it_sends_no_files(page: Page) -> None:
    """On a page of its own a download needs none, and nothing is said."""
    with page.expect_download():
        page.get_by_role("button", name="history.csv").click()
    told = page.locator(".linreg-no-files")
    upload = page.get_by_role("button", name="Upload", exact=True).last
    with page.expect_file_chooser():
        upload.click()
    expect(told).to_have_count(0)
    page.context.clear_cookies()
    with page.expect_file_chooser():
        upload.click()
    expect(told).to_contain_text("keeps no cookies")
