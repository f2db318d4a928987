"""Every address gives a valid experiment, and a sentence for each correction."""

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg import SETTINGS, Experiment, Mistake
from linreg.sharing.address import address_of, read_address, settle
from tests.support.examples import examples

ADDRESSES = [setting.address for setting in SETTINGS.values() if setting.address]


def read(**parameters: str) -> tuple[Experiment, list[str]]:
    """The experiment of an address, and all sentences about it."""
    reading = read_address({name: [text] for name, text in parameters.items()}, SETTINGS)
    experiment, sentences = settle(reading.values)
    return experiment, [*reading.sentences, *sentences]


@given(st.data())
def test_any_experiment_survives_its_trip_through_the_address(data: st.DataObject) -> None:
    """Every value that a control can set is read back unchanged, with no sentence."""
    values = {
        name: data.draw(st.sampled_from(setting.stops), label=name)
        for name, setting in SETTINGS.items()
        if setting.stops and setting.address
    }
    experiment, _ = settle(values)
    written = address_of(experiment)
    again, sentences = read(**written)
    assert again == experiment
    assert sentences == []
    assert address_of(again) == written


def test_an_address_without_parameters_is_the_lesson() -> None:
    """Defaults are left out of the address."""
    assert address_of(Experiment()) == {}
    assert read() == (Experiment(), [])


def test_a_mistake_does_not_stand_in_the_address() -> None:
    """A link to a puzzle would reveal its answer."""
    assert address_of(Experiment(mistake=Mistake.NO_STEP)) == {}


TEXTS = st.one_of(
    st.text(max_size=20),
    st.floats().map(str),
    st.integers().map(str),
    st.sampled_from(["", "all", "true", "l1", "1e999", "-0", "nan", "cuda", "<script>", "٣"]),
)


@examples(5)
@given(
    st.dictionaries(
        st.one_of(st.sampled_from(ADDRESSES), st.text(max_size=10)),
        st.lists(TEXTS, max_size=3),
        max_size=12,
    )
)
def test_any_address_gives_a_valid_experiment(parameters: dict[str, list[str]]) -> None:
    """Experiment itself would refuse anything else; every sentence is one printable line."""
    reading = read_address(parameters, SETTINGS)
    experiment, sentences = settle(reading.values)
    assert Experiment(**asdict(experiment)) == experiment
    for name, setting in SETTINGS.items():
        assert setting.check(getattr(experiment, name)) == getattr(experiment, name)
    for sentence in (*reading.sentences, *sentences):
        assert sentence.isprintable()
        assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("parameters", "field", "value", "sentence"),
    [
        (
            {"lr": "fast"},
            "lr",
            0.01,
            "lr=`'fast'` is not a number above 0 and at most 1e+37; the default, 0.01, is used.",
        ),
        (
            {"weight": "9e9"},
            "weight",
            2.0,
            "weight=`'9e9'` is not a number from -1000000 to 1000000; "
            "the nearest of its slider, 2, is used.",
        ),
        (
            {"lr": "9e99"},
            "lr",
            10.0,
            "lr=`'9e99'` is not a number above 0 and at most 1e+37; the nearest of its slider, 10, "
            "is used.",
        ),
        (
            {"epochs": "inf"},
            "epochs",
            100,
            "epochs=`'inf'` is not a whole number from 1 to 10000; the default, 100, is used.",
        ),
        (
            {"epochs": "20.4"},
            "epochs",
            20,
            "epochs=`'20.4'` is not a whole number from 1 to 10000; "
            "the nearest of its slider, 20, is used.",
        ),
        (
            {"seed": "1_0"},
            "seed",
            42,
            "seed=`'1_0'` is not a whole number from 0 to 4294967295; the default, 42, is used.",
        ),
        (
            {"loss": "l3"},
            "loss",
            "l1",
            "loss=`'l3'` is not one of l1, mse, huber; the default, l1, is used.",
        ),
        (
            {"start": "2", "stop": "1"},
            "start",
            1.0,
            "The first x and the end of x were reversed; the data begin at 1 and end before 2.",
        ),
        (
            {"train": "0.9", "validation": "0.3"},
            "validation_fraction",
            0.1,
            "A training share of 0.9 and a validation share of 0.3 are more than all rows; "
            "a validation share of 0.1 is used.",
        ),
        (
            {"batch": "1", "epochs": "10000"},
            "epochs",
            2000,
            "10000 epochs of 40 batches each are more than the 80,000 steps that one run may "
            "take; 2000 epochs are used.",
        ),
        (
            {"batch": "256", "epochs": "10000", "start": "-5", "stop": "5", "step": "0.005"},
            "epochs",
            3000,
            "10000 epochs of 1,600 rows are more than the 5,000,000 that one run may deal into "
            "batches; 3000 epochs are used.",
        ),
    ],
)
def test_what_is_wrong_gets_one_sentence(
    parameters: dict[str, str], field: str, value: object, sentence: str
) -> None:
    """It names the setting, what was given, and what is used instead."""
    experiment, sentences = read(**parameters)
    assert getattr(experiment, field) == value
    assert sentences == [sentence]


def test_unknown_and_repeated_names_are_said() -> None:
    """A setting that is given twice has its default; an unknown name changes nothing."""
    reading = read_address({"lr": ["0.1", "0.2"], "wieght": ["1"]}, SETTINGS)
    assert settle(reading.values)[0] == Experiment()
    assert reading.sentences == (
        "lr is given 2 times in the address; the default, 0.01, is used.",
        "`'wieght'` is not a known name; it was ignored.",
    )


def test_what_others_append_to_links_is_left_without_a_word() -> None:
    """Names of campaigns, of Streamlit's frames and themes; an unknown one beside them is said."""
    appended = ("utm_source", "fbclid", "gclid", "msclkid", "__theme", "embed", "embed_options")
    others = {name: ["1"] for name in (*appended, "utm", "theme")}
    assert read_address({"lr": ["0.1"], **others}, SETTINGS).sentences == (
        "`'utm'`, `'theme'` are not known names; they were ignored.",
    )
