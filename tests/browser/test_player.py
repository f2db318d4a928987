"""Journeys with the player: one cursor moves all three views, in the browser alone."""

import io
import re
import unicodedata

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, WebSocket, expect

from linreg import Experiment, History, Model, train
from tests.support import notebook
from tests.support.journey import RESIZED, Visit, change, number, player, plot, slider

MODEL_0 = train(Experiment()).history
ARRAYS = """
() => [...document.querySelectorAll(".linreg-plot")].flatMap(({ _fullData }) =>
  _fullData.map(({ _arrayAttrs, _input }) => {
    const isArray = (values) => Array.isArray(values) || ArrayBuffer.isView(values);
    const sent = ["x", "y", "z"].filter((name) => isArray(_input[name]));
    return [[..._arrayAttrs].sort().join(), sent.join()];
  }))
"""


def cursor(page: Page) -> float:
    """The epoch at which the cursor of the loss curves stands, from its place on the screen."""
    epoch: float = plot(page, "Loss curves").evaluate(
        """(div) => {
          const path = div.parentElement.querySelector(".linreg-cursor").getAttribute("d");
          const place = Number(path.match(/M([-.\\d]+)/)[1]);
          const { xaxis } = div._fullLayout;
          return place >= 0 && place <= xaxis._length ? xaxis.p2d(place) : NaN; // else out of sight
        }"""
    )
    return epoch


def state(page: Page) -> list[float]:
    """The weight and bias at which the dot on the surface stands, from its place on the screen."""
    place: list[float] = plot(page, "Loss surface").evaluate(
        """(div) => {
          const dot = div.parentElement.querySelector(".linreg-model-dot");
          const { xaxis, yaxis } = div._fullLayout;
          return [xaxis.p2d(dot.getAttribute("cx")), yaxis.p2d(dot.getAttribute("cy"))];
        }"""
    )
    return place


def line(page: Page) -> list[float]:
    """The y at both ends of the model's line, from its place on the screen."""
    ends: list[float] = plot(page, "Predictions").evaluate(
        """(div) => {
          const path = div.parentElement.querySelector(".linreg-line").getAttribute("d");
          const [, y1, , y2] = path.match(/-?[\\d.]+(e-?\\d+)?/g).map(Number);
          const { yaxis } = div._fullLayout;
          return [yaxis.p2d(y1), yaxis.p2d(y2)];
        }"""
    )
    return ends


def assert_all_at(page: Page, epoch: int, history: History) -> None:
    """All three views and the numbers show the model after that many epochs."""
    weight, bias = float(history.weight[epoch]), float(history.bias[epoch])
    assert number(page, "epoch") == f"{epoch} of {len(history.train_loss)}"
    assert cursor(page) == pytest.approx(epoch, abs=5e-4 * len(history.train_loss))
    assert state(page) == pytest.approx([weight, bias], abs=1e-4)
    assert line(page) == pytest.approx([bias, weight * 0.98 + bias], abs=1e-4)
    expected = {"weight": weight, "bias": bias}
    if epoch < len(history.train_loss):
        expected["gradient of weight"] = float(history.weight_grad[epoch])
        expected["gradient of bias"] = float(history.bias_grad[epoch])
        expected["training loss"] = float(history.train_loss[epoch])
    if epoch:
        expected["test loss"] = float(history.test_loss[epoch - 1])
    for name, value in expected.items():
        shown = unicodedata.normalize("NFKC", number(page, name)).replace("×10", "e")
        assert float(shown.replace("\N{MINUS SIGN}", "-")) == pytest.approx(
            value, rel=1e-3, abs=5.1e-5
        )


def test_buttons_keys_mouse_and_time_move_all_three_views_without_the_server(
    visit: Visit,
) -> None:
    """No frame leaves over the websocket until the player has stood still for a moment.

    Whatever moves the player, all three views and the numbers are those of one epoch.
    """
    sent: list[object] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: sent.append(frame))  # noqa: PLW0108

    page = visit(prepare=lambda page: page.on("websocket", listen))
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    before = len(sent)
    assert before
    the_mouse_moves_the_views_while_its_button_is_down(page)
    assert len(sent) == before
    steps_and_keys_move_the_views(page)
    play_runs_to_the_end_and_keeps_the_views_together(page)


