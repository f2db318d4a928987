"""The class plan and the curtain by Streamlit's own test runner: predict first, then the run."""

import pytest
from streamlit.testing.v1 import AppTest

from linreg import Experiment, Loss, train
from linreg.formatting import loss_text
from linreg.formatting import number as number_of
from linreg.lesson.challenges import CHALLENGES
from linreg.lesson.class_plan import LESSONS, tell
from linreg.mistakes.catalog import BUGS
from linreg.mistakes.puzzles import mystery, mystery_token
from linreg.sharing.address import address_of
from tests.support.opened import opened, run, shows, text_of

SYMPTOM = BUGS[next(iter(BUGS))].symptom  # of the first bug


def everything(app: AppTest) -> str:
    """All that the page says, its messages too."""
    return text_of(app) + " ".join(m.value for m in (*app.info, *app.success, *app.warning))


def press(app: AppTest, label: str) -> AppTest:
    """Press the button whose text begins so."""
    next(button for button in app.button if button.label.startswith(label)).click()
    return run(app)


def follow(app: AppTest, page: str) -> AppTest:
    """Open the page that a button goes to; Streamlit's test runner stays on the present one."""
    return run(run(app).switch_page(f"screens/{page}.py"))


def guess(app: AppTest, option: int) -> AppTest:
    """Choose one of the answers."""
    [radio] = app.radio
    radio.set_value(radio.options[option])
    return run(app)


def test_the_curtain_hides_run_results_and_limit_until_the_run_is_played() -> None:
    """Then they are there, and the player starts at epoch 0."""
    app = opened(loss="mse", lr="0.87", epochs="1000", curtain="true")
    diverged = train(Experiment(loss=Loss.MSE, lr=0.87, epochs=1000))
    learned = number_of(diverged.history.weight[-1])
    assert "behind the curtain" in text_of(app)
    assert "0.8625" not in everything(app)
    assert learned not in everything(app)
    press(app, "Play the run")
    shows(app, "0.8625", learned)
    assert app.query_params["at"] == "0"
    assert "curtain" not in app.query_params
    app = opened(at="20", curtain="true")
    press(app, "Play the run")
    assert app.query_params["at"] == "20"


@pytest.mark.parametrize(
    ("page", "parameters", "results", "lock"),
    [
        ("lesson", {"part": "whole"}, ["### The log", "A story: 1000, 100 or 200 epochs?"], ""),
        ("lesson", {"part": "saving"}, ["### Saved"], "curtain"),
        ("loop", {"epoch": "5"}, ["What just happened."], "curtain"),
        ("tune", {"validation": "0.2", "train": "0.6"}, ["What learning rate", "The exact"], ""),
        ("save_and_load", {}, ["Download the run"], ""),
        ("bug_hunt", {}, ["What mends the code"], "curtain"),
    ],
)
def test_the_curtain_hides_what_a_run_does_on_every_page(
    page: str, parameters: dict[str, str], results: list[str], lock: str
) -> None:
    """One button raises it; a curtain that is locked comes down again for the next run."""
    kept = {"lock": lock} if lock else {}
    app = opened(page, curtain="true", epochs="150", **parameters, **kept)
    shows(app, "The curtain is down")
    said = everything(app)
    history = train(Experiment(epochs=150)).history
    assert not [text for text in (*results, number_of(history.weight[-1])) if text in said]
    press(app, "Lift the curtain")
    shows(app, *results)
    assert ("curtain" in app.query_params) is bool(lock)
    app.slider(key="weight").set_value(0.5)
    assert ("The curtain is down" in text_of(run(app))) is bool(lock)


def test_the_first_epoch_of_the_loop_tells_nothing_of_the_hidden_ones() -> None:
    """Its charts are the same whether the run then diverges or is over."""
    rate = {"loss": "mse", "lr": "0.87"}
    over, hidden, shown = (
        [chart.proto.spec for chart in opened("loop", **rate, **more).get("plotly_chart")]
        for more in ({"epochs": "1"}, {"epochs": "500", "curtain": "true"}, {"epochs": "500"})
    )
    assert hidden == over
    assert shown != over


def test_a_page_without_results_is_not_behind_the_curtain() -> None:
    """The data, the model, and the first step; what came of a guess stands where it was made."""
    for part in ("data", "model", "device"):
        assert "curtain is down" not in text_of(opened("lesson", curtain="true", part=part))
    token = mystery_token(mystery(5), 5)
    assert opened("bug_hunt", curtain="true", mystery=token).query_params["mystery"] == token
    app = opened("loop", curtain="true", lr="0.2")
    shows(app, "What just happened.")
    press(app, "Next epoch")
    shows(app, "The curtain is down")
    guess(app, 1)
    assert app.success[0].value.startswith("Right. The training loss goes from")
    shows(app, "What just happened.")


