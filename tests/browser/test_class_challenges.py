"""A challenge that a student of a room solves counts on the teacher's board."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from linreg.board.store import Board
from tests.support.journey import slider

MOMENTS = 200  # of 50 ms


def test_a_solved_challenge_counts_once_and_a_claimed_one_does_not(
    visit: Callable[..., Page],
) -> None:
    """The run is judged by the server; what an address says was done is not counted."""
    board = Board()  # the server's database
    room = board.open_room()
    page = visit(f"challenges?room={room.code}&challenge=printed&done=limit&epochs=160")
    expect(page.get_by_role("complementary", name="Class")).to_contain_text("you are")
    page.get_by_text("No, after more", exact=True).click()
    expect(page.get_by_text("Right.", exact=True)).to_be_visible()
    expect(page.get_by_text("Not yet.")).to_be_visible()
    slider(page, "Epochs").press("ArrowRight")
    expect(page.get_by_text("Goal met.")).to_be_visible()
    expect(page).to_have_url(re.compile("done=.*printed"))
    slider(page, "Epochs").press("End")
    expect(page.get_by_text("Use fewer than 1000 epochs.")).to_be_visible()
    for _ in range(MOMENTS):
        solved = board.host_state(room.code, room.host_secret)["challenges"]
        if solved:
            break
        page.wait_for_timeout(50)
    assert solved == {"printed": 1}
    board.end_room(room.code, room.host_secret)
    board.close()
