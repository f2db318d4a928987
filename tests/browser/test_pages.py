"""Journeys across the pages: what is set stays set, and each page does what it is for."""

import re

from playwright.sync_api import Page, expect

from linreg.lesson.challenges import CHALLENGES
from tests.support.journey import Visit, drawn, open_page, plot, says, slider


def go_to(page: Page, title: str, heading: str) -> None:
    """Choose a page in the menu, when the present one is done, and wait until it stands there.

    (Chosen while the first page is still being made, Streamlit now and then drops parameters from
    the address; the settings themselves are kept.)
    """
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    open_page(page, title)
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)


def test_settings_and_address_outlive_a_change_of_page(visit: Visit) -> None:
    """Set on one page, seen on the next, changed there, still so on the way back."""
    page = visit("?lr=0.1&scale=log")
    go_to(page, "Lesson", "The PyTorch workflow")
    expect(page).to_have_url(re.compile(r"/lesson\?lr=0\.1$"))
    page.get_by_role("radio", name="training").click()
    expect(page).to_have_url(re.compile(r"/lesson\?lr=0\.1&part=training$"))
    expect(page.get_by_text("optimizer = torch.optim.SGD").first).to_contain_text("lr=0.1")
    slider(page, "Learning rate").press("ArrowRight")
    expect(page).to_have_url(re.compile(r"/lesson\?lr=0\.11&part=training$"))
    go_to(page, "Loop", "The training loop, line by line")
    expect(page).to_have_url(re.compile(r"/loop\?lr=0\.11$"))
    go_to(page, "Playground", "Train a model on a straight line")
    expect(page).to_have_url(re.compile(r"lr=0\.11.*scale=log|scale=log.*lr=0\.11"))
    expect(page.get_by_role("heading", name="Loss curves (log scale)")).to_be_visible()


def test_a_page_begins_at_its_top(visit: Visit) -> None:
    """However far the one before was scrolled; a preset leaves the page where it is."""
    page = visit("lesson?part=data")
    main = page.get_by_test_id("stMain")
    main.evaluate("main => main.scrollTo(0, 2000)")
    page.get_by_role("button", name="Model 1").click()
    expect(page).to_have_url(re.compile("model=linear"))
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    assert main.evaluate("main => main.scrollTop") > 500
    open_page(page, "Tune")
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose settings, compare runs")
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    block = page.locator("[data-testid=stVerticalBlock]:has(> * h1)").last
    tops = [each.bounding_box() for each in (block, page.get_by_role("heading", level=1))]
    assert tops[0] is not None
    assert tops[1] is not None
    assert tops[1]["y"] == tops[0]["y"]  # what shows nothing takes no room above it


def test_plotlys_script_has_run_before_a_chart_is_there_to_draw(visit: Visit) -> None:
    """Also on a page without one; it is fetched once."""
    page = visit("teach")
    page.wait_for_function("() => window.Plotly !== undefined")
    assert page.locator(".linreg-stage").count() == 0
    go_to(page, "Playground", "Train a model on a straight line")
    page.locator(".linreg-stage[data-painted]").wait_for()
    assert page.locator("script[src*='plotly.js']").count() == 1


def test_the_plan_goes_to_the_page_of_each_step(visit: Visit) -> None:
    """From the Playground to the Lesson and the Loop, and back to the Playground."""
    page = visit("?plan=1&before=true&curtain=true")
    bar = page.locator(".st-key-plan_bar")
    for step, path, shown in (
        ("2 of 12", "/lesson", "Get the data ready"),
        ("3 of 12", "/loop", "What just happened"),
        ("4 of 12", "/", "Play the run"),
    ):
        bar.get_by_role("button", name="Next").click()
        expect(bar).to_contain_text(step)
        expect(page).to_have_url(re.compile(rf"\d{path}\?"))
        expect(page.get_by_text(shown).first).to_be_visible()


