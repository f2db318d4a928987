"""Journeys across the pages: what is set stays set, and each page does what it is for."""

import re

from playwright.sync_api import Page, expect

from linreg import BUGS, Mistake
from tests.browser.test_in_sight import SIZES, in_sight
from tests.browser.test_phone import IN_SIGHT
from tests.support.journey import (
    Visit,
    change,
    chart,
    choose_option,
    drawn,
    is_idle,
    open_page,
    plot,
    says,
    slider,
)


def go_to(page: Page, title: str, heading: str) -> None:
    """Choose a page in the menu, when the present one is done, and wait until it stands there.

    (Chosen while the first page is still being made, Streamlit now and then drops parameters from
    the address; the settings themselves are kept.)
    """
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    open_page(page, title)
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)


def test_settings_and_a_teachers_link_outlive_a_change_of_page(visit: Visit) -> None:
    """Set on one page, seen on the next, changed there, still so on the way back.

    What the link hides is not in the menu and not in the sidebar, on any page. A pinned run comes
    along in the address. (Who opens it finds the run on Tune: tests/app/test_tune.py.)
    """
    hidden = "hide=weight-loop-teach"
    page = visit(f"?lr=0.1&scale=log&{hidden}")
    menu = page.get_by_test_id("stHeader")
    expect(menu.get_by_role("link", name="Lesson")).to_be_visible()
    expect(menu.get_by_role("link", name="Loop")).to_have_count(0)
    expect(page.get_by_role("group", name="True weight", exact=True)).to_have_count(0)
    go_to(page, "Lesson", "The PyTorch workflow")
    expect(page).to_have_url(re.compile(rf"/lesson\?(?=.*lr=0\.1(&|$))(?=.*{hidden})(?!.*scale)"))
    page.get_by_role("radio", name="training").click()
    expect(page).to_have_url(re.compile("&part=training$"))
    expect(page.get_by_text("optimizer = torch.optim.SGD").first).to_contain_text("lr=0.1")
    slider(page, "Learning rate").press("ArrowRight")
    expect(page).to_have_url(re.compile(r"/lesson\?(?=.*lr=0\.11).*&part=training$"))
    go_to(page, "Playground", "Train a model on a straight line")
    expect(page).to_have_url(re.compile(rf"/\?(?=.*lr=0\.11)(?=.*scale=log)(?=.*{hidden})"))
    expect(page.get_by_role("heading", name="Loss curves (log scale)")).to_be_visible()
    page.get_by_role("button", name="Pin this run").click()
    expect(page).to_have_url(re.compile("pin="))
    expect(page.get_by_text("1 of 8 pinned")).to_be_visible()


def test_a_page_begins_at_its_top(visit: Visit) -> None:
    """However far the one before was scrolled; a preset leaves the page where it is."""
    page = visit("lesson?part=data&epochs=20")
    main = page.get_by_test_id("stMain")
    main.evaluate("main => main.scrollTo(0, 2000)")
    page.get_by_role("button", name="Model 0").click()
    expect(page).not_to_have_url(re.compile("epochs"))
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
    a_rate_is_chosen_by_a_click_on_its_point(page)
    own_data_make_the_lines_controls_idle(page)
    an_uploaded_file_is_what_is_trained_on(page)


def a_rate_is_chosen_by_a_click_on_its_point(page: Page) -> None:
    """The slider, the address and the mark follow; the sweep's chart stays the same element.

    The switch to eight seeds and its chart stand side by side; all that follows is still there.
    """
    sweep = plot(page, "Loss after 100 epochs")
    sweep.locator(".trace").first.wait_for()
    element = sweep.element_handle()
    x, y, rate = sweep.evaluate(
        """div => {
          const [trace] = div._fullData;
          const { xaxis, yaxis } = div._fullLayout;
          return [xaxis.d2p(trace.x[40]), yaxis.d2p(trace.y[40]), trace.x[40]];
        }"""
    )
    sweep.scroll_into_view_if_needed()
    box = sweep.locator(".nsewdrag").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + x, box["y"] + y, steps=3)
    sweep.locator(".hovertext").wait_for()
    page.mouse.click(box["x"] + x, box["y"] + y)
    expect(page).to_have_url(re.compile(rf"lr={rate:.3g}".replace(".", r"\.")))
    expect(says(page, "Loss after 100 epochs")).to_contain_text(f"{rate:.3g}")
    assert sweep.evaluate("(div, old) => div === old", element)
    page.get_by_text("The same sweep from 8 seeds").click()
    expect(says(page, "Final test loss from 8 seeds")).to_contain_text("lowest median")
    expect(page.get_by_role("heading", name="Your own data")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 664})
    name = page.get_by_role("button", name="Use a fifth of the rows").locator("p")
    assert name.evaluate("p => p.parentElement.scrollWidth <= p.parentElement.clientWidth")
    page.set_viewport_size({"width": 1440, "height": 900})


