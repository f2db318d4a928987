"""The keys of widgets beside those that the controls of settings have."""

from linreg.core.experiment import SETTINGS
from linreg.ui.state import keys
from linreg.ui.state.view import LOOP, OPENING, SCREEN, VIEW


def test_no_key_is_that_of_a_setting() -> None:
    """A control's key is its setting's address."""
    settings = (
        each for table in (SETTINGS, VIEW, SCREEN, OPENING, LOOP) for each in table.values()
    )
    taken = {setting.address for setting in settings}
    declared = {value for name, value in vars(keys).items() if name.isupper()}
    assert len(declared) > 40
    assert declared & taken == set()


def test_elements_of_one_kind_have_their_own_keys() -> None:
    """The names after the kind tell them apart."""
    assert keys.one_of(keys.MYSTERY_HINT, 7, 1) == "mystery hint 7 1"
    assert keys.one_of(keys.MYSTERY_HINT, 7, 2) != keys.one_of(keys.MYSTERY_HINT, 7, 1)