def test_the_loop_is_walked_by_keyboard_and_its_charts_stay_mounted(visit: Visit) -> None:
    """N goes on, B goes back; the pictures are the same elements all the way.

    The autograd graph is a picture whose text alternative names operations and gradients.
    """
    page = visit("loop")
    expect(says(page, "The line")).to_contain_text("40 training rows")
    page.locator(".linreg-stage[data-painted]").wait_for()
    element = plot(page, "The step on the loss surface").element_handle()
    for words in ("One number for how wrong", "nothing to forget", "Backpropagation fills"):
        page.keyboard.press("n")
        expect(page.get_by_text(words)).to_be_visible()
    expect(says(page, "The step on the loss surface")).to_contain_text("(-0.3900, -1.0000)")
    graph = page.get_by_role("img", name="The autograd graph of this loss")
    expect(graph).to_have_accessible_name(re.compile("AbsBackward0 .*gradient: -0.3900"))
    box = graph.bounding_box()
    assert box is not None
    assert box["height"] > 200
    page.keyboard.press("b")
    expect(page.get_by_text("nothing to forget")).to_be_visible()
    surface = plot(page, "The step on the loss surface")
    assert surface.evaluate("(div, old) => div === old", element)


def test_a_rate_is_chosen_by_a_click_on_its_point(visit: Visit) -> None:
    """The slider, the address and the mark follow; the sweep's chart stays the same element.

    The switch to eight seeds and its chart stand side by side; all that follows is still there.
    """
    page = visit("tune?epochs=20")
    sweep = plot(page, "Loss after 20 epochs")
    element = sweep.element_handle()
    x, y, rate = sweep.evaluate(
        """div => {
          const [trace] = div._fullData;
          const { xaxis, yaxis } = div._fullLayout;
          return [xaxis.d2p(trace.x[40]), yaxis.d2p(trace.y[40]), trace.x[40]];
        }"""
    )
    box = sweep.locator(".nsewdrag").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + x, box["y"] + y, steps=3)
    sweep.locator(".hovertext").wait_for()
    page.mouse.click(box["x"] + x, box["y"] + y)
    expect(page).to_have_url(re.compile(rf"lr={rate:.3g}".replace(".", r"\.")))
    expect(says(page, "Loss after 20 epochs")).to_contain_text(f"{rate:.3g}")
    assert sweep.evaluate("(div, old) => div === old", element)
    page.get_by_text("The same sweep from 8 seeds").click()
    expect(says(page, "Final test loss from 8 seeds")).to_contain_text("lowest median")
    expect(page.get_by_role("heading", name="Your own data")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 664})
    name = page.get_by_role("button", name="Use a fifth of the rows").locator("p")
    assert name.evaluate("p => p.parentElement.scrollWidth <= p.parentElement.clientWidth")


def test_a_pinned_run_comes_along_in_the_link(visit: Visit) -> None:
    """Pinned on the Playground; whoever opens the address finds it on Tune."""
    page = visit("?lr=0.1")
    page.get_by_role("button", name="Pin this run").click()
    expect(page).to_have_url(re.compile("pin="))
    expect(page.get_by_text("1 of 8 pinned")).to_be_visible()
    other = visit(page.url.split("/")[-1].replace("?", "tune?"))
    expect(other.get_by_role("heading", name="Compared runs")).to_be_visible()
    expect(other.get_by_role("textbox", name="Name of run 1")).to_have_value("lr 0.1")


def test_an_uploaded_file_is_what_is_trained_on(visit: Visit) -> None:
    """Two columns from a file; the Playground draws its rows."""
    page = visit("tune")
    file = {"name": "mine.csv", "mimeType": "text/csv", "buffer": b"x,y\n1,1\n2,2\n3,3.5\n4,4\n"}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Use the file").click()
    expect(page.get_by_text("4 rows are used.")).to_be_visible()
    go_to(page, "Playground", "Train a model on a straight line")
    page.locator(".linreg-stage[data-painted]").wait_for()
    assert drawn(page, "Predictions", "training data") == [1, 2, 3.5]


