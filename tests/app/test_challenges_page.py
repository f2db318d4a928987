"""Challenges by Streamlit's own test runner: predict first, then the check opens."""

import re
import time
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from linreg.lesson.challenge_checks import Line
from linreg.lesson.challenges import CHALLENGES, Challenge
from linreg.lesson.printed_pages import results_html
from linreg.sharing.address import address_of
from tests.lesson.test_challenges import MEETS
from tests.support.opened import opened, run, shows, text_of


def said(app: AppTest) -> str:
    """What the page says of the run."""
    return " ".join(box.value for box in (*app.info, *app.warning, *app.success))


def press(app: AppTest, label: str) -> AppTest:
    """Press the button with this text."""
    next(button for button in app.button if button.label == label).click()
    return run(app)


def predict(app: AppTest, option: int) -> AppTest:
    """Choose an answer."""
    [radio] = app.radio
    radio.set_value(radio.options[option])
    return run(app)


def test_the_check_opens_after_a_prediction_and_follows_the_run() -> None:
    """First a prediction, then 'not yet', then met as soon as the setting is right."""
    app = opened("challenges")
    assert "after your prediction" in said(app)
    predict(app, 0)
    assert "Not that one." in said(app)
    assert "0.5784" not in said(app) + text_of(app)
    predict(app, 2)
    assert "Right." in [box.value for box in app.success]
    assert "Not yet. weight 0.5784" in said(app)
    app.select_slider(key="epochs").set_value(200)
    run(app)
    assert "Goal met. weight 0.6990" in said(app)
    shows(app, CHALLENGES[0].learned, f"1 of {len(CHALLENGES)} done")


def test_numbers_that_the_page_lesson_does_not_print_are_said_to_be_of_another_notebook() -> None:
    """The challenge names it as the story does; the page *Lesson* prints those after 100 epochs."""
    source = "notebook that this app follows"
    shows(opened("challenges"), f"The {source} prints weight 0.6990 and bias 0.3093")
    shows(opened("lesson", part="story"), f"{source}, `01_pytorch_workflow`")
    app = opened("lesson", part="predictions")
    shows(app, "0.5784", "0.3513")
    assert "0.6990" not in text_of(app)


@pytest.mark.parametrize("challenge", CHALLENGES, ids=lambda c: c.key)
def test_nothing_tells_the_answer_before_the_prediction(challenge: Challenge) -> None:
    """Neither a title of any challenge, nor the page; what it teaches is for later too."""
    right = challenge.options[challenge.answer]
    app = opened("challenges", challenge=challenge.key, **address_of(challenge.start))
    titles = app.selectbox(key="challenge").options
    assert len(titles) == len(CHALLENGES)
    words = re.compile(rf"\b{re.escape(right.lower())}\b")
    assert not [title for title in titles if words.search(title.lower())]
    page = text_of(app) + said(app)
    assert challenge.learned not in page
    if len(right.split()) > 2:  # a shorter one is a word of its field, such as MSE
        assert right.lower() not in page.lower()


def test_what_is_done_comes_with_the_address() -> None:
    """Unknown names in the address are ignored."""
    app = opened("challenges", done="limit-nonsense-printed")
    shows(app, f"2 of {len(CHALLENGES)} done")
    assert app.session_state["linreg"].done == ("printed", "limit")


def test_links_of_before_keep_their_meaning_and_unknown_ones_are_named() -> None:
    """What was done stays done, under the name that a challenge had then."""
    app = opened("challenges", challenge="idle", done="twice-idle")
    shows(app, "A thousand epochs")
    assert app.query_params["done"] == "printed-thousand"
    app = opened("challenges", challenge="none")
    [said] = [each.value for each in app.warning]
    assert said == "challenge=`'none'` is not a challenge; the first one is shown."


def test_a_link_opens_a_challenge() -> None:
    """One click sets its settings."""
    app = opened("challenges", challenge="thousand")
    shows(app, "A thousand epochs")
    next(button for button in app.button if "Start with" in button.label).click()
    run(app)
    assert app.select_slider(key="epochs").value == 1000
    assert app.segmented_control(key="model").value == "linear"