def the_mouse_moves_the_views_while_its_button_is_down(page: Page) -> None:
    """From the end, where the page opens and nothing moves by itself, to about a third."""
    assert_all_at(page, 100, MODEL_0)
    expect(player(page).get_by_role("button", name="Play")).to_be_visible()
    player(page).focus()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    handle = player(page).get_by_role("slider", name="Epoch")
    handle.fill("39")
    assert_all_at(page, 39, MODEL_0)
    handle.fill("100")
    box = handle.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 8, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 3, y, steps=12)
    epoch = int(number(page, "epoch").split()[0])
    assert 25 < epoch < 40
    assert_all_at(page, epoch, MODEL_0)
    page.mouse.up()
    assert_all_at(page, epoch, MODEL_0)


def steps_and_keys_move_the_views(page: Page) -> None:
    """Buttons, arrow keys, Home and End, with the history's numbers.

    The slider is set to where the bias is at its highest, and drives the address too. After a
    resize the dots still stand on their values.
    """
    player(page).get_by_role("button", name="To the start").click()
    assert_all_at(page, 0, MODEL_0)
    player(page).get_by_role("button", name="One epoch forward").click()
    assert_all_at(page, 1, MODEL_0)
    player(page).focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert_all_at(page, 3, MODEL_0)
    page.keyboard.press("End")
    assert_all_at(page, 100, MODEL_0)
    player(page).get_by_role("slider", name="Epoch").fill("40")
    assert int(np.argmax(MODEL_0.bias)) == 40
    assert_all_at(page, 40, MODEL_0)
    expect(page).to_have_url(re.compile(r"\?at=40$"))
    before = plot(page, "Predictions").bounding_box()
    page.set_viewport_size({"width": 800, "height": 900})
    page.wait_for_function(RESIZED)
    assert plot(page, "Predictions").bounding_box() != before
    assert_all_at(page, 40, MODEL_0)


def play_runs_to_the_end_and_keeps_the_views_together(page: Page) -> None:
    """Space starts it; stopped on the way, all views stand at the same epoch."""
    page.set_viewport_size({"width": 1440, "height": 900})
    page.wait_for_function(RESIZED)
    player(page).get_by_role("button", name="To the start").click()
    speed = player(page).get_by_label("Speed")
    speed.select_option("0.25")
    player(page).focus()
    page.keyboard.press("Space")
    wait_for_epoch(page, 3)
    page.keyboard.press("Space")
    expect(player(page).get_by_role("button", name="Play")).to_be_visible()
    epoch = int(number(page, "epoch").split()[0])
    assert 3 <= epoch < 100
    assert_all_at(page, epoch, MODEL_0)
    speed.select_option("4")
    player(page).focus()
    page.keyboard.press("Space")
    wait_for_epoch(page, 100)
    expect(player(page).get_by_role("button", name="Play")).to_be_visible()
    assert_all_at(page, 100, MODEL_0)


def wait_for_epoch(page: Page, epoch: int) -> None:
    """Wait until the player has come at least that far."""
    page.wait_for_function(
        "epoch => parseInt(document.querySelector('.linreg-numbers dd').textContent) >= epoch",
        arg=epoch,
    )


def test_a_link_may_start_playing_and_a_change_goes_on_playing(visit: Visit) -> None:
    """The cursor keeps its relative place in the new run."""
    page = visit("?epochs=1000&at=0&play=true")
    player(page).get_by_label("Speed").select_option("0.25")
    expect(player(page).get_by_role("button", name="Pause")).to_be_visible()
    wait_for_epoch(page, 20)
    before = int(number(page, "epoch").split()[0])
    change(page, lambda: slider(page, "Learning rate").press("ArrowRight"))
    player(page).get_by_role("button", name="Pause").click()
    epoch = int(number(page, "epoch").split()[0])
    assert before <= epoch
    assert_all_at(page, epoch, train(Experiment(epochs=1000, lr=0.011)).history)


def test_the_last_epochs_show_the_zigzag_and_the_end_of_the_path(visit: Visit) -> None:
    """Ten markers instead of the band; the surface around the two states.

    What is downloaded is the end of that path.
    """
    page = visit("?model=linear&epochs=1000&shown=last&surface=end")
    losses = plot(page, "Loss of the last 10 epochs").evaluate(
        "(div) => [...div._fullData.find((t) => t.name === 'training loss').y]"
    )
    assert len(losses) == 10
    assert len({round(loss, 8) for loss in losses}) == 2
    expect(page.get_by_role("heading", name="Loss surface around the end")).to_be_visible()
    assert number(page, "epoch") == "1000 of 1000"
    assert is_in_sight(page, "Loss of the last 10 epochs")
    what_is_downloaded_is_what_was_learned(page)


