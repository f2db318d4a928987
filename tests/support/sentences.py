"""Checks that a message about input is one short, plain sentence."""

LONGEST_SENTENCE = 300
INSIDES = ("Traceback", "/opt", "/home", "/tmp", ".py", "Error", "weights_only", "0x")


def assert_a_sentence(said: str) -> None:
    """One short line of plain text; quoted input is between pairs of backticks."""
    assert said.isprintable(), said
    assert said.endswith("."), said
    assert len(said) < LONGEST_SENTENCE, said
    own, sent = said.split("`")[::2], said.split("`")[1::2]
    assert len(own) == len(sent) + 1, said
    assert not any(word in part for part in own for word in INSIDES), said
    assert not any(sign in part for part in own for sign in ("![", "](", "<", "|", "$")), said
    assert all(len(part) <= 40 for part in sent), said
    assert not any("|" in part for part in sent), said
