"""Whole journeys of a student through the Playground, in a real browser."""

import io
import re

import pytest
import torch
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from linreg import Experiment, Loss, Model, train
from linreg.ui.browser import assets
from tests.benchmarks.startup import first_visit
from tests.support import notebook
from tests.support.coroutines import result_of
from tests.support.journey import (
    RESIZED,
    Visit,
    change,
    count_blank_frames,
    drawn,
    plot,
    says,
    set_view,
    slider,
)
from tests.support.websocket_session import open_session

SCRIPTS = sorted([assets.PLOTLY, *assets.script_names()])  # without those of a class's room


def test_a_learning_rate_moved_by_keyboard_draws_its_own_curve(visit: Visit) -> None:
    """Arrow keys on the slider; the new curve is that of the plain loop; the axis turns to log."""
    page = visit()
    expect(says(page, "Loss curves")).to_contain_text("training loss 0.024795")
    change(page, lambda: slider(page, "Learning rate").press("ArrowRight"))
    expect(page).to_have_url(re.compile(r"\?lr=0\.011$"))
    plain = notebook.plain_loop(Experiment(lr=0.011))
    assert drawn(page, "Loss curves", "training loss") == pytest.approx(
        plain["train_loss"], rel=1e-6
    )
    change(page, lambda: set_view(page, "log"))
    expect(page.get_by_role("heading", name="Loss curves (log scale)")).to_be_visible()
    assert plot(page, "Loss curves").evaluate("div => div._fullLayout.yaxis.type") == "log"


def test_zoom_legend_choices_and_scroll_outlive_a_change(visit: Visit) -> None:
    """The charts stay the same elements: nothing is put up anew when a setting changes.

    A chart's buttons appear under the pointer, below its axis.
    """
    page = visit(height=700)
    plot(page, "Loss curves").hover()
    bar = plot(page, "Loss curves").get_by_role("toolbar")
    expect(bar).to_have_css("opacity", "1")
    data = plot(page, "Loss curves").locator(".nsewdrag").bounding_box()
    buttons = bar.bounding_box()
    assert data is not None
    assert buttons is not None
    assert buttons["y"] > data["y"] + data["height"]
    chart = plot(page, "Predictions")
    element = chart.element_handle()
    box = chart.locator(".nsewdrag").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 160, steps=5)
    page.mouse.up()
    zoomed = "div => div._fullLayout.xaxis.range.concat(div._fullLayout.yaxis.range)"
    page.wait_for_function(f"div => ({zoomed})(div)[0] > 0.01", arg=element)
    view: list[float] = chart.evaluate(zoomed)
    chart.locator(".legendtoggle").first.click()
    hidden = "div => div._fullData.find((t) => t.name === 'training data').visible"
    page.wait_for_function(f"div => ({hidden})(div) === 'legendonly'", arg=element)
    main = page.get_by_test_id("stMain")
    main.evaluate("main => main.scrollTo(0, 120)")
    change(page, lambda: slider(page, "True bias").press("ArrowRight"))
    assert chart.evaluate(zoomed) == pytest.approx(view)
    assert chart.evaluate(hidden) == "legendonly"
    assert main.evaluate("main => main.scrollTop") == 120
    assert chart.evaluate("(div, old) => div === old", element)


def test_no_picture_is_ever_blank_however_quick_the_changes(visit: Visit) -> None:
    """In every frame the same three charts hold their traces, also with keys faster than they."""
    page = visit()
    element = plot(page, "Predictions").element_handle()
    count_blank_frames(page)
    for _ in range(5):
        change(page, lambda: slider(page, "Learning rate").press("ArrowRight"))
    for _ in range(10):
        slider(page, "Learning rate").press("ArrowRight", delay=0)
    expect(page).to_have_url(re.compile(r"lr=0\.03$"))
    expect(says(page, "Loss curves")).to_contain_text(
        f"{notebook.plain_loop(Experiment(lr=0.03))['train_loss'][-1]:.6f}"
    )
    assert plot(page, "Predictions").evaluate("(div, old) => div === old", element)
    expect(page.locator(".linreg-stage")).to_have_count(1)
    assert page.evaluate("blankFrames") == 0