def own_data_make_the_lines_controls_idle(page: Page) -> None:
    """Also those beside the page's fragment; and the line's controls are free again with it."""
    page.get_by_text("More settings").click()
    noise = slider(page, "Noise")
    expect(noise).to_be_enabled()
    page.get_by_label(re.compile("Paste two columns")).fill("x,y\n1,2\n2,4\n3,6.5\n4,8\n5,9.9")
    page.get_by_role("button", name="Use the pasted rows").click()
    expect(page.get_by_text("Own data: 5 rows")).to_be_visible()
    expect(noise).to_be_disabled()
    page.get_by_role("button", name="Back to the line").click()
    expect(page.get_by_text("Own data: 5 rows")).to_have_count(0)
    expect(noise).to_be_enabled()


def an_uploaded_file_is_what_is_trained_on(page: Page) -> None:
    """Two columns from a file; the Playground draws its rows."""
    file = {"name": "mine.csv", "mimeType": "text/csv", "buffer": b"x,y\n1,1\n2,2\n3,3.5\n4,4\n"}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    use = page.get_by_role("button", name="Use the file")
    use.evaluate("button => button.scrollIntoView({ block: 'end' })")  # what it brings is below
    use.click()
    expect(page.get_by_text("4 rows are used.")).to_be_in_viewport()
    go_to(page, "Playground", "Train a model on a straight line")
    page.locator(".linreg-stage[data-painted]").wait_for()
    assert drawn(page, "Predictions", "training data") == [1, 2, 3.5]


def test_the_link_for_the_class_is_a_code_that_phones_can_read(visit: Visit, address: str) -> None:
    """The page shows link, iframe and QR code, which fills the screen at a press."""
    page = visit("teach?lr=0.1&loss=mse", width=1366, height=768)
    expect(page.get_by_test_id("stCode").filter(has_text="http").first).to_have_text(
        f"{address}/?loss=mse&lr=0.1"
    )
    expect(page.get_by_test_id("stImage").locator("img")).to_be_visible()
    the_code_fills_the_window_with_its_address(page)
    plotlys_script_has_run_before_a_chart_is_there_to_draw(page)


def the_code_fills_the_window_with_its_address(page: Page) -> None:
    """One press; the address below it is in sight and in letters for the last row."""
    page.get_by_role("button", name="Fill the screen").click()
    dialog = page.get_by_role("dialog")
    image = dialog.get_by_role("img", name="QR code").bounding_box()
    assert image is not None
    assert image["height"] > 0.65 * 768
    address = dialog.get_by_text("/?loss=mse&lr=0.1")
    expect(address).to_be_in_viewport()
    assert address.evaluate("each => parseFloat(getComputedStyle(each).fontSize)") >= 40
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def plotlys_script_has_run_before_a_chart_is_there_to_draw(page: Page) -> None:
    """Also on a page without one; it is fetched once."""
    page.wait_for_function("() => window.Plotly !== undefined")
    assert page.locator(".linreg-stage").count() == 0
    go_to(page, "Playground", "Train a model on a straight line")
    page.locator(".linreg-stage[data-painted]").wait_for()
    assert page.locator("script[src*='plotly.js']").count() == 1


