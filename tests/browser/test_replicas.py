"""Two replicas of the app behind Debian's nginx, with the site in .container/nginx.conf."""

import gzip
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from linreg import Experiment
from linreg.board.leading import REVEALED
from linreg.board.store import Board, Room
from linreg.ui.browser.assets import PLOTLY, asset_url
from tests.support import notebook
from tests.support.boards import CHOICE
from tests.support.class_phone import Phone
from tests.support.coroutines import result_of
from tests.support.forked import ForkedServer
from tests.support.journey import Visit, change, drawn, slider
from tests.support.nginx import HOW_TO_GET_IT, SITE, Nginx, find_nginx, in_front_of_replicas
from tests.support.postgres import HOW_TO_GET_IT as HOW_TO_GET_POSTGRES
from tests.support.postgres import find_postgres, running_postgres
from tests.support.required import required
from tests.support.served import ROOT, Server
from tests.support.visitor import Visitor
from tests.support.websocket_session import open_session

COOKIE = "linreg_replica"
HEALTH = "/_stcore/health"
VARIABLE = "LINREG_BOARD_URL"
MEGABYTE = 2**20

pytestmark = [
    pytest.mark.skipif(
        sys.platform != "linux", reason=".container/nginx.conf is for nginx as Debian has it"
    ),
    pytest.mark.usefixtures("replicas"),  # both run, whichever test has killed one
]


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    """Two replicas with one cookie secret; at the end no log has a traceback."""
    required(find_nginx(), HOW_TO_GET_IT)
    logs = tmp_path_factory.mktemp("logs")
    both: list[Server] = [ForkedServer(log=logs / name) for name in ("first", "second")]
    with pytest.MonkeyPatch.context() as patch, ExitStack() as running:
        patch.setenv("STREAMLIT_SERVER_COOKIE_SECRET", "one for all")
        if programs := find_postgres():
            patch.setenv(VARIABLE, running.enter_context(running_postgres(programs)).url)
        for replica in both:
            running.callback(replica.stop)
        with ThreadPoolExecutor() as at_once:
            list(at_once.map(Server.start, both))
        yield both
    for log in ("first", "second"):
        assert "Traceback" not in (logs / log).read_text(encoding="utf-8")


@pytest.fixture
def replicas(processes: list[Server]) -> list[Server]:
    """Both replicas, running, whichever was killed before."""
    for replica in processes:
        if not replica.runs:
            replica.start()
    return processes


@pytest.fixture(scope="module")
def nginx(processes: list[Server], tmp_path_factory: pytest.TempPathFactory) -> Nginx:
    """The site in front of them."""
    program = required(find_nginx(), HOW_TO_GET_IT)
    ports = (processes[0].port, processes[1].port)
    return in_front_of_replicas(program, tmp_path_factory.mktemp("nginx"), ports)


@pytest.fixture(scope="module")
def address(nginx: Nginx) -> Iterator[str]:
    """Where nginx serves the app."""
    with nginx.running() as address:
        yield address


def test_debians_nginx_accepts_the_site(nginx: Nginx) -> None:
    """Without a warning."""
    said = nginx.check()
    assert "test is successful" in said
    assert "[warn]" not in said


def test_new_visitors_go_to_the_replicas_in_turn_and_stay(
    replicas: list[Server], address: str
) -> None:
    """A replica accepts uploads of its own sessions only, and every upload arrives."""
    before = [_sessions(replica) for replica in replicas]
    for _ in range(4):
        assert result_of(_uploads(address, [1000, 2000, 3000])) == [204, 204, 204]
    after = [_sessions(replica) for replica in replicas]
    assert [late - early for early, late in zip(before, after, strict=True)] == [2, 2]


def test_uploads_may_be_as_large_as_the_app_takes_them(address: str) -> None:
    """The limit of nginx is that of the app."""
    config = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    most = config["server"]["maxUploadSize"]
    assert f"client_max_body_size {most}m;" in SITE
    sizes = [most * MEGABYTE, most * MEGABYTE + 1]
    assert result_of(_uploads(address, sizes)) == [204, 413]


