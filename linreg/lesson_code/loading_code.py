"""Writes the code that loads a `.pth` file whose keys or shapes are not those of the model."""

from collections.abc import Mapping


def write_loading(names: Mapping[str, str], part: str | int | None, *, reshaped: bool) -> str:
    """Return three lines that load the file `model.pth` into `model` under other names.

    Arguments:
        names: the model's key for each of the file's keys.
        part: the part of the file that holds the state_dict, or None.
        reshaped: a tensor has another shape than the model's.
    """
    inside = "" if part is None else f"[{part!r}]"
    value = "value.reshape_as(model.state_dict()[names[key]])" if reshaped else "value"
    return (
        f'state_dict = torch.load("model.pth", weights_only=True){inside}\n'
        f"names = {dict(names)!r}\n"
        f"model.load_state_dict({{names[key]: {value} for key, value in state_dict.items()}})"
    )