def test_a_change_before_the_first_picture_loses_nothing(visit: Visit) -> None:
    """A slow network: plotly.js arrives after the first key press, and the charts are drawn."""
    page = visit()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/plotly.js", hold)
    page.goto(page.url + "?seed=41")
    expect(page.locator(".linreg-stage")).to_have_count(1)
    slider(page, "Learning rate").press("ArrowRight")
    expect(page).to_have_url(re.compile(r"lr=0\.011"))
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    held[0].continue_()
    loss = notebook.plain_loop(Experiment(lr=0.011, seed=41))["train_loss"][-1]
    expect(says(page, "Loss curves")).to_contain_text(f"training loss {loss:.6f}")
    expect(page.locator(".linreg-stage[data-painted]")).to_have_count(1)


def test_all_who_wait_for_a_long_run_see_its_progress(
    newcomer: BrowserContext, address: str
) -> None:
    """A class opens one link: one training, and a progress bar for everybody."""
    pages = [newcomer.new_page(), newcomer.new_page()]
    for page in pages:
        page.goto(f"{address}/?batch=1&epochs=2000&seed=5")
    for page in pages:
        expect(page.get_by_role("progressbar")).to_be_visible()


def test_what_is_downloaded_is_what_was_learned(visit: Visit) -> None:
    """The file has the lesson's name and loads into the lesson's own class."""
    page = visit("?model=linear&epochs=1000")
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


def test_a_change_of_a_slider_is_few_messages(address: str) -> None:
    """At most sixteen, with all charts; a busy class costs the server as much less."""

    async def messages() -> list[int]:
        session = await open_session(address)
        await session.load()
        answers = [await session.change("weight", text) for text in ("0.5", "0.6", "0.5")]
        await session.close()
        assert [answer.errors for answer in answers] == [[], [], []]
        return [answer.messages for answer in answers]

    assert max(result_of(messages())) <= 16


def test_a_tab_opens_in_place(visit: Visit) -> None:
    """It takes the place of the last one: nothing jumps, and the charts are not drawn again."""
    page = visit()
    main, stage = page.get_by_test_id("stMain"), page.locator(".linreg-stage")
    main.evaluate("main => main.scrollTo(0, main.scrollHeight)")
    top, painted = main.evaluate("main => main.scrollTop"), stage.get_attribute("data-painted")
    for name, shown in (("Log", "Epoch: 99 |"), ("Code", "import torch"), ("Results", "before")):
        page.get_by_role("tab", name=name).click()
        expect(page.get_by_role("tabpanel")).to_contain_text(shown)
        assert main.evaluate("main => main.scrollTop") == top
    assert stage.get_attribute("data-painted") == painted


def test_an_address_in_another_browser_gives_the_same_picture(visit: Visit) -> None:
    """What one student set by hand, another sees by opening the link."""
    page = visit()
    change(page, lambda: page.get_by_role("button", name="Model 1").click())
    change(page, lambda: set_view(page, "log"))
    change(page, lambda: slider(page, "True weight").press("ArrowLeft"))
    query = page.evaluate("location.search")
    assert set(query[1:].split("&")) == {
        "model=linear",
        "epochs=1000",
        "scale=log",
        "weight=0.69",
    }
    other = visit(query)
    for chart in ("Predictions", "Loss curves", "Loss surface"):
        assert says(other, chart).inner_text() == says(page, chart).inner_text()
    for trace in ("training loss", "test loss"):
        assert drawn(other, "Loss curves", trace) == drawn(page, "Loss curves", trace)


def test_a_hostile_address_gets_sentences_and_a_picture(visit: Visit) -> None:
    """Nothing in it is run or shown as markup; the address is put right."""
    page = visit(
        "?weight=%3Cimg%20src=x%20onerror=alert(1)%3E&lr=1e999&epochs=-5&%E2%80%AEx=1&seed=٣"
    )
    alerts = page.get_by_test_id("stAlert")
    expect(alerts).to_have_count(4)
    expect(alerts.first).to_contain_text("weight='<img src=x onerror=alert(1)>' is not a number")
    expect(alerts.nth(1)).to_contain_text("the default, 0.01, is used")
    expect(alerts.nth(2)).to_contain_text("the nearest of its slider, 1, is used")
    expect(page).to_have_url(re.compile(r"\?epochs=1&seed=3$"))
    expect(says(page, "Loss curves")).to_contain_text("Epoch 0:")


