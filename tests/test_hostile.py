"""Whatever is sent, a reader gives something valid or its own one sentence, and runs nothing."""

import contextlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from linreg import CheckpointError, Model, inspect_file, read_state_dict
from linreg.core.models import make_model
from linreg.files.checkpoint import parts_with_tensors
from linreg.sharing.address import MOST_SENTENCES, cut, read_address
from tests.support.archives import entries, packed
from tests.support.examples import examples
from tests.support.hostile import FILE, GOOD, TEXTS, running, seeds
from tests.support.readings import (
    READERS,
    TABLE,
    read_as_address,
    read_as_checkpoint,
    read_as_experiment,
    read_as_points,
    read_each,
)

ROOT = Path(__file__).parents[1]
MEGABYTE = 1_000_000
texts = st.text(max_size=40) | st.sampled_from(TEXTS)
names = st.sampled_from([setting.address for setting in TABLE.values()]) | texts


def test_the_corpus_is_read_or_refused_in_one_sentence_within_bounds() -> None:
    """Short, plain, on one line, with what was sent between backticks only.

    Linux holds a process to its memory: there each reader may take 150 MB, for files of 10 MB too,
    and all together two minutes.
    """
    if sys.platform != "linux":
        for reader in READERS:
            read_each(reader, seeds(reader))
        return
    command = [sys.executable, "-m", "tests.support.confined", "150"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-1000:]
    assert done.stdout.split() == list(READERS)


@pytest.mark.parametrize("name", running(Path("x")))
def test_no_command_in_a_file_is_ever_run(name: str, tmp_path: Path) -> None:
    """The shell would make a file; opened without care by pickle it does, and here it does not."""
    marker = tmp_path / "marker"
    file = running(marker)[name]
    for read in (inspect_file, parts_with_tensors):
        with pytest.raises(CheckpointError):
            read(file)
    for model in Model:
        with pytest.raises(CheckpointError):
            read_state_dict(file, make_model(model, 0))
        with pytest.raises(CheckpointError):
            read_state_dict(file, make_model(model, 0), part="model")
    assert not marker.exists()
    _open_without_care(file)
    assert marker.exists()


def _open_without_care(file: bytes) -> None:
    """As pickle does it, with the numbers that the file may name; it may fail after the command."""
    if zipfile.is_zipfile(io.BytesIO(file)):
        file = packed({**entries(GOOD), **entries(file)})
    with contextlib.suppress(RuntimeError, TypeError, AttributeError):
        torch.load(io.BytesIO(file), weights_only=False)


def test_of_many_unknown_names_one_sentence_names_five() -> None:
    """An address of twenty thousand names does not make twenty thousand warnings."""
    said = read_address({f"x{n}": ["1"] for n in range(20_000)}, TABLE).sentences
    assert said == (
        "`'x0'`, `'x1'`, `'x2'`, `'x3'`, `'x4'` and 19,995 more are not known names; they were "
        "ignored.",
    )


def test_a_page_shows_a_dozen_sentences_and_counts_the_others() -> None:
    """Of thirty, twelve; of twelve, all."""
    thirty = [f"Sentence {n}." for n in range(30)]
    assert cut(thirty) == (*thirty[:12], "18 more corrections were made.")
    assert cut(thirty[:12]) == tuple(thirty[:MOST_SENTENCES])


@examples(5)
@given(st.lists(st.tuples(names, texts), max_size=12) | texts)
def test_any_text_as_address_is_settled(parameters: Any) -> None:
    """Settings, pins, marks of what is done, mysteries and names to hide."""
    read_as_address(
        parameters if isinstance(parameters, str) else urlencode(parameters, errors="replace")
    )


cells = texts | st.floats().map(repr) | st.integers().map(str)


@examples(5)
@given(
    st.text() | st.binary(),
    st.lists(st.lists(cells, max_size=3), max_size=8),
    st.sampled_from([",", ";", "\t", " "]),
)
def test_any_text_as_table_is_points_or_one_sentence(
    anything: str | bytes, rows: list[list[str]], between: str
) -> None:
    """Text without any order, and rows of cells."""
    read_as_points(anything)
    read_as_points("\n".join(between.join(row) for row in rows))


values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@examples(5)
@given(
    st.text(),
    st.dictionaries(st.sampled_from(list(FILE["settings"])) | texts, values, max_size=6),
    st.dictionaries(st.sampled_from(["weight", "bias"]), values),
)
def test_any_text_as_experiment_file_is_one_or_one_sentence(
    anything: str, changed: dict[str, Any], learned: dict[str, Any]
) -> None:
    """Text without any order, and a file whose settings and numbers are anything."""
    read_as_experiment(anything.encode("utf-8", "surrogatepass"))
    content = {**FILE, "settings": {**FILE["settings"], **changed}}
    read_as_experiment(json.dumps(content).encode())
    learned = {**FILE["learned"], **learned}
    read_as_experiment(json.dumps({**content, "learned": learned}).encode())


parts = st.sampled_from([name for name in entries(GOOD) if not name.endswith("version")])


@examples(5)
@given(st.binary(max_size=200), parts, st.binary(max_size=40), st.integers(0, 2_000))
def test_any_bytes_as_checkpoint_are_one_or_one_sentence(
    anything: bytes, name: str, put: bytes, place: int
) -> None:
    """Bytes without any order, and a real file with some bytes of an entry changed."""
    read_as_checkpoint(anything)
    whole = entries(GOOD)
    old = whole[name]
    new = old[:place] + put + old[place + len(put) :]
    read_as_checkpoint(packed({**whole, name: new}))
