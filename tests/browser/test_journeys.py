"""Whole journeys of a student through the Playground, in a real browser."""

import re
import struct

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from linreg import Experiment
from linreg.ui.browser import assets
from tests.benchmarks.startup import first_visit
from tests.support import notebook
from tests.support.blank_frames import blank_frames, count_blank_frames
from tests.support.coroutines import result_of
from tests.support.journey import (
    Visit,
    change,
    drawn,
    plot,
    says,
    set_view,
    slider,
)
from tests.support.websocket_session import open_session

# The addresses of all files, each with the time at which it was asked for.
FETCHED = """performance.getEntriesByType("resource")
  .map(({ name, startTime }) => [name, startTime])"""
SCRIPTS = sorted([assets.PLOTLY, assets.STYLE, *assets.script_names()])  # no class's room


def test_the_charts_stay_through_every_change(visit: Visit) -> None:
    """By keyboard and by mouse, however quick: they are the same elements all the time."""
    page = visit(height=700)
    a_tab_opens_in_place(page)
    a_rate_moved_by_keyboard_draws_its_own_curve(page)
    no_picture_is_ever_blank(page)
    zoom_legend_choices_and_scroll_outlive_a_change(page)
    change(page, lambda: set_view(page, "log"))
    expect(page.get_by_role("heading", name="Loss curves (log scale)")).to_be_visible()
    assert plot(page, "Loss curves").evaluate("div => div._fullLayout.yaxis.type") == "log"


def a_tab_opens_in_place(page: Page) -> None:
    """It takes the place of the last one: nothing jumps, and the charts are not drawn again."""
    main, stage = page.get_by_test_id("stMain"), page.locator(".linreg-stage")
    main.evaluate("main => main.scrollTo(0, main.scrollHeight)")
    top, painted = main.evaluate("main => main.scrollTop"), stage.get_attribute("data-painted")
    for name, shown in (("Log", "Epoch: 99 |"), ("Code", "import torch"), ("Results", "before")):
        page.get_by_role("tab", name=name).click()
        expect(page.get_by_role("tabpanel")).to_contain_text(shown)
        assert main.evaluate("main => main.scrollTop") == top
    assert stage.get_attribute("data-painted") == painted


def a_rate_moved_by_keyboard_draws_its_own_curve(page: Page) -> None:
    """Arrow keys on the slider; the new curve is that of the plain loop."""
    expect(says(page, "Loss curves")).to_contain_text("training loss 0.024795")
    change(page, lambda: slider(page, "Learning rate").press("ArrowRight"))
    expect(page).to_have_url(re.compile(r"\?lr=0\.011$"))
    plain = notebook.plain_loop(Experiment(lr=0.011))
    assert drawn(page, "Loss curves", "training loss") == pytest.approx(
        plain["train_loss"], rel=1e-6
    )


def no_picture_is_ever_blank(page: Page) -> None:
    """In every frame the same three charts hold their traces, also with keys faster than they."""
    element = plot(page, "Predictions").element_handle()
    count_blank_frames(page)
    for _ in range(3):
        change(page, lambda: slider(page, "Learning rate").press("ArrowRight"))
    for _ in range(10):
        slider(page, "Learning rate").press("ArrowRight", delay=0)
    expect(page).to_have_url(re.compile(r"lr=0\.028$"))
    expect(says(page, "Loss curves")).to_contain_text(
        f"{notebook.plain_loop(Experiment(lr=0.028))['train_loss'][-1]:.6f}"
    )
    assert plot(page, "Predictions").evaluate("(div, old) => div === old", element)
    expect(page.locator(".linreg-stage")).to_have_count(1)
    assert blank_frames(page) == 0


def zoom_legend_choices_and_scroll_outlive_a_change(page: Page) -> None:
    """Nothing is put up anew when a setting changes.

    A chart's buttons appear under the pointer, below its axis.
    """
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")
    plot(page, "Loss curves").hover()
    bar = plot(page, "Loss curves").get_by_role("toolbar")
    expect(bar).to_have_css("opacity", "1")
    data = plot(page, "Loss curves").locator(".nsewdrag").bounding_box()
    buttons = bar.bounding_box()
    assert data is not None
    assert buttons is not None
    assert buttons["y"] > data["y"] + data["height"]
    with page.expect_download() as coming:
        bar.locator("[data-title='Save the chart as a picture']").click()
    assert coming.value.suggested_filename == "loss.png"
    assert coming.value.path().read_bytes()[16:24] == struct.pack(">II", 960, 640)
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
    legend = page.get_by_role("group", name="Predictions")
    legend.get_by_role("button", name="training data").press("Enter")
    hidden = "div => div._fullData.find((t) => t.name === 'training data').visible"
    page.wait_for_function(f"div => ({hidden})(div) === 'legendonly'", arg=element)
    main = page.get_by_test_id("stMain")
    main.evaluate("main => main.scrollTo(0, 120)")
    change(page, lambda: slider(page, "True bias").press("ArrowRight"))
    assert chart.evaluate(zoomed) == pytest.approx(view)
    assert chart.evaluate(hidden) == "legendonly"
    assert main.evaluate("main => main.scrollTop") == 120
    assert chart.evaluate("(div, old) => div === old", element)
    names = "div => div._fullData.filter((t) => t.visible === true).map((t) => t.name)"
    legend.get_by_role("button", name="true line").dblclick()
    assert chart.evaluate(names) == ["true line"]
    legend.get_by_role("button", name="true line").dblclick()
    assert len(chart.evaluate(names)) == 5
    expect(legend.get_by_role("button", pressed=True)).to_have_count(5)
    curves = page.get_by_role("group", name="Loss curves")
    curves.get_by_role("button", name="test loss").dblclick()
    change(page, lambda: slider(page, "Training share").press("End"))
    curves.get_by_role("button", name="training loss", pressed=False).click()
    assert "training loss" in plot(page, "Loss curves").evaluate(names)