def test_the_plan_goes_to_the_page_of_each_step(visit: Visit) -> None:
    """From the Playground to the Lesson and the Loop, and back to the Playground.

    After a guess verdict and player are in sight, on a phone and on a laptop. Another run needs no
    room for the verdict.
    """
    page = visit("?plan=1&before=true&curtain=true", width=390, height=664)
    bar = page.locator(".st-key-plan_bar")
    page.get_by_test_id("stRadioOption").filter(has_text="stays there").click()
    page.get_by_role("button", name="Play the run").click()
    page.locator(".linreg-run[data-painted]").wait_for()
    for width, height in ((390, 664), (1366, 768), (1280, 720)):
        page.set_viewport_size({"width": width, "height": height})
        in_sight(page, page.get_by_test_id("stAlert").filter(has_text="Not correct. The"))
        for name in ("controls", "numbers"):
            part = page.locator(f".linreg-{name}").element_handle()
            page.wait_for_function(f"part => ({IN_SIGHT})(part) > 0.95", arg=part)
    change(page, lambda: slider(page, "Learning rate").press("ArrowRight"))
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    style = "each => getComputedStyle(each).getPropertyValue('--linreg-verdict')"
    assert page.locator(".linreg-run").evaluate(style) == ""
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

    The autograd graph is a picture whose text alternative names operations and gradients. On a
    laptop and on a phone what a press changes is in sight.
    """
    page = visit("loop", width=1366, height=768)
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
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        buttons_stay_in_sight_with_what_they_change(page)
    surface = plot(page, "The step on the loss surface")
    assert surface.evaluate("(div, old) => div === old", element)


def buttons_stay_in_sight_with_what_they_change(page: Page) -> None:
    """Sentence and first chart stand below the buttons, which stay when the page scrolls."""
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")
    for words in ("nothing to forget", "One number for how wrong"):
        page.keyboard.press("b")
        expect(page.locator("[aria-live=polite]").filter(has_text=words)).to_be_visible()
    next_line = page.get_by_role("button", name="Next line")
    for words in ("nothing to forget", "Backpropagation fills"):
        next_line.click()
        sentence = page.locator("[aria-live=polite]").filter(has_text=words)
        in_sight(page, sentence)
        in_sight(page, chart(page, "The line"))
    page.get_by_role("heading", name="The graph that autograd builds").scroll_into_view_if_needed()
    size = page.viewport_size
    assert size is not None
    page.mouse.move(size["width"] / 2, size["height"] - 40)
    page.mouse.wheel(0, 1200)
    expect(chart(page, "The line")).not_to_be_in_viewport()
    in_sight(page, page.locator(".st-key-loop_stepper"))
    next_line.click()
    expect(page.locator("[aria-live=polite]")).to_contain_text("moves against its gradient")
    page.keyboard.press("b")
    expect(page.locator("[aria-live=polite]")).to_contain_text("Backpropagation fills")


def test_the_lessons_words_and_code_are_read_by_key_and_copied(visit: Visit) -> None:
    """A word is explained where it stands; code keeps its lines and scrolls sideways.

    The copy button, which appears under the pointer, has a margin of its own.
    """
    page = visit("lesson?part=model", width=390, height=664, prepare=on_plain_http)
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
    code_is_copied_on_plain_http_or_a_sentence_says_why_not(page)


def on_plain_http(page: Page) -> None:
    """Take the clipboard from a page, as browsers do on plain http."""
    page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'clipboard', { get: () => undefined })"
    )


def code_is_copied_on_plain_http_or_a_sentence_says_why_not(page: Page) -> None:
    """What was copied can be pasted; where the browser refuses this too, the page says so."""
    code = page.get_by_test_id("stCode").first
    code.hover()
    code.get_by_role("button", name="Copy").click()
    expect(code.get_by_role("button", name="Copied")).to_be_visible()
    page.evaluate("document.body.append(document.createElement('textarea'))")
    field = page.locator("body > textarea")
    field.press("ControlOrMeta+V")
    assert field.input_value().strip() == code.locator("code").inner_text().strip()

    page.evaluate("document.execCommand = () => false")
    refused = page.evaluate("navigator.clipboard.writeText('x').catch((error) => error.message)")
    assert refused == "not copied"
    expect(page.get_by_text("does not let the page copy")).to_be_visible()


def test_in_a_change_of_code_wrong_lines_are_red_and_right_lines_green(visit: Visit) -> None:
    """As the caption above them says, on a light and on a dark page."""
    page = visit("bug_hunt")
    choose_option(page, re.compile("^Bug"), f"Bug {list(BUGS).index(Mistake.LR_TOO_LARGE) + 1}")
    expect(page.get_by_text("(- wrong, red; + right, green)")).to_be_visible()
    code = page.get_by_test_id("stCode")
    wrong, right = (
        code.locator("span", has_text=re.compile(rf"^[+-]?optimizer = .*{rate}")).last
        for rate in (r"lr=10\.0", r"lr=0\.01")
    )
    for dark in (False, True):
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.wait_for_function(
            "dark => getComputedStyle(document.querySelector('.stApp')).colorScheme"
            " === (dark ? 'dark' : 'light')",
            arg=dark,
        )
        red, green = (
            [int(part) for part in re.findall(r"\d+", each.evaluate(COLOUR))[:3]]
            for each in (wrong, right)
        )
        assert red[0] > 1.3 * max(red[1:]), dark
        assert green[1] > 1.3 * max(green[0], green[2]), dark


COLOUR = "each => getComputedStyle(each).color"


def test_a_step_of_the_plan_opens_in_the_tab_of_the_guide(visit: Visit) -> None:
    """From the list of steps, and from the bar above a step."""
    page = visit("teach")
    is_idle(page)
    tabs = len(page.context.pages)
    page.get_by_text("3. One training step, line by line").click()
    page.get_by_role("button", name="Go to it on Loop").click()
    expect(page).to_have_url(re.compile(r"\d/loop\?(.*&)?plan=3(&|$)"))
    bar = page.locator(".st-key-plan_bar")
    expect(bar).to_contain_text("3 of 12")
    bar.get_by_role("button", name="Back").click()
    expect(page).to_have_url(re.compile(r"\d/lesson\?(.*&)?plan=2(&|$)"))
    assert len(page.context.pages) == tabs