@pytest.mark.parametrize("challenge", CHALLENGES, ids=lambda c: c.key)
def test_a_run_that_meets_the_goal_counts_only_after_a_prediction(challenge: Challenge) -> None:
    """Before the prediction nothing is explained, and the address counts nothing as done."""
    run_ = replace(challenge.start, **MEETS[challenge.key])
    address = address_of(run_)
    app = opened("challenges", challenge=challenge.key, **address)
    app.session_state["linreg"].points = run_.points
    app.session_state["linreg"].by_hand = Line(weight=0.75, bias=0.275)  # where one is asked for
    run(app)
    assert challenge.learned not in text_of(app)
    assert "done" not in app.query_params
    predict(app, challenge.answer)
    assert "Right." in said(app)
    assert challenge.learned in text_of(app)
    assert app.query_params["done"] == challenge.key
    assert app.query_params["challenge"] == challenge.key


def test_the_page_of_results_holds_names_as_text() -> None:
    """A name with tags is shown, not run; done challenges say what they teach, others do not."""
    page = results_html("<script>alert(1)</script>", ("printed",))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert f"1 of {len(CHALLENGES)} done" in page
    assert CHALLENGES[0].learned in page
    assert not [each for each in CHALLENGES[1:] if each.learned in page]


def test_the_next_challenge_begins_with_its_own_settings() -> None:
    """Those that are done are left out."""
    app = predict(opened("challenges", challenge="printed", done="thousand", epochs="200"), 2)
    next(button for button in app.button if button.label == "Next challenge").click()
    run(app)
    assert app.selectbox(key="challenge").value == "limit"
    assert app.segmented_control(key="loss").value == "mse"
    assert app.select_slider(key="epochs").value == 1000


def test_the_limit_is_hidden_until_the_prediction() -> None:
    """It is what the challenge asks for; then the sidebar has it."""
    app = opened("challenges", challenge="limit", loss="mse", epochs="1000")
    assert "0.8625" not in " ".join(caption.value for caption in app.caption)
    predict(app, 1)
    assert "0.8625" in " ".join(caption.value for caption in app.caption)


@pytest.mark.parametrize("lock", [{}, {"lock": "curtain"}])
def test_a_prediction_on_the_page_raises_the_curtain(lock: dict[str, str]) -> None:
    """Its run is shown then, and the sidebar tells the limit, as without a curtain."""
    shown = {"loss": "mse", "epochs": "1000", "lr": "0.87"}
    app = predict(opened("challenges", challenge="limit", curtain="true", **shown, **lock), 1)
    assert app.toggle(key="curtain").value is bool(lock)
    assert "0.8625" in " ".join(caption.value for caption in app.caption)
    run(app.switch_page("screens/playground.py"))
    assert "behind the curtain" not in text_of(app)
    assert "The curtain is down" not in text_of(app)


def test_a_challenge_that_has_begun_is_behind_the_curtain_until_its_prediction() -> None:
    """On every page, with no other question about its run; the prediction raises it."""
    app = press(opened("challenges", challenge="limit"), "Start with its settings")
    run(app.switch_page("screens/playground.py"))
    shows(app, "behind the curtain", "**As fast as it goes** asks about this run first")
    captions = " ".join(caption.value for caption in app.caption)
    assert "0.8625" not in captions + text_of(app)
    assert not app.radio
    app.select_slider(key="lr").set_value(0.02)
    assert len(run(app).radio) == 1  # that of the curtain, about another run
    predict(run(app.switch_page("screens/challenges.py")), 1)
    run(app.switch_page("screens/playground.py"))
    shows(app, "0.8625", "| **learned** |")
    run(app.switch_page("screens/challenges.py"))
    press(app, "Start with its settings")
    assert not app.toggle(key="curtain").value


def test_who_does_not_predict_can_play_the_run_of_a_challenge() -> None:
    """Also of the next one; the question stays on its page."""
    app = predict(opened("challenges", challenge="printed", done="thousand", epochs="200"), 2)
    press(app, "Next challenge")
    assert app.toggle(key="curtain").value
    run(app.switch_page("screens/playground.py"))
    assert "0.8625" not in text_of(app)
    press(app, "Play the run")
    shows(app, "0.8625", "| **learned** |")
    assert not app.toggle(key="curtain").value
    run(app.switch_page("screens/challenges.py"))
    assert app.radio[0].value is None