def test_in_a_class_the_teachers_question_comes_first() -> None:
    """The room may have ended, or the teacher asks nothing: the curtain asks too."""
    for room, is_told in ({"room": "BCDFG"}, True), ({}, False):
        app = opened(curtain="true", **room)
        assert ("If the teacher asks a question, answer it first" in text_of(app)) is is_told
        assert len(app.radio) == 1


def test_one_epoch_is_no_question() -> None:
    """The curtain has its button only."""
    app = opened(epochs="1", curtain="true")
    shows(app, "there is no course to predict")
    assert not app.radio


def test_a_wrong_guess_gets_a_hint_and_a_second_try_and_then_all_is_told() -> None:
    """The question stays until it is settled; the answer stands above the run."""
    app = opened(loss="mse", lr="0.87", epochs="1000", curtain="true")
    guess(app, 0)
    assert app.warning[0].value.startswith("Not that one.")
    assert "behind the curtain" in text_of(app)
    guess(app, 2)
    assert app.success[0].value.startswith("Right.")
    shows(app, "0.8625")
    app = guess(guess(opened(epochs="500", curtain="true"), 0), 2)
    assert app.warning[0].value.startswith("Not correct.")
    shows(app, "| **learned** |")


def test_the_answer_is_about_the_choice_that_is_shown() -> None:
    """Also of another one, which is tried out of curiosity when all is told."""
    app = opened("bug_hunt")
    options = app.radio[0].options
    right = next(n for n in range(len(options)) if guess(app, n).success)
    guess(app, (right + 1) % len(options))
    assert not app.success
    assert app.warning[0].value.startswith("Not correct. The right answer is: ")
    guess(app, right)
    assert app.success[0].value.startswith("Right.")


@pytest.mark.parametrize("number", [n for n, s in enumerate(LESSONS, 1) if not s.page])
def test_a_step_of_the_plan_asks_before_it_shows(number: int) -> None:
    """Its answer is nowhere until the guess, and no caption of the run's charts."""
    lesson = LESSONS[number - 1]
    view = dict(lesson.view)
    app = opened("teach")
    app.button(key=f"go to plan step Go to it on Playground {number}").click()
    follow(app, "playground")
    right, says = tell(lesson)
    assert right is not None
    assert app.query_params["plan"] == str(number)
    assert app.query_params["curtain"] == "true"
    assert app.segmented_control(key="scale").value == view.get("scale", "linear")
    said = everything(app)
    history = train(lesson.experiment).history
    for hidden in (says, number_of(history.weight[-1]), loss_text(float(history.train_loss[-1]))):
        assert hidden not in said
    guess(app, right)
    assert app.success[0].value == f"Right. {says}"


def test_the_step_about_a_larger_rate_asks_of_the_limit_only_what_the_page_does_not_tell() -> None:
    """Answer and sidebar name the limit from the guess on; the slider has rates on both sides."""
    number = next(n for n, step in enumerate(LESSONS, 1) if step.title == "A larger rate")
    lesson = LESSONS[number - 1]
    own = address_of(lesson.experiment)
    app = opened(plan=str(number), curtain="true", **own)
    shows(app, "see what the slider's rates near it do")
    assert "0.8625" not in everything(app)
    guess(app, tell(lesson).right or 0)
    shows(app, "2/λₘₐₓ = 0.8625")
    assert "the rate has a limit, 0.8625, and 0.87 is above it" in everything(app)
    assert "largest rate" not in text_of(app)
    rates = sorted(map(float, app.select_slider(key="lr").options))
    assert {0.86, 0.87} <= set(rates)


OF_THREE = [n for n, step in enumerate(LESSONS, 1) if not step.page and len(step.options) > 2]


@pytest.mark.parametrize("number", OF_THREE)
def test_a_run_played_after_one_wrong_guess_comes_with_the_answer(number: int) -> None:
    """Nobody is asked to guess once more where there is nothing left to guess."""
    lesson = LESSONS[number - 1]
    app = opened(
        plan=str(number),
        curtain="true",
        **address_of(lesson.experiment),
    )
    right, says = tell(lesson)
    assert right is not None
    press(guess(app, right - 1), "Play the run")
    answer = f"Not correct. The right answer is: {lesson.options[right]}. {says}"
    assert [box.value for box in app.warning] == [answer]
    assert not app.radio