async def _uploads(address: str, sizes: list[int]) -> list[int]:
    """Open the app as a new visitor and upload files; return the statuses of the answers."""
    visitor = Visitor(address)
    visitor.ask("/")
    visitor.ask(HEALTH)
    session = await open_session(address, cookie=visitor.cookie)
    assert (await session.load()).errors == []
    statuses = [visitor.upload(session.identity, size=size) for size in sizes]
    await session.close()
    return statuses


@pytest.mark.parametrize(
    "value", ["", "3", "12", "replicas", "127.0.0.1:22", '"; /../%00', "x" * 4000]
)
def test_a_cookie_that_names_no_replica_is_replaced(address: str, value: str) -> None:
    """Whatever it holds, the visitor counts as new."""
    answer = Visitor(address, **{COOKIE: value}).ask(HEALTH)
    assert (answer.status, answer.body) == (200, b"ok")
    assert answer.cookies[COOKIE] in {"1", "2"}


@pytest.mark.parametrize("value", ["1", "2"])
def test_a_cookie_that_is_right_is_not_set_again(address: str, value: str) -> None:
    """A refused request does not change it either."""
    for path in ("/", HEALTH, "/_stcore/host-config"):
        assert COOKIE not in Visitor(address, **{COOKIE: value}).ask(path).cookies
    refused = Visitor(address).ask("/media/none.pth")
    assert (refused.status, refused.cookies) == (404, {})


def test_over_https_the_cookies_are_for_frames_of_other_sites_too(
    replicas: list[Server], tmp_path: Path
) -> None:
    """Only there a browser takes such cookies; it keeps them apart for each such site."""
    program, openssl = required(find_nginx(), HOW_TO_GET_IT), shutil.which("openssl")
    key, certificate = tmp_path / "key", tmp_path / "certificate"
    files = ["-keyout", str(key), "-out", str(certificate), "-subj", "/CN=127.0.0.1"]
    make = [required(openssl, "apt-get install openssl"), "req", "-x509", "-noenc", *files]
    subprocess.run(make, check=True, capture_output=True)
    nginx = in_front_of_replicas(program, tmp_path, (replicas[0].port, replicas[1].port))
    site = tmp_path / "site"
    plain, listens = site.read_text(encoding="utf-8"), f"listen 127.0.0.1:{nginx.port}"
    shown = f"ssl_certificate {certificate}; ssl_certificate_key {key};"
    site.write_text(plain.replace(f"{listens};", f"{listens} ssl; {shown}"), encoding="utf-8")
    trusting = ssl.create_default_context(cafile=certificate)
    trusting.check_hostname = False
    with nginx.running() as address:
        where = address.replace("http:", "https:") + HEALTH
        with urllib.request.urlopen(where, context=trusting, timeout=60) as answer:
            cookies = answer.headers.get_all("Set-Cookie")
    assert {cookie.split("=")[0] for cookie in cookies} == {COOKIE, "_streamlit_xsrf"}
    for cookie in cookies:
        assert cookie.endswith("; SameSite=None; Secure; Partitioned")


def test_scripts_come_packed_and_are_kept_without_a_cookie(address: str) -> None:
    """Streamlit's own and plotly.js, the same for all; unpacked for a browser without gzip."""
    first_page = Visitor(address).ask("/").body.decode()
    (streamlits,) = set(re.findall(r'src="\.?(/static/js/index\.[^"]+\.js)"', first_page))
    for path in (streamlits, asset_url(PLOTLY)):
        answers = [Visitor(address).ask(path, Accept_Encoding=e) for e in ("gzip, br", "gzip")]
        plain = Visitor(address).ask(path)
        assert "content-encoding" not in plain.headers
        for packed in answers:
            assert packed.headers["content-encoding"] == "gzip"
            assert gzip.decompress(packed.body) == plain.body
            assert len(packed.body) < len(plain.body) / 2.5
        assert answers[-1].headers["x-cache"] == "HIT"
        assert [answer.cookies for answer in (*answers, plain)] == [{}, {}, {}]


