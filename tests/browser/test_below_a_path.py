"""The app below a path of a proxy: one that takes the path away, and one that keeps it.

The path ends like a page of the app.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from linreg.board.store import Board
from linreg.ui.state.pages import PATHS
from tests.browser.test_class import joined
from tests.support.class_phone import Phone
from tests.support.forked import ForkedServer
from tests.support.journey import Visit, open_page, player
from tests.support.nginx import HOW_TO_GET_IT, Nginx, find_nginx
from tests.support.required import required
from tests.support.served import ROOT, Server, free_port

HOSTING = (ROOT / ".github/HOSTING.md").read_text(encoding="utf-8")
(SITE,) = re.findall(r"^```nginx\n(.*?/school/lesson/.*?)^```$", HOSTING, re.DOTALL | re.MULTILINE)
BASE = "school/lesson"

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="HOSTING.md is for nginx as Debian has it"),
    pytest.mark.usefixtures("server"),  # runs, whichever test has killed it
]


@pytest.fixture(scope="module")
def port() -> int:
    """One for both proxies: the browser has the scripts of the first when it visits the second."""
    return free_port()


@pytest.fixture
def address(
    request: pytest.FixtureRequest, shared_server: Server, tmp_path: Path, port: int
) -> Iterator[str]:
    """Where nginx serves the app, as HOSTING.md says it: it keeps the path, or takes it away."""
    program = required(find_nginx(), HOW_TO_GET_IT)
    with ExitStack() as running:
        if request.param == "the path is taken away":
            changes = {":8501/;": f":{shared_server.port}/;"}
        else:
            based = running.enter_context(ForkedServer(base=f"/{BASE}"))
            changes = {":8501/;": f":{based.port};"}
        nginx = Nginx(program, tmp_path, SITE, changes, port)
        yield f"{running.enter_context(nginx.running())}/{BASE}"


@pytest.mark.parametrize("address", ["the path is taken away"], indirect=True)
def test_player_class_files_and_links_are_there(visit: Visit, address: str) -> None:
    """Nothing is asked of the host above the path, and every link leads below it."""
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
    assert joined(visit(f"?room={code}&hide=class_board-teach"))
    open_page(page, "Teach")
    expect(link(page)).to_have_text(f"{address}/?lr=0.1")


def link(page: Page) -> Locator:
    """The link for the class, on Teach."""
    return page.get_by_test_id("stCode").filter(has_text="http").first


@pytest.mark.parametrize("address", ["the path is kept"], indirect=True)
def test_a_page_alone_in_the_menu_and_a_phone_are_below_a_path_that_is_kept(
    visit: Visit, address: str
) -> None:
    """The page knows only its address; files, the room and the link are below it."""
    board = Board()  # the server's database
    room = board.open_room()
    others = "-".join(path for path in PATHS if path != "teach")
    page = visit(f"?hide={others}&lr=0.2&room={room.code}")
    assert joined(page)
    expect(link(page)).to_have_text(f"{address}/?lr=0.2")
    board.end_room(room.code, room.host_secret)
    board.close()
