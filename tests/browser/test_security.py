"""What the server refuses of whoever talks to it without a page, and what it says of pages."""

import tomllib

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.coroutines import result_of
from tests.support.served import ROOT
from tests.support.visitor import Visitor
from tests.support.websocket_session import PATH, open_session

CONFIG = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
MEGABYTE = 1024 * 1024


def newcomer(address: str) -> tuple[Visitor, str]:
    """A visitor who has opened the app, and where his session takes uploads."""
    visitor = Visitor(address)
    visitor.ask("/_stcore/health")

    async def load() -> str:
        session = await open_session(address, cookie=visitor.cookie)
        await session.load()
        await session.close()
        return session.identity

    return visitor, f"/_stcore/upload_file/{result_of(load())}/1"


def test_an_upload_needs_the_token_of_its_own_page(address: str) -> None:
    """Another site's page cannot send one in a visitor's name: it does not know the token."""
    visitor, place = newcomer(address)
    stranger, _ = newcomer(address)
    token = stranger.cookies["_streamlit_xsrf"]
    assert visitor.ask(place, method="PUT", data=b"").status == 403
    assert visitor.ask(place, method="PUT", data=b"", X_Xsrftoken=token).status == 403


def test_a_websocket_from_another_sites_page_is_refused(address: str) -> None:
    """By its origin."""
    where = address.replace("http", "ws", 1) + PATH

    async def knock(origin: str) -> int:
        async with connect(where, origin=origin, subprotocols=["streamlit"], proxy=None):  # type: ignore[arg-type, list-item]
            return 101

    assert result_of(knock(address)) == 101
    with pytest.raises(InvalidStatus) as refused:
        result_of(knock("http://evil.example"))
    assert refused.value.response.status_code == 403


def test_a_huge_message_ends_its_session_and_no_other(address: str) -> None:
    """It is not even read to its end."""
    most = CONFIG["server"]["maxMessageSize"]

    async def flood() -> None:
        where = address.replace("http", "ws", 1) + PATH
        async with connect(where, subprotocols=["streamlit"], proxy=None) as connection:  # type: ignore[list-item]
            await connection.send(b"\0" * (most * MEGABYTE + 1))
            async for _ in connection:
                pass

    with pytest.raises(ConnectionClosed) as closed:
        result_of(flood())
    assert closed.value.rcvd is None or closed.value.rcvd.code == 1009
    assert Visitor(address).ask("/_stcore/health").body == b"ok"


@pytest.mark.parametrize("path", ["/", "/tune", "/no/such/page"])
def test_every_page_says_what_a_browser_may_do_with_it(address: str, path: str) -> None:
    """Nothing from other hosts, no guessing of types, no address told to another site."""
    headers = Visitor(address).ask(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "http" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_visitors_get_no_cookie_but_the_upload_token(address: str) -> None:
    """None that could tell who comes back, and no statistics are sent."""
    visitor, _ = newcomer(address)
    visitor.ask("/")
    visitor.ask("/_stcore/host-config")
    assert set(visitor.cookies) == {"_streamlit_xsrf"}
    assert CONFIG["browser"]["gatherUsageStats"] is False
