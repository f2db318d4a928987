"""A file in the wrong field: the page names the right one."""

import io
import pickle

import pytest
import torch

from linreg import train, write_experiment_file
from linreg.core.experiment import Experiment
from linreg.files.right_field import Field, right_field
from linreg.lesson_code.script_and_notebook import to_notebook, to_script

RUN = train(Experiment(epochs=2))


def saved(content: object, **how: bool) -> bytes:
    """What plain torch.save writes."""
    file = io.BytesIO()
    torch.save(content, file, **how)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (saved({"weights": torch.zeros(1)}), Field.MODEL),
        (saved({"a": 1}, _use_new_zipfile_serialization=False), Field.MODEL),
        (write_experiment_file(RUN), Field.EXPERIMENT),
        (b"years,degrees\n1950,9.1\n1951,9.2\n1952,9.4\n", Field.TABLE),
        (b"1;2,5\n2;3,5\n", Field.TABLE),
        ("€;Fläche\n1;2\n3;4\n".encode("cp1252"), Field.TABLE),
    ],
    ids=["zip", "old", "experiment", "csv", "semicolons", "euro"],
)
def test_every_other_field_names_the_one_that_takes_the_file(data: bytes, field: Field) -> None:
    """The field itself says what is wrong with the file."""
    for here in Field:
        said = right_field(data, here)
        assert (said == "") if here is field else said.endswith(f"; its field is {field}.")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"PK\x03\x04 xl/workbook",
        to_script(Experiment()).encode(),
        to_notebook(Experiment()).encode(),
        bytes(range(256)),
        *(pickle.dumps({"a": 1}, protocol) for protocol in (2, 5)),
    ],
    ids=["empty", "words", "Excel", "script", "notebook", "bytes", "pickle 2", "pickle 5"],
)
def test_of_other_files_nothing_is_said(data: bytes) -> None:
    """No field takes them."""
    assert [right_field(data, here) for here in Field] == ["", "", ""]