def test_a_long_run_shows_progress_and_gives_way(visit: Visit) -> None:
    """A run of half a minute is abandoned when the student moves on; the old picture stays."""
    page = visit()
    old = says(page, "Loss curves").inner_text()
    page.get_by_text("More settings").click()
    page.get_by_role("group", name="Batch size").get_by_role("slider").focus()
    change(page, lambda: page.keyboard.press("ArrowRight"))
    once = says(page, "Loss curves").inner_text()
    assert once != old
    slider(page, "Epochs").press("End")
    expect(page.get_by_role("progressbar")).to_be_visible()
    assert says(page, "Loss curves").inner_text() == once
    change(page, lambda: slider(page, "Epochs").press("Home"))
    expect(says(page, "Loss curves")).to_contain_text("Epoch 0:")
    expect(page.get_by_role("progressbar")).to_have_count(0)


def test_divergence_is_named_on_the_page(visit: Visit) -> None:
    """The limit beside the rate before the run, the epoch of the overflow after it."""
    page = visit("?loss=mse&lr=1&epochs=1000")
    run = train(Experiment(loss=Loss.MSE, lr=1.0, epochs=1000))
    epoch = int((~torch.isfinite(torch.tensor(run.history.train_loss))).nonzero()[0])
    expect(page.get_by_test_id("stSidebar")).to_contain_text("= 0.8625")
    expect(page.get_by_test_id("stAlert")).to_contain_text(f"in epoch {epoch}")
    expect(says(page, "Loss curves")).to_contain_text(f"overflows in epoch {epoch}")


def test_nothing_is_wider_than_the_page(visit: Visit) -> None:
    """No sideways scrolling, on a phone either; charts fill their place."""
    page = visit(width=390)
    expect(says(page, "Loss curves")).not_to_be_empty()
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(RESIZED)
        assert page.get_by_test_id("stMain").evaluate("m => m.scrollWidth <= m.clientWidth")
        charts = ("Predictions", "Loss curves", "Loss surface")
        for chart in charts[:1] if width == 390 else charts:  # on a phone one is in sight
            box = plot(page, chart).bounding_box()
            assert box is not None
            assert box["width"] >= 280
            assert box["x"] + box["width"] <= width


def test_charts_follow_where_the_stage_cannot_start(newcomer: BrowserContext, address: str) -> None:
    """Where the stage's script does not load, Streamlit's own charts and a sentence are there."""
    page = newcomer.new_page()
    page.route("**/linreg-assets/**", lambda route: route.abort())
    page.goto(f"{address}/?room=BCDFG")
    expect(page.get_by_test_id("stPlotlyChart")).to_have_count(3)
    expect(page.get_by_text("so you cannot answer here")).to_be_visible()
    expect(page.get_by_test_id("stPlotlyChart").first).to_be_visible()
    expect(page.get_by_text("so the charts have no player")).to_be_visible()


def test_a_first_visit_is_small(browser: Browser, address: str) -> None:
    """With nothing cached, all files up to the first charts are under 3 MB on the wire."""
    sizes = first_visit(browser, address)
    assert any(name.endswith("/plotly.js") for name in sizes)
    assert sum(sizes.values()) < 3_000_000, sizes.most_common(5)


def _without_cache(page: Page) -> None:
    """Forget files of earlier visits: what a browser has in memory it need not fetch."""
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")


def test_the_charts_scripts_are_fetched_at_once_and_once(visit: Visit) -> None:
    """Before Streamlit's own script asks its server for anything; and none of them twice."""
    page = visit(prepare=_without_cache)
    files: list[tuple[str, float]] = page.evaluate(
        "performance.getEntriesByType('resource').map(({ name, startTime }) => [name, startTime])"
    )
    own = [(name.split("/")[-1], start) for name, start in files if assets.FOLDER in name]
    assert sorted(name for name, _ in own) == SCRIPTS
    streamlit = min(start for name, start in files if name.endswith("/health"))
    assert max(start for _, start in own) < streamlit