def test_a_run_that_takes_long_gives_way_and_a_chart_that_comes_late_is_drawn(
    visit: Visit,
) -> None:
    """The old picture stays; then, on a slow network, a key is pressed before the first picture."""
    page = visit()
    a_long_run_shows_progress_and_gives_way(page)
    a_change_before_the_first_picture_loses_nothing(page)


def a_long_run_shows_progress_and_gives_way(page: Page) -> None:
    """A run of half a minute is abandoned when the student moves on."""
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


def a_change_before_the_first_picture_loses_nothing(page: Page) -> None:
    """plotly.js arrives after the first key press, and the charts are drawn."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/plotly.js", hold)
    page.goto(page.url.split("?")[0] + "?seed=41")
    expect(page.locator(".linreg-stage")).to_have_count(1)
    slider(page, "Learning rate").press("ArrowRight")
    expect(page).to_have_url(re.compile(r"lr=0\.011"))
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    held[0].continue_()
    loss = notebook.plain_loop(Experiment(lr=0.011, seed=41))["train_loss"][-1]
    expect(says(page, "Loss curves")).to_contain_text(f"training loss {loss:.6f}")
    expect(page.locator(".linreg-stage[data-painted]")).to_have_count(1)


def test_an_address_put_right_follows_what_is_set_by_hand(visit: Visit) -> None:
    """It has all that differs from the lesson, and nothing else.

    (What another student sees who opens it is in tests/app/test_playground.py.)
    """
    page = visit(
        "?weight=%3Cimg%20src=x%20onerror=alert(1)%3E&lr=1e999&epochs=-5&%E2%80%AEx=1&seed=٣"
    )
    a_hostile_address_gets_sentences_and_a_picture(page)
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


def a_hostile_address_gets_sentences_and_a_picture(page: Page) -> None:
    """Nothing in it is run or shown as markup; the address is put right."""
    alerts = page.get_by_test_id("stAlert")
    expect(alerts).to_have_count(4)
    expect(alerts.first).to_contain_text("weight='<img src=x onerror=alert(1)>' is not a number")
    expect(alerts.nth(1)).to_contain_text("the default, 0.01, is used")
    expect(alerts.nth(2)).to_contain_text("the nearest of its slider, 1, is used")
    expect(page).to_have_url(re.compile(r"\?epochs=1&seed=3$"))
    expect(says(page, "Loss curves")).to_contain_text("Epoch 0:")


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


def test_charts_follow_where_the_stage_cannot_start(newcomer: BrowserContext, address: str) -> None:
    """Where the stage's script does not load, Streamlit's own charts and a sentence are there."""
    page = newcomer.new_page()
    page.route("**/linreg-assets/**", lambda route: route.abort())
    page.goto(f"{address}/?room=BCDFG")
    expect(page.get_by_test_id("stPlotlyChart")).to_have_count(3)
    expect(page.get_by_text("so you cannot answer here")).to_be_visible()
    expect(page.get_by_test_id("stPlotlyChart").first).to_be_visible()
    expect(page.get_by_text("so the charts have no player")).to_be_visible()


def test_a_first_visit_is_small_and_fetches_the_charts_scripts_at_once_and_once(
    browser: Browser, address: str
) -> None:
    """With nothing cached, all files up to the first charts are under 3 MB on the wire.

    Our scripts are asked for before Streamlit's own asks its server for anything.
    """
    files: list[tuple[str, float]] = []
    sizes = first_visit(browser, address, lambda page: files.extend(page.evaluate(FETCHED)))
    assert any(name.endswith("/plotly.js") for name in sizes)
    assert sum(sizes.values()) < 3_000_000, sizes.most_common(5)
    own = [(name.split("/")[-1], start) for name, start in files if assets.FOLDER in name]
    assert sorted(name for name, _ in own) == SCRIPTS
    streamlit = min(start for name, start in files if name.endswith("/health"))
    assert max(start for _, start in own) < streamlit
