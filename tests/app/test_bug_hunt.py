"""Bug hunt by Streamlit's own test runner: first a guess, then the explanation."""

import pytest
from streamlit.testing.v1 import AppTest

from linreg.mistakes.catalog import BUGS, wrong_code
from linreg.mistakes.puzzles import mystery, mystery_token
from linreg.settings.choices import Mistake
from tests.support.opened import opened, run, shows, text_of


def hunted(mistake: Mistake, **parameters: str) -> AppTest:
    """The page with a mistake chosen."""
    app = opened("bug_hunt", **parameters)
    app.selectbox(key="mistake").set_value(mistake)
    return run(app)


def guess(app: AppTest, answer: str) -> AppTest:
    """Choose an answer."""
    [radio] = app.radio
    radio.set_value(answer)
    return run(app)


def markdown_of(text: str) -> str:
    """Text as it stands in Markdown."""
    return text.replace("_", r"\_").replace("*", r"\*")


def test_each_mistake_explains_itself_after_a_guess_and_not_before() -> None:
    """The diff is there at once; symptom, PyTorch's messages and explanation after the guess."""
    app = opened("bug_hunt")
    for mistake, bug in BUGS.items():
        app.selectbox(key="mistake").set_value(mistake)
        run(app)
        [diff] = [code for code in app.code if code.language == "diff"]
        assert any(line.startswith(("+", "-")) for line in diff.value.splitlines()[2:]), mistake
        [radio] = app.radio
        for text in (text_of(app), *radio.options, *app.selectbox(key="mistake").options):
            assert markdown_of(bug.explanation) not in text, mistake
            assert bug.title not in text, mistake
        guess(app, bug.symptom)
        assert app.success[0].value.startswith("Right."), mistake
        shows(app, markdown_of(bug.explanation), markdown_of(bug.fix))


def test_a_wrong_guess_gets_a_hint_and_another_try_and_then_the_answer() -> None:
    """The explanation follows the second one; the title is hidden until then."""
    app = hunted(Mistake.NO_STEP)
    [radio] = app.radio
    wrong = next(option for option in radio.options if option != BUGS[Mistake.NO_STEP].symptom)
    assert app.selectbox(key="mistake").options == [f"Bug {i}" for i in range(1, len(BUGS) + 1)]
    guess(app, wrong)
    assert app.warning[0].value.startswith(f"Not that one. {BUGS[Mistake.NO_STEP].clue}")
    assert markdown_of(BUGS[Mistake.NO_STEP].explanation) not in text_of(app)
    others = [option for option in radio.options if option != BUGS[Mistake.NO_STEP].symptom]
    guess(app, others[1])
    assert app.warning[0].value.startswith("Not correct.")
    shows(app, f"### {BUGS[Mistake.NO_STEP].title}")
    shows(app, markdown_of(BUGS[Mistake.NO_STEP].explanation))


@pytest.mark.parametrize(
    ("loss", "course", "overflows"),
    [
        ("l1", "0.312881 at first, 0.312882 to 11.208118 in the second half", False),
        ("mse", "0.104930 at first, then the test loss overflows in epoch", True),
    ],
)
def test_what_is_said_of_a_rate_a_thousand_times_too_large_follows_the_loss(
    loss: str, course: str, overflows: bool
) -> None:
    """L1 swings between two losses, the squared error overflows; the explanation names both."""
    mistake = Mistake.LR_TOO_LARGE
    app = guess(hunted(mistake, loss=loss), BUGS[mistake].symptom)
    [losses, _, _] = [chart.proto.spec for chart in app.get("plotly_chart")]
    assert f"This code: training loss {course}" in losses
    assert ("The parameters overflowed." in text_of(app)) is overflows
    assert ("Weight 0.3367 → " in text_of(app)) is not overflows
    shows(app, "With the L1 loss", "with the squared error", "until it overflows")


def test_pytorchs_own_words_are_shown() -> None:
    """The warning of a broadcast, the error of a step without gradients."""
    app = guess(hunted(Mistake.NO_UNSQUEEZE), BUGS[Mistake.NO_UNSQUEEZE].symptom)
    shows(app, "Using a target size", "PyTorch warns:")
    app = guess(hunted(Mistake.NO_GRAD), BUGS[Mistake.NO_GRAD].symptom)
    shows(app, "does not require grad", "PyTorch raises:")


