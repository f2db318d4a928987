"""Links for the class by Streamlit's own test runner: what they hide, lock and set."""

from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest

from linreg import Experiment, train
from linreg.lesson.challenges import CHALLENGES
from linreg.lesson.class_plan import LESSONS
from linreg.mistakes.puzzles import mystery, mystery_token
from linreg.sharing.address import address_of
from tests.support.opened import opened, run, shows, text_of

BETWEEN_STOPS = Experiment(
    lr=0.0123, epochs=123, weight=5.0, seed=1_234_567, noise=0.123, batch_size=13
)


@pytest.mark.parametrize("how", ["hide", "lock"])
def test_values_between_two_stops_are_used_exactly_where_a_link_keeps_them(how: str) -> None:
    """The table of the run has what PyTorch learns with them, also after a change of another."""
    address = address_of(BETWEEN_STOPS)
    app = opened(**address, **{how: "-".join(address)})
    app = opened(**{name: "".join(app.query_params[name]) for name in app.query_params})
    learned = train(BETWEEN_STOPS).history.weight[-1]
    shows(app, f"| **learned** | {learned:.4f} |")
    assert ("has no such stop" in text_of(app)) is (how == "lock")
    app.slider(key="bias").set_value(0.5)
    learned = train(replace(BETWEEN_STOPS, bias=0.5)).history.weight[-1]
    shows(run(app), f"| **learned** | {learned:.4f} |")


def test_hidden_controls_are_gone_and_their_values_stay() -> None:
    """The link's learning rate is used and has no slider; presets do not change it."""
    app = opened(lr="0.1", epochs="20", hide="lr-noise")
    assert "lr" not in [slider.key for slider in app.select_slider]
    learned = train(Experiment(lr=0.1, epochs=20)).history.weight[-1]
    shows(app, f"| **learned** | {learned:.4f} |")
    assert app.query_params["lr"] == "0.1"
    app.button(key="preset Model 0").click()
    run(app)
    assert app.query_params["lr"] == "0.1"
    assert app.session_state["linreg"].fixed["lr"] == 0.1


def test_locked_controls_are_seen_and_cannot_be_moved() -> None:
    """Disabled, with the link's value."""
    app = opened(lr="0.1", lock="lr")
    assert app.select_slider(key="lr").disabled
    assert app.select_slider(key="lr").value == 0.1
    app.button(key="preset Model 0").click()
    run(app)
    assert app.select_slider(key="lr").value == 0.1


@pytest.mark.parametrize("lock", ["lock", "hide"])
def test_a_lock_holds_on_tune_and_the_page_says_what_stayed(lock: str) -> None:
    """No button and no preset changes a locked or hidden setting without a word."""
    app = opened("tune", lr="0.1", train="0.6", validation="0.2", **{lock: "lr-epochs"})
    assert not [b for b in app.button if b.label.startswith("Use the rate chosen")]
    app.button(key="preset Model 1").click()
    run(app)
    said = " ".join(warning.value for warning in app.warning)
    assert "Learning rate stays 0.1: the link of this page" in said
    assert app.query_params["lr"] == "0.1"
    assert "Epochs stays 100" in said
    app.slider(key="weight").set_value(0.5)
    assert not run(app).warning


def test_a_fifth_for_validation_says_what_it_takes_from_the_training() -> None:
    """The button names both shares; with room enough, only the one that it changes."""
    labels = [button.label for button in opened("tune").button]
    assert (
        "Use a fifth of the rows for validation; train on a share of 0.6 instead of 0.8" in labels
    )
    labels = [button.label for button in opened("tune", train="0.5").button]
    assert "Use a fifth of the rows for validation" in labels


def test_the_plan_brings_a_lessons_settings() -> None:
    """One click gives the controls its values."""
    app = opened("teach")
    app.button(key="go to plan step Go to it on Playground 4").click()
    run(app)
    assert app.select_slider(key="epochs").value == LESSONS[3].experiment.epochs
    assert app.segmented_control(key="model").value == LESSONS[3].experiment.model


def test_the_builder_writes_the_link_that_is_asked_for() -> None:
    """Page, hidden controls and locked ones, with the present settings."""
    app = opened("teach", loss="mse")
    app.multiselect(key="link hide").set_value(["lr"])
    app.multiselect(key="link lock").set_value(["weight"])
    app.number_input(key="link at").set_value(20)
    app.toggle(key="link play").set_value(True)
    app.toggle(key="link large").set_value(True)
    app.toggle(key="link present").set_value(True)
    rest = "large=true&present=true&hide=lr&lock=weight"
    for page, path in (
        ("", f"/?loss=mse&at=20&play=true&{rest}"),
        ("tune", f"/tune?loss=mse&{rest}"),
    ):
        app.selectbox(key="link page").set_value(page)
        run(app)
        [link] = [c.value for c in app.code if c.value.startswith("http") and "\n" not in c.value]
        assert link.endswith(path)  # only the first has a player
    app.selectbox(key="link page").set_value("")
    run(app)
    said = " ".join(caption.value for caption in app.caption)
    assert "Browsers do not show it inside a page that is served over https" in said
    app.number_input(key="link at").set_value(101)
    run(app)
    assert "at=" not in " ".join(c.value for c in app.code)
    assert "ends after 100 epochs" in " ".join(info.value for info in app.info)