def test_a_student_whose_replica_dies_goes_on_at_the_other(
    visit: Visit, replicas: list[Server]
) -> None:
    """The page reconnects by itself; settings, pins and curves are the same as before."""
    page = visit()
    change(page, lambda: slider(page, "Learning rate").press("ArrowRight"))
    page.get_by_role("button", name="Pin this run").click()
    said = page.locator("[aria-live=polite]", has_text="1 of 8 pinned")
    expect(said).to_be_visible()  # the script that makes it a live region has come too
    old, new = _kill(page, replicas)
    change(page, lambda: slider(page, "Epochs").press("ArrowRight"))
    epochs = 110
    expect(page).to_have_url(re.compile(rf"\?epochs={epochs}&lr=0\.011&pin="))
    expect(page.get_by_text("1 of 8 pinned")).to_be_visible()
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    plain = notebook.plain_loop(Experiment(lr=0.011, epochs=epochs))
    assert drawn(page, "Loss curves", "training loss") == pytest.approx(
        plain["train_loss"], rel=1e-6
    )
    old.start()
    cookies = {Visitor(page.url.split("?")[0]).ask("").cookies[COOKIE] for _ in range(2)}
    assert cookies == {"1", "2"}
    change(page, lambda: slider(page, "Learning rate").press("ArrowRight"))
    assert _at(page, replicas) is new


def _sessions(replica: Server) -> int:
    """Return how many sessions have begun there, asked of the replica itself."""
    return int(replica.metric("session_events_total{", 'type="connect"'))


def _kill(page: Page, replicas: list[Server]) -> tuple[Server, Server]:
    """Kill the replica that has the page's session; return it and the one that has it then."""
    old = _at(page, replicas)
    (new,) = (replica for replica in replicas if replica is not old)
    before = _sessions(new)
    old.kill()
    for _ in range(1200):
        if _sessions(new) > before:
            break
        page.wait_for_timeout(50)
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-connection-state", "CONNECTED")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
    assert _at(page, replicas) is new
    return old, new


def _at(page: Page, replicas: list[Server]) -> Server:
    """Return the replica that the page's cookie names."""
    (number,) = (cookie["value"] for cookie in page.context.cookies() if cookie["name"] == COOKIE)
    return replicas[int(number) - 1]


def test_phones_on_both_replicas_have_one_board(replicas: list[Server], address: str) -> None:
    """With PostgreSQL. A replica that dies takes no answer with it, and its phones go on."""
    required(find_postgres(), HOW_TO_GET_POSTGRES)
    board = Board(os.environ[VARIABLE])  # as the teacher's page of a third replica
    room = board.open_room()
    phones = [Phone(address, room.code) for _ in range(20)]
    assert sorted(phone.visitor.cookies[COOKIE] for phone in phones) == ["1"] * 10 + ["2"] * 10
    assert len({phone.nickname for phone in phones}) == 20
    number = board.ask(room.code, room.host_secret, CHOICE)
    with projector(address, room) as next_state, ThreadPoolExecutor(20) as at_once:
        assert next_state()["round"]["answered"] == 0
        votes = [i % 3 for i in range(20)]
        list(at_once.map(Phone.answer, phones, [number] * 20, votes))
        while next_state()["round"]["answered"] < 20:
            pass
    replicas[0].kill()
    for phone in phones[:4]:
        phone.answer(number, 2)
    board.close_vote(room.code, room.host_secret)
    board.reveal(room.code, room.host_secret)
    with projector(
        address, room
    ) as next_state:  # a replica asks for what others did twice a second
        while next_state()["round"]["state"] != REVEALED:
            pass
    votes[:4] = [2] * 4
    seen = [phone.ask("state")["round"] for phone in phones]
    assert [state["mine"][0] for state in seen] == votes
    counts = [[votes.count(option) for option in range(3)], [0, 0, 0]]
    assert all(state["result"]["votes"] == counts for state in seen)
    board.end_room(room.code, room.host_secret)
    board.close()


@contextmanager
def projector(address: str, room: Room) -> Iterator[Callable[[], Any]]:
    """Watch a room; yields what waits for the next state."""
    where = f"{address}/linreg-board/{room.code}/events"
    request = urllib.request.Request(where, headers={"X-Linreg-Host": room.host_secret})
    with urllib.request.urlopen(request, timeout=60) as stream:
        yield lambda: json.loads(next(line for line in stream if line.startswith(b"data: "))[6:])
