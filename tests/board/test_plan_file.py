"""A plan is a text that a teacher edits: it comes back as it was, and errors name their line."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg.board.built_in_plan import built_in_plan
from linreg.board.plan_file import MOST_STEPS, PlanError, Step, plan_text, read_plan
from linreg.board.questions import MEASURES, Question
from linreg.lesson.class_plan import LESSONS, tell

WRITTEN = """\
# Mine.
step: Two  numbers
say: Weight and bias.
ask: Which changes faster?
- The weight
+ The bias
link: http://localhost:8501/class/loop?lr=0.1&at=0

STEP: A rate
ask: Which learning rate?
choose: lr, 0.001 to 1

step: How long?
ask: When does it end?
number: 0 to 1000
right: end_of_learning
link: ?model=linear&epochs=1000
note: Nearly nobody gets it.

step: Look around
"""


def test_a_plan_that_was_written_by_hand_is_read() -> None:
    """Choices, numbers, settings, steps without a question, notes."""
    two, rate, long, last = read_plan(WRITTEN)
    assert (two.title, two.says, two.link) == (
        "Two numbers",
        "Weight and bias.",
        "loop?lr=0.1&at=0",
    )
    assert two.question is not None
    assert (two.question.options, two.question.right) == (("The weight", "The bias"), 1)
    assert two.question.experiment.lr == 0.1
    assert rate.question is not None
    assert (rate.question.stops[0], rate.question.stops[-1]) == (0.001, 1.0)
    assert long.question is not None
    assert (long.question.high, long.question.measure) == (1000, "end_of_learning")
    assert long.note == "Nearly nobody gets it."
    assert last == Step(title="Look around")
    assert read_plan("\ufeff" + WRITTEN.replace("\n", "\r\n")) == (two, rate, long, last)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "no step"),
        ("# only a note", 1, "no step"),
        ("\nsay: hello", 2, "begins with"),
        ("step: a\nsay: b\nquestion: c", 3, "question: c"),
        ("step: a\nhello", 2, "hello"),
        ("step: a\nask: b\n- c", 2, "2 to 6 options, not 1"),
        ("step: a\nask: b\n- c d\n- c  d", 4, "the same"),
        ("step: a\nask: b\n- " + "x" * 121 + "\n- c", 3, "120 characters"),
        ("step: a\nask: b\n+ c\n+ d", 4, "Only one"),
        ("step: a\n- c", 2, "after the line ask:"),
        ("step: a\nask: b\nask: c", 3, "already"),
        ("step: a\nask: b\nnumber: 3", 3, "0 to 1000"),
        ("step: a\nask: b\nnumber: 3 to x", 3, "'x' is not a number"),
        ("step: a\nask: b\nnumber: 3 to 1", 3, "range"),
        ("step: a\nask: b\nnumber: 3 to nan", 3, "range"),
        ("step: a\nask: b\nnumber: 0 to 1e13", 3, "1e+12"),
        ("step: a\nask: b\nnumber: 0 to 9\nright: 10", 4, "not an answer"),
        ("step: a\nask: b\nnumber: 0 to 9\nright: luck", 4, "train_loss"),
        ("step: a\nask: b\nnumber: 0 to 9\n- c\n- d", 3, "not both"),
        ("step: a\nask: b\nchoose: seed", 3, "lr or epochs"),
        ("step: a\nask: b\nchoose: lr, 20 to 30", 3, "no value"),
        ("step: a\nask: b\nchoose: lr, 0.1 to 0.1", 3, "more than one value"),
        ("step: a\nask: b\nchoose: lr\nright: 0.12345", 4, "not an answer"),
        ("step: a\nask: " + "x" * 501, 2, "500 characters"),
        ("step: a\nsay: b\nnote: " + "x" * 1001, 3, "1,000 characters"),
        ("step: a\nask: b\n- c\n- d\nright: 1", 5, "a + before it"),
        ("step: a\nright: 1", 2, "ask:"),
        ("step: a\nlink: javascript:alert(1)", 2, "an address of this app"),
        ("step: a\nlink: loop?<b>", 0, ""),
        ("step:", 1, "Nothing follows"),
        ("step: a\n\nstep: b\nsay:", 4, "Nothing follows"),
        ("step: " + "x" * 501, 1, "500 characters"),
        ("step: a\x00", 1, "a line of text"),
        ("step: x\n" * (MOST_STEPS + 1), MOST_STEPS + 1, "60 steps at most"),
        ("x" * 100_001, 1, "100,000 characters"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, said: str) -> None:
    """And nothing of a wrong plan is used."""
    if line == 0:
        assert read_plan(text)[0].link == "loop?<b>"  # harmless: nothing shows it as HTML
        return
    with pytest.raises(PlanError, match=f"^Line {line}: .*{re.escape(said)}") as error:
        read_plan(text)
    assert error.value.line == line


texts = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1).filter(
    lambda text: text.strip() and " ".join(text.split()).isprintable() and len(text) < 100
)
numbers = st.floats(-1e9, 1e9)
links = st.sampled_from(["", "loop", "?lr=0.1", "tune?lr=0.1&scale=log"])


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Any question."""
    text, kind = draw(texts), draw(st.sampled_from(["choice", "number", "setting"]))
    if kind == "choice":
        options = draw(
            st.lists(texts, min_size=2, max_size=6, unique_by=lambda t: " ".join(t.split()))
        )
        right = draw(st.none() | st.integers(0, len(options) - 1))
        return Question(text=text, kind="choice", options=tuple(options), right=right)
    if kind == "setting":
        return Question(text=text, kind="setting", setting=draw(st.sampled_from(["lr", "epochs"])))
    low, high = sorted(draw(st.lists(numbers, min_size=2, max_size=2, unique=True)))
    if draw(st.booleans()):
        measure = draw(st.sampled_from(["", *MEASURES]))
        return Question(text=text, kind="number", low=low, high=high, measure=measure)
    return Question(text=text, kind="number", low=low, high=high, right=low)


steps = st.builds(
    Step,
    title=texts,
    says=st.just("") | texts,
    question=st.none() | questions(),
    link=links,
    note=st.just("") | texts,
)


@given(st.lists(steps, min_size=1, max_size=5))
def test_a_plan_comes_back_as_it_was(plan: list[Step]) -> None:
    """Whatever its texts hold: colons, marks, hashes."""
    assert read_plan(plan_text(plan)) == tuple(plan)


@given(st.text())
def test_any_text_is_a_plan_or_gets_a_sentence(text: str) -> None:
    """No other error leaves the reader."""
    assert re.match(r"Line \d+: .|$", _sentence(text))


def _sentence(text: str) -> str:
    """What is wrong with a plan."""
    try:
        read_plan(text)
    except PlanError as error:
        return str(error)
    return ""


def test_the_built_in_plan_is_such_a_file() -> None:
    """It comes back as it was, with the lesson's runs in its links and one right option each.

    Where the lesson asks behind the curtain, so does the class: its phones go to the link.
    """
    plan = built_in_plan()
    assert read_plan(plan_text(plan)) == plan
    assert [step.title for step in plan] == [lesson.title for lesson in LESSONS]
    for step, lesson in zip(plan, LESSONS, strict=True):
        assert ("curtain=true" in step.link) == (("curtain", "true") in lesson.view)
        assert step.note == tell(lesson).says
        if lesson.options:
            assert step.question is not None
            assert step.question.right == tell(lesson).right
            assert step.question.experiment == lesson.experiment
        else:
            assert step.question is None
            assert lesson.question in step.says
