"""Finds and runs the browser that is installed; nothing is downloaded."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PATHS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
)
PLAIN_SCRIPTS = "--js-flags=--no-maglev --no-turbofan --min-semi-space-size=64"
STAND_STILL = """{
  const still = new CSSStyleSheet();
  still.replaceSync("[data-testid=stSpinnerIcon] { animation: none !important }");
  document.adoptedStyleSheets.push(still);
}"""
HOW_TO_GET_ONE = (
    "browser tests need Chromium or Chrome: 'apt-get install chromium' on Debian and Ubuntu, "
    "or install Google Chrome"
)


def find_chromium() -> str | None:
    """Return the path of an installed Chromium or Chrome; None where there is none."""
    named = (shutil.which(name) for name in NAMES)
    return next((path for path in (*named, *PATHS) if path and Path(path).exists()), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run it without a window until the block ends; exit with a sentence where there is none."""
    path = _path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def chromium_with_profile(folder: Path) -> Iterator[BrowserContext]:
    """Run it with a profile in `folder`; pages of the profile load in half the time.

    The profile keeps compiled scripts, and pages of one site share a process. Compilers that
    optimize scripts cost more than they save in visits as short as those of tests, and a large
    space for new objects (MiB) saves most collections of garbage.
    """
    path, options = _path(), ["--no-sandbox", "--process-per-site", PLAIN_SCRIPTS]
    with sync_playwright() as playwright:
        start = playwright.chromium.launch_persistent_context
        profile = start(folder, executable_path=path, args=options)
        keep_wheels_still(profile)
        yield profile
        profile.close()


def keep_wheels_still(context: BrowserContext) -> None:
    """Streamlit's wheels do not turn: what moves costs time while a page loads."""
    context.add_init_script(STAND_STILL)


def _path() -> str:
    path = find_chromium()
    if path is None:
        raise SystemExit(HOW_TO_GET_ONE)
    return path
