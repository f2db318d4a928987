"""Says which field of the app takes a file, where it was put into another one."""

from enum import StrEnum

from linreg.files.experiment_file import FORMAT
from linreg.files.file_kind import OLD, ZIP
from linreg.own_data.table import DataError, list_columns


class Field(StrEnum):
    """A field for files, as the pages call it."""

    MODEL = "*Load a .pth file*, on *Save & load*"
    EXPERIMENT = "*Load an experiment*, on *Save & load*"
    TABLE = "*Your own data*, on *Tune*"


_KINDS = {
    Field.MODEL: "a file that `torch.save` wrote",
    Field.EXPERIMENT: "an experiment file of this app",
    Field.TABLE: "a table of numbers",
}


def right_field(data: bytes, here: Field) -> str:
    """Return a sentence that names the field for a file, or "" if that is `here` or unknown."""
    field = _by_its_marks(data)
    if field is None and here is not Field.TABLE and _is_table(data):
        field = Field.TABLE
    if field is None or field is here:
        return ""
    return f"This is {_KINDS[field]}; its field is {field}."


def _by_its_marks(data: bytes) -> Field | None:
    if data.startswith(OLD) or (data.startswith(ZIP) and b"data.pkl" in data):
        return Field.MODEL
    if f'"{FORMAT}"'.encode() in data:
        return Field.EXPERIMENT
    return None


def _is_table(data: bytes) -> bool:
    try:
        columns = list_columns(data)
    except DataError:
        return False
    return sum(column.numbers > column.rows / 2 for column in columns) > 1
