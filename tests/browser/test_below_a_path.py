"""The app below a path of a proxy: one that takes the path away, and one that keeps it.

The path ends like a page of the app.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import expect

from linreg.ui.state.pages import PATHS
from tests.browser.test_class import joined
from tests.support.class_phone import Phone
from tests.support.journey import Visit, open_page, player
from tests.support.nginx import HOW_TO_GET_IT, Nginx, find_nginx
from tests.support.required import required
from tests.support.served import ROOT, Server

HOSTING = (ROOT / ".github/HOSTING.md").read_text(encoding="utf-8")
(SITE,) = re.findall(r"^```nginx\n(.*?/school/lesson/.*?)^```$", HOSTING, re.DOTALL | re.MULTILINE)
BASE = "school/lesson"

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="HOSTING.md is for nginx as Debian has it"),
    pytest.mark.usefixtures("server"),  # runs, whichever test has killed it
]


@pytest.fixture(scope="module", params=["the path is taken away", "the path is kept"])
def address(
    request: pytest.FixtureRequest, shared_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Where nginx serves the app, as HOSTING.md says it."""
    program = required(find_nginx(), HOW_TO_GET_IT)
    folder = tmp_path_factory.mktemp("nginx")
    if request.param == "the path is taken away":
        with _below(program, folder, {":8501/;": f":{shared_server.port}/;"}).running() as host:
            yield f"{host}/{BASE}"
        return
    with ExitStack() as running:
        based = running.enter_context(Server(base=f"/{BASE}"))
        nginx = _below(program, folder, {":8501/;": f":{based.port};"})
        yield f"{running.enter_context(nginx.running())}/{BASE}"


def _below(program: str, folder: Path, changes: dict[str, str]) -> Nginx:
    return Nginx(program, folder, SITE, changes)


def test_player_class_files_and_links_are_there(
    visit: Visit, address: str, request: pytest.FixtureRequest
) -> None:
    """Nothing is asked of the host above the path, and every link leads below it.

    A phone's page and a page alone in the menu know only the address, whoever serves them: each is
    opened below one of the two paths.
    """
    page = visit("?lr=0.1")
    expect(player(page)).to_be_visible()
    open_page(page, "Save & load")
    with page.expect_download() as coming:
        page.get_by_role("button", name="history.csv").click()
    lines = coming.value.path().read_text(encoding="utf-8").splitlines()
    assert len(lines) > 100
    rows = {"name": "rows.json", "mimeType": "application/json", "buffer": b"[]"}
    page.locator("input[type=file]").last.set_input_files(rows)  # type: ignore[arg-type]
    expect(page.get_by_test_id("stAlertContentError")).to_be_visible()  # it has arrived
    open_page(page, "Class")
    page.get_by_role("button", name="Open a room").click()
    code = page.locator(".linreg-join b").inner_text()
    host = address.partition("://")[2]
    expect(page.locator(".linreg-join")).to_contain_text(f"{host}/?room={code}")
    assert Phone(address, code).nickname
    if "taken away" in request.node.name:
        assert joined(visit(f"?room={code}&hide=class_board-teach"))
    open_page(page, "Teach")
    link = page.get_by_test_id("stCode").filter(has_text="http").first
    expect(link).to_have_text(f"{address}/?lr=0.1")
    if "taken away" in request.node.name:
        return
    page.goto(f"{address}/?hide={'-'.join(path for path in PATHS if path != 'teach')}&lr=0.2")
    expect(link).to_have_text(f"{address}/?lr=0.2")  # also where it is the only page