def test_a_verdict_comes_into_sight_by_a_short_mark_of_its_run() -> None:
    """The experiment itself may hold thousands of own points."""
    right, _ = tell(LESSONS[0])
    assert right is not None
    app = guess(opened(plan="1", curtain="true", **address_of(LESSONS[0].experiment)), right)
    sent = [part.proto.json for part in app.get("bidi_component")]
    assert any('"messages"' in data for data in sent)
    assert not any("Experiment(" in data for data in sent)


@pytest.mark.parametrize(
    ("page", "parameters", "answer"),
    [
        ("bug_hunt", {}, SYMPTOM),
        ("bug_hunt", {"lr": "0.02"}, SYMPTOM),
        ("bug_hunt", {"mystery": mystery_token(mystery(5), 5)}, BUGS[mystery(5)].title),
        ("challenges", {}, CHALLENGES[0].options[CHALLENGES[0].answer]),
    ],
)
def test_a_verdict_says_its_answer_once(page: str, parameters: dict[str, str], answer: str) -> None:
    """After two wrong guesses; nothing that follows repeats it."""
    app = opened(page, **parameters)
    [radio] = app.radio
    wrong = [option for option in radio.options if option != answer]
    for option in wrong[:2]:
        [radio] = app.radio
        radio.set_value(option)
        run(app)
    [verdict] = [box.value for box in app.warning if "Not correct." in box.value]
    assert verdict.count(answer.removesuffix(".")) == 1


def test_the_bar_goes_from_step_to_step_and_away() -> None:
    """Each step with its page, its settings and its picture; pages that are hidden are skipped."""
    app = opened(plan="4", hide="bug_hunt", epochs="1000", model="linear", scale="log")
    shows(app, "**4 of 12. Model 1 for 1000 epochs.**")
    press(app, "Next")
    assert app.select_slider(key="lr").value == 0.001
    press(app, "Back")
    follow(press(app, "Back"), "loop")
    shows(app, "**3 of 12.", "What just happened.")
    right, _ = tell(LESSONS[2])
    assert right is not None
    assert "settings of this step" in guess(app, right).success[0].value
    [leave] = [button for button in app.button if button.label == "Leave the plan"]
    assert leave.help == "The settings stay as they are now."  # the plan came with the address
    press(app, "Leave the plan")
    assert "plan" not in app.query_params
    app = opened("gpu", plan="10", hide="bug_hunt")
    press(app, "Next")
    shows(app, "**12 of 12. Your turn.**")


def test_leaving_the_plan_brings_back_what_it_replaced() -> None:
    """Settings, also one between two stops, picture, curtain and own data; not what is locked."""
    app = opened(lr="0.0123", epochs="300", scale="log", noise="0.1", lock="noise")
    app.session_state["linreg"].points = own = ((0.0, 1.0), (4.0, 3.0), (1.0, 1.5), (2.0, 2.0))
    press(app, "Guided class")
    assert app.query_params["curtain"] == "true"
    assert app.session_state["linreg"].points is None
    press(app, "Next")
    [leave] = [button for button in app.button if button.label == "Leave the plan"]
    assert leave.help == "Your settings from before the plan come back."
    press(app, "Leave the plan")
    state = app.session_state["linreg"]
    assert (state.points, state.exact) == (own, {"lr": 0.0123})
    assert app.select_slider(key="epochs").value == 300
    follow(app, "playground")
    assert app.segmented_control(key="scale").value == "log"
    assert app.toggle(key="before").value is app.toggle(key="curtain").value is False
    assert not {"plan", "curtain", "before"} & {*app.query_params}


def test_own_data_of_the_plan_can_be_used_again_after_it() -> None:
    """The line comes back, and the rows that were entered meanwhile are kept."""
    app = opened()
    press(app, "Guided class")
    own = ((0.0, 1.0), (4.0, 3.0), (1.0, 1.5), (2.0, 2.0))
    app.session_state["linreg"].points = own
    press(app, "Leave the plan")
    state = app.session_state["linreg"]
    assert (state.points, state.last_own) == (None, (own, False))
    assert app.warning[0].value.startswith("Your 4 own rows are not in use any more.")


def test_an_address_with_no_such_step_says_so() -> None:
    """One sentence, and the page as usual."""
    app = opened(plan="13")
    assert app.warning[0].value.startswith("plan=`'13'` is not a step")