def test_a_mystery_marks_no_line_and_explains_nothing_before_the_guess() -> None:
    """After the guess the page names the mistake and shows the changed lines."""
    seed = 5
    mistake = mystery(seed)
    app = opened("bug_hunt", mystery=mystery_token(mistake, seed))
    assert app.number_input(key="mystery number").value == seed
    assert not [code for code in app.code if code.language == "diff"]
    assert wrong_code(BUGS[mistake]) in [code.value for code in app.code]
    assert markdown_of(BUGS[mistake].explanation) not in text_of(app)
    guess(app, BUGS[mistake].title)
    assert app.success[0].value == "Right."
    assert [code for code in app.code if code.language == "diff"]


def test_code_of_own_data_in_standard_units_holds_the_original_numbers() -> None:
    """The marked lines and the whole code; both scale the numbers themselves."""
    app = opened("bug_hunt", mystery=mystery_token(mystery(5), 5))
    points = tuple((float(x), 100.0 + 3.5 * x) for x in range(10))
    app.session_state["linreg"].points, app.session_state["linreg"].standard = points, True
    run(app)
    [code] = [code.value for code in app.code if "import torch" in code.value]
    assert "(9.0, 131.5)" in code
    assert "# standard units" in code


def test_the_address_of_a_mystery_does_not_name_the_answer() -> None:
    """Neither by its name nor by its title."""
    app = opened("bug_hunt", mystery=mystery_token(mystery(5), 5))
    address = str(app.query_params)
    assert "mystery" in address
    assert not [m for m in Mistake if m is not Mistake.NONE and str(m) in address]


def test_the_next_mystery_is_another_one() -> None:
    """It has the next number."""
    app = opened("bug_hunt", mystery=mystery_token(mystery(5), 5))
    next(button for button in app.button if button.label == "Next mystery").click()
    run(app)
    assert app.number_input(key="mystery number").value == 6


def test_a_link_with_no_mystery_in_it_says_so() -> None:
    """One sentence, and the page as usual."""
    app = opened("bug_hunt", mystery="17-abc")
    assert app.warning[0].value.startswith("mystery=`'17-abc'` is not")


def test_the_address_has_the_number_of_a_bug_and_a_link_opens_it() -> None:
    """The first one needs none; a mystery goes before; the name of a bug would be the answer."""
    app = hunted(list(BUGS)[5])
    assert "".join(app.query_params["bug"]) == "6"
    again = opened("bug_hunt", bug="6")
    assert again.selectbox(key="mistake").value == list(BUGS)[5]
    assert not again.warning
    assert "bug" not in hunted(next(iter(BUGS))).query_params
    mysterious = opened("bug_hunt", bug="6", mystery=mystery_token(mystery(5), 5))
    assert mysterious.number_input(key="mystery number").value == 5
    assert "bug" not in mysterious.query_params
    for text in ("0", "16", "-1", "06", "no-step"):
        wrong = opened("bug_hunt", bug=text)
        said = f"bug=`'{text}'` is not a bug from 1 to 15; the first one is shown."
        assert wrong.warning[0].value == said
        assert wrong.selectbox(key="mistake").value == next(iter(BUGS))


def test_a_mistake_that_cannot_be_made_with_the_settings_says_so_before_any_guess() -> None:
    """There is no test set to train on."""
    app = hunted(Mistake.TEST_SET, train="1")
    assert "cannot be run" in app.warning[0].value
    assert not app.radio


def test_no_mystery_names_itself_on_the_page_or_in_the_address() -> None:
    """Each mistake once, before any guess: its name is nowhere, its title only an answer.

    Those that need a test set without one too.
    """
    seeds = {mystery(seed): seed for seed in range(len(BUGS))}
    assert set(seeds) == set(BUGS)
    without = (Mistake.TEST_SET, Mistake.GRAPH_KEPT)
    for mistake, parameters in [*((m, {}) for m in seeds), *((m, {"train": "1"}) for m in without)]:
        app = opened("bug_hunt", mystery=mystery_token(mistake, seeds[mistake]), **parameters)
        code = "\n".join(code.value for code in app.code)
        said = text_of(app).replace(code, "") + " ".join(w.value for w in (*app.warning, *app.info))
        for text in (said, str(app.query_params)):
            assert str(mistake) not in text
            assert BUGS[mistake].title not in text


def test_the_curtain_asks_nothing_about_the_right_code() -> None:
    """Its run is not the one that the page is about; the page asks itself when it is lifted."""
    app = opened("bug_hunt", curtain="true")
    assert not app.radio
    next(button for button in app.button if button.label == "Lift the curtain").click()
    run(app)
    assert app.radio
    assert not app.success