def what_is_downloaded_is_what_was_learned(page: Page) -> None:
    """The file has the lesson's name and loads into the lesson's own class."""
    page.get_by_role("tab", name="state_dict").click()
    with page.expect_download() as caught:
        page.get_by_role("button", name="Download 01").click()
    download = caught.value
    assert download.suggested_filename == "01_pytorch_workflow_model_1.pth"
    state = torch.load(io.BytesIO(download.path().read_bytes()), weights_only=True)
    model = notebook.LinearRegressionModelV2()
    assert str(model.load_state_dict(state)) == "<All keys matched successfully>"
    plain = notebook.plain_loop(Experiment(model=Model.LINEAR, epochs=1000))
    assert state["linear_layer.weight"].item() == pytest.approx(plain["weight"][-1], rel=1e-6)
    assert state["linear_layer.bias"].item() == pytest.approx(plain["bias"][-1], rel=1e-6)


def test_the_cursor_is_in_sight_at_the_end_whatever_the_length_of_the_run(visit: Visit) -> None:
    """Where the page opens, and where a change leaves it; a link beyond the run is told so."""
    page = visit("?epochs=1&at=500")
    expect(page.get_by_test_id("stAlert")).to_contain_text("at=500 is after 1 epoch;")
    assert number(page, "epoch") == "1 of 1"
    assert is_in_sight(page, "Loss curves")
    for key, epochs in (("ArrowRight", 2), ("End", 10_000)):
        change(page, lambda key=key: slider(page, "Epochs").press(key))  # type: ignore[misc]
        assert number(page, "epoch") == f"{epochs} of {epochs}"
        assert is_in_sight(page, "Loss curves")


def is_in_sight(page: Page, title: str) -> bool:
    """Whether the cursor stands within the axes of the losses."""
    inside: bool = plot(page, title).evaluate(
        """(div) => {
          const path = div.parentElement.querySelector(".linreg-cursor").getAttribute("d");
          return Number(path.match(/M([-.\\d]+)/)[1]) <= div._fullLayout.xaxis._length;
        }"""
    )
    return inside


def test_space_and_arrows_move_the_player_unless_a_control_has_the_focus(visit: Visit) -> None:
    """From a fresh page and after a click beside the controls; a slider keeps its own arrows."""
    page = visit("?at=50")
    epoch = page.locator(".linreg-numbers dd").first
    page.keyboard.press("ArrowRight")
    expect(epoch).to_have_text("51 of 100")
    plot(page, "Loss curves").click()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowLeft")  # with other keys it is a command of the browser
    page.keyboard.press("Control+ArrowLeft")
    expect(epoch).to_have_text("50 of 100")
    page.keyboard.press("Space")
    expect(player(page).get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press("Space")
    expect(player(page).get_by_role("button", name="Play")).to_be_visible()
    stands = epoch.inner_text()
    slider(page, "Learning rate").focus()
    change(page, lambda: page.keyboard.press("ArrowRight"))
    page.get_by_role("button", name="View").click()
    page.get_by_role("radio", name="linear").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    block = page.get_by_test_id("stMainBlockContainer")
    block.evaluate("block => { block.style.paddingBottom = '2000px'; }")  # however long the page is
    main = page.get_by_test_id("stMain")
    main.evaluate("main => main.scrollTo(0, main.scrollHeight)")
    main.focus()
    page.keyboard.press("ArrowRight")  # out of sight
    expect(epoch).to_have_text(stands)
    a_paused_cursor_keeps_its_relative_place(page)


def a_paused_cursor_keeps_its_relative_place(page: Page) -> None:
    """Halfway stays halfway when the number of epochs changes; the address then says so."""
    player(page).get_by_role("slider", name="Epoch").fill("50")
    change(page, lambda: slider(page, "Epochs").press("ArrowRight"))
    assert number(page, "epoch") == "55 of 110"
    expect(page).to_have_url(re.compile(r"at=55"))
    change(page, lambda: slider(page, "Epochs").press("End"))
    assert number(page, "epoch") == "5000 of 10000"
    player(page).focus()
    page.keyboard.press("ArrowRight")
    assert number(page, "epoch") == "5001 of 10000"
    found = page.evaluate(ARRAYS)  # what the third picture takes from the first
    assert {sent for _, sent in found} == {"x,y", "y", "x,y,z"}
    assert all(known == sent for known, sent in found)