def test_the_builder_keeps_the_mystery_and_the_curtain_and_tells_of_own_data() -> None:
    """What the link cannot hold is said; what it can hold is in it."""
    app = opened("teach")
    app.session_state["linreg"].points = ((0.0, 1.0), (1.0, 2.0), (2.0, 3.5))
    app.selectbox(key="link page").set_value("bug_hunt")
    run(app)
    app.number_input(key="link mystery").set_value(5)
    app.toggle(key="link curtain").set_value(True)
    run(app)
    [link] = [c.value for c in app.code if c.value.startswith("http") and "\n" not in c.value]
    token = mystery_token(mystery(5), 5)
    assert link.endswith(f"/bug_hunt?curtain=true&mystery={token}")
    assert "it opens with the line" in " ".join(info.value for info in app.info)


def test_the_builder_opens_a_challenge_and_knows_all_controls() -> None:
    """A challenge with its own first settings; the picture as it is, with its controls kept."""
    app = opened("teach", lr="0.5", scale="log")
    app.selectbox(key="link page").set_value("challenges")
    run(app)
    chosen = CHALLENGES[3]
    app.selectbox(key="link challenge").set_value(chosen)
    app.multiselect(key="link hide").set_value(["scale", "curtain"])
    app.multiselect(key="link lock").set_value(["large"])
    run(app)
    [link] = [c.value for c in app.code if c.value.startswith("http") and "\n" not in c.value]
    parameters = dict(parse_qsl(urlsplit(link).query))
    assert urlsplit(link).path == "/challenges"
    assert parameters == address_of(chosen.start) | {
        "scale": "log",
        "challenge": chosen.key,
        "hide": "scale-curtain",
        "lock": "large",
    }
    app = opened("challenges", **parameters)
    assert app.selectbox(key="challenge").value == chosen.key
    assert app.button(key="start of challenge").disabled


@pytest.mark.parametrize(
    ("key", "hide", "lock", "pages", "out"),
    [
        ("printed", ["epochs"], [], [], True),
        ("printed", ["lr"], ["seed"], ["tune"], False),
        ("fine", [], ["schedule"], [], True),
        ("below", [], ["epochs"], [], False),
        ("outlier", [], [], ["tune"], True),
        ("hand", ["epochs"], [], ["tune"], False),
    ],
)
def test_the_builder_says_what_keeps_a_challenge_out_of_reach(
    key: str, hide: list[str], lock: list[str], pages: list[str], *, out: bool
) -> None:
    """The link's own page says so too, and only then."""
    app = opened("teach")
    app.selectbox(key="link page").set_value("challenges")
    run(app)
    [chosen] = [each for each in CHALLENGES if each.key == key]
    app.selectbox(key="link challenge").set_value(chosen)
    app.multiselect(key="link hide").set_value(hide)
    app.multiselect(key="link lock").set_value(lock)
    app.multiselect(key="link pages").set_value(pages)
    run(app)
    assert ["out of reach" in warning.value for warning in app.warning] == [True] * out
    [link] = [c.value for c in app.code if c.value.startswith("http") and "\n" not in c.value]
    page = opened("challenges", **dict(parse_qsl(urlsplit(link).query)))
    assert ("cannot be met here" in text_of(page)) is out


def test_the_builder_offers_the_pages_that_make_sense() -> None:
    """A link opens any page for the class; it can hide any but the first and the one it opens."""
    app = opened("teach")
    app.selectbox(key="link page").set_value("tune")
    run(app)
    first = ["Playground", "Lesson", "Loop"]
    last = ["Bug hunt", "Challenges", "Save & load", "CPU or GPU"]
    assert app.selectbox(key="link page").options == [*first, "Tune", *last]
    assert app.multiselect(key="link pages").options == [*first[1:], *last, "Class", "Teach"]


def test_a_link_that_hides_or_locks_nothing_known_says_so() -> None:
    """One sentence for each parameter, and no missing control."""
    app = opened(hide="nonsense-grid", lock="--tune")
    assert [warning.value for warning in app.warning] == [
        "In hide=: `'nonsense'`, `'grid'` are not known names; they were ignored.",
        "In lock=: `'tune'` is not a known name; it was ignored.",
    ]
    assert not app.select_slider(key="lr").disabled
    assert "hide" not in app.query_params


@pytest.mark.parametrize("lock", ["lock", "hide"])
def test_a_lock_holds_for_the_picture_and_for_every_page(lock: str) -> None:
    """The controls under View, large type and the curtain; the plan says what stays."""
    names = "scale-before-hand-surface-shown-large-curtain"
    app = opened(scale="log", large="true", **{lock: names})
    shown = [*app.segmented_control, *app.toggle]
    kept = [each for each in shown if each.key in names.split("-")]
    assert [each.disabled for each in kept] == [True] * (7 if lock == "lock" else 0)
    app.button(key="go to plan step Guided class 1").click()
    run(app)
    said = " ".join(warning.value for warning in app.warning)
    assert f"Curtain stays off: the link of this page {lock}s it." in said
    assert f"Loss axis stays log: the link of this page {lock}s it." in said
    assert (app.query_params["scale"], app.query_params["large"]) == ("log", "true")
    assert "curtain" not in app.query_params
    assert "before" not in app.query_params