def test_a_challenge_says_what_the_link_keeps() -> None:
    """It does not ask to change a locked control."""
    both = opened("challenges", challenge="printed", lock="lr-epochs")
    shows(both, "This challenge cannot be met here: the link of this page keeps Epochs.")
    assert "Change no setting" not in text_of(both)
    one = opened("challenges", challenge="fine", lock="lr", lr="0.0085", epochs="1000")
    shows(one, "You may change: Learning rate schedule. The link of this page keeps Learning rate.")
    app = predict(opened("challenges", challenge="printed", lr="0.1", lock="lr"), 2)
    assert "cannot be met here: the link of this page keeps Learning rate." in said(app)
    app = predict(opened("challenges", challenge="thousand", lock="epochs"), 0)
    assert "cannot be met here: the link of this page keeps Epochs." in said(app)


@pytest.mark.parametrize(
    ("key", "link", "why"),
    [
        ("outlier", {"hide": "tune"}, "hides *Tune*"),
        ("outlier", {"hide": "tune", "lock": "lr"}, "hides *Tune*"),
        ("band", {"lock": "lr", "epochs": "10000"}, "keeps Learning rate"),
        ("quick", {"hide": "lr-optimizer", "epochs": "20"}, "keeps Learning rate"),
        ("quick", {"lock": "optimizer-schedule", "epochs": "20"}, "keeps Optimizer, Learning"),
        ("round", {"lock": "epochs", "hide": "tune"}, ""),
        ("outlier", {"lock": "lr-epochs"}, ""),
    ],
)
def test_a_goal_that_no_free_setting_reaches_cannot_be_met(
    key: str, link: dict[str, str], why: str
) -> None:
    """The sentence names what keeps it out of reach, and nothing else that the link keeps."""
    [challenge] = [each for each in CHALLENGES if each.key == key]
    app = opened("challenges", challenge=key, done=key, **link)  # done without such a link
    told = f"This challenge cannot be met here: the link of this page {why}"
    assert (told in text_of(app)) is bool(why)
    predict(app, challenge.answer)
    assert (told in said(app)) is bool(why)
    assert ("Not yet." in said(app)) is (not why)


def test_a_hint_says_what_of_it_a_link_keeps() -> None:
    """A locked control or a hidden page; other hints have no such line."""
    app = opened("challenges", challenge="quick", epochs="20", lock="loss-lr", hide="tune")
    captions = [caption.value for caption in app.caption]
    assert "The link of this page hides *Tune*." in captions
    assert "The link of this page keeps Loss, Learning rate." in captions
    app = opened("challenges", challenge="quick", epochs="20", lock="epochs")
    assert not [c.value for c in app.caption if c.value.startswith("The link of this page")]


def test_a_challenge_that_begins_says_which_of_its_settings_a_link_keeps() -> None:
    """They stay, by its button and on the way from the challenge before."""
    app = opened("challenges", challenge="limit", lock="loss", epochs="20")
    press(app, "Start with its settings")
    assert app.segmented_control(key="loss").value == "l1"
    assert "Loss stays l1: the link of this page locks it." in said(app)
    link = {"epochs": "200", "lock": "model"}
    app = predict(opened("challenges", challenge="printed", **link), 2)
    press(app, "Next challenge")
    assert app.select_slider(key="epochs").value == 1000
    assert "Model stays parameter: the link of this page locks it." in said(app)


def test_own_data_do_not_stop_a_challenge_from_being_judged() -> None:
    """They differ from its start, and no link can keep them."""
    app = opened("challenges", challenge="fine", lock="lr")
    app.session_state["linreg"].points = tuple((i / 10, i / 10) for i in range(10))
    predict(run(app), 0)
    assert not app.error
    assert "Not yet." in said(app)


def test_a_challenge_is_judged_by_a_run_and_not_by_the_address() -> None:
    """The class board counts what this session has judged."""
    app = opened("challenges", challenge="printed", epochs="200", done="limit")
    assert app.session_state["linreg"].judged == ()
    predict(app, 2)
    assert app.session_state["linreg"].judged == ("printed",)


def test_an_address_that_an_older_one_has_overtaken_is_put_right() -> None:
    """The browser has written the slider's new rate, and then got what an earlier run had sent."""
    app = opened("challenges", lr="0.36")
    app.select_slider(key="lr").set_value(0.4)
    app.query_params["lr"] = "0.38"
    app.session_state["linreg"].sent = time.monotonic()
    run(app)
    assert app.query_params["lr"] == "0.4"
    app.select_slider(key="lr").set_value(0.01)  # which no address names
    run(app)
    assert "lr" not in app.query_params