def test_a_challenge_met_survives_a_reload(visit: Visit) -> None:
    """Predicted, met by one move of a slider, kept by the address."""
    page = visit("challenges")
    page.get_by_test_id("stRadioOption").filter(has_text="No, after more").click()
    expect(page.get_by_text("Not yet.")).to_be_visible()
    slider(page, "Epochs").press("End")
    expect(page.get_by_text("Use fewer than 1000 epochs.")).to_be_visible()
    page.goto(page.url.replace("epochs=10000", "epochs=200"))
    page.get_by_test_id("stRadioOption").filter(has_text="No, after more").click()
    expect(page.get_by_text("Right. The answer: No, after more.")).to_be_visible()
    expect(page.get_by_text("Goal met.")).to_be_visible()
    expect(page).to_have_url(re.compile("done=printed"))
    page.reload()
    expect(page.get_by_role("heading", name=f"1 of {len(CHALLENGES)} done")).to_be_visible()


def test_a_diverged_epoch_shows_its_charts(visit: Visit) -> None:
    """A link opens it at its line; parameters are NaN or infinite, and nothing breaks."""
    page = visit("loop?loss=mse&lr=1&epochs=1000&epoch=900&line=backward")
    expect(says(page, "The step on the loss surface")).to_contain_text("is NaN or infinite")
    expect(says(page, "The line")).to_contain_text("is NaN or infinite")
    expect(page.get_by_text("Training diverged")).to_be_visible()
    expect(page.get_by_text("What just happened")).to_be_visible()


def test_a_teachers_link_hides_pages_and_controls(visit: Visit) -> None:
    """They are not in the menu, and not in the sidebar; the address keeps that on every page."""
    page = visit("?lr=0.1&hide=lr-tune-teach")
    menu = page.get_by_test_id("stHeader")
    expect(menu.get_by_role("link", name="Lesson")).to_be_visible()
    expect(menu.get_by_role("link", name="Tune")).to_have_count(0)
    expect(page.get_by_role("group", name="Learning rate", exact=True)).to_have_count(0)
    go_to(page, "Lesson", "The PyTorch workflow")
    expect(page).to_have_url(re.compile("hide=lr-tune-teach"))
    page.get_by_role("radio", name="training").click()
    expect(page.get_by_text("optimizer = torch.optim.SGD").first).to_contain_text("lr=0.1")


def test_the_link_for_the_class_is_a_code_that_phones_can_read(visit: Visit) -> None:
    """The page shows link, iframe and QR code; the link opens what it says."""
    page = visit("teach?lr=0.1")
    link = page.get_by_text(re.compile(r"^http://\S+\?lr=0\.1$")).first.inner_text()
    expect(page.get_by_test_id("stImage").locator("img")).to_be_visible()
    other = visit(link.split("/")[-1])
    expect(slider(other, "Learning rate")).to_have_attribute("aria-valuetext", "0.1")


def test_the_lessons_words_and_code_are_read_by_key(visit: Visit) -> None:
    """A word is explained where it stands; code keeps its lines and scrolls sideways.

    The copy button, which appears under the pointer, has a margin of its own.
    """
    page = visit("lesson?part=model", width=390, height=664)
    word = page.get_by_role("button", name="hyperparameter")
    word.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("that is not learned")).to_be_visible()
    page.keyboard.press("Escape")
    code = page.get_by_role("region", name="Code").first
    expect(code.locator("code")).to_have_css("white-space", "pre")
    code.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("code => code.scrollLeft > 0", arg=code.element_handle())
    right = code.evaluate("code => code.getBoundingClientRect().left + code.clientWidth")
    copy = page.get_by_role("button", name="Copy to clipboard").first.bounding_box()
    assert copy is not None
    assert copy["x"] >= right
