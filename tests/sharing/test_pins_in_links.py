"""Pinned runs in an address: they are read back unchanged, and any text gives valid pins."""

from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg import SETTINGS, Experiment, Loss
from linreg.sharing.pins import (
    LONGEST_NAME,
    MOST_PINS,
    Pin,
    plain_name,
    read_pins,
    usual_name,
    write_pin,
)
from tests.support.examples import examples

RATES = st.sampled_from(SETTINGS["lr"].stops)
SEEDS = st.integers(0, 999)


def through_a_link(*pins: Pin) -> tuple[tuple[Pin, ...], tuple[str, ...]]:
    """The pins after they were written to an address, as browsers do, and read back."""
    address = urlencode([("pin", write_pin(pin)) for pin in pins])
    return read_pins(parse_qs(address)["pin"], SETTINGS)


@given(st.text(min_size=1).map(plain_name).filter(bool), RATES, SEEDS, st.sampled_from(Loss))
def test_a_pin_survives_a_link(name: str, lr: float, seed: int, loss: Loss) -> None:
    """Name and settings come back unchanged, whatever characters the name has."""
    pin = Pin(name=name, experiment=Experiment(lr=lr, seed=seed, loss=loss))
    assert through_a_link(pin) == ((pin,), ())


@examples(5)
@given(st.lists(st.text(), max_size=12))
def test_any_text_gives_valid_pins(texts: list[str]) -> None:
    """Never an error; never more than eight; names are one printable line."""
    pins, sentences = read_pins(texts, SETTINGS)
    assert len(pins) <= min(len(texts), MOST_PINS)
    assert len({pin.experiment for pin in pins}) == len({pin.name for pin in pins}) == len(pins)
    for pin in pins:
        assert pin.name.isprintable()
        assert 0 < len(pin.name) <= LONGEST_NAME
    assert all(sentence.isprintable() for sentence in sentences)


def test_a_wrong_setting_is_said_and_put_right() -> None:
    """The sentence names the run and the setting."""
    pins, sentences = read_pins(["fast?lr=9e99"], SETTINGS)
    assert pins == (Pin(name="fast", experiment=Experiment(lr=10.0)),)
    assert sentences == (
        "Pinned run `'fast'`: lr=`'9e99'` is not a number above 0 and at most 1e+37; "
        "the nearest of its slider, 10, is "
        "used.",
    )


def test_more_fields_than_there_are_settings_are_no_settings() -> None:
    """A link that asks for a thousand fields gets the defaults."""
    pins, _ = read_pins(["x?" + "lr=1&" * 1000], SETTINGS)
    assert pins == (Pin(name="x", experiment=Experiment()),)


@pytest.mark.parametrize(
    ("experiment", "name"),
    [
        (Experiment(), "model 0"),
        (Experiment(lr=0.1, loss=Loss.MSE), "loss mse, lr 0.1"),
        (Experiment(points=((0.0, 1.0), (1.0, 2.0), (2.0, 3.0))), "own data"),
        (
            Experiment(loss=Loss.HUBER, noise=0.2, lr=0.1, batch_size=4, epochs=50),
            "noise 0.2, loss huber, lr 0.1, …",
        ),
    ],
)
def test_a_run_is_named_by_what_sets_it_apart(experiment: Experiment, name: str) -> None:
    """From the lesson's first run."""
    assert usual_name(experiment) == name


@pytest.mark.parametrize(
    "name", ["same", "", "x" * LONGEST_NAME, "x" * (LONGEST_NAME - 4) + " (2)"]
)
def test_no_two_pins_of_an_address_have_one_name(name: str) -> None:
    """A chart and its sentence would not tell them apart."""
    many = "noise=0.2&loss=huber&optimizer=adam&schedule=cosine"
    pins, _ = read_pins([f"{name}?{many}&seed={seed}" for seed in range(MOST_PINS)], SETTINGS)
    assert len({pin.name for pin in pins}) == MOST_PINS
    assert max(len(pin.name) for pin in pins) <= LONGEST_NAME
    assert through_a_link(*pins) == (pins, ())
