"""Links for the class: an address that opens a page as the teacher wants it.

The teacher has two parameters: `hide` names settings and pages that are not shown, `lock` names
settings that cannot be changed. Settings are those of the run, of the picture and of every page.
They guide a class; they do not protect anything.
"""

from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import urlencode

from linreg.core.experiment import Experiment
from linreg.sharing.address import address_of, ignored

HIDE, LOCK = "hide", "lock"


def write_link(
    base: str,
    experiment: Experiment,
    *,
    page: str = "",
    view: Mapping[str, str] | None = None,
    hide: Sequence[str] = (),
    lock: Sequence[str] = (),
) -> str:
    """Return the address of a page with all settings of `experiment`.

    Arguments:
        base: where the app is: scheme, host and base path.
        page: the page's path; empty for the first one.
        view: further parameters, such as at=0 or large=true.
        hide: names of settings (as in addresses) and paths of pages. lock: names of settings.
    """
    fields = address_of(experiment) | dict(view or {})
    fields |= {name: "-".join(names) for name, names in ((HIDE, hide), (LOCK, lock)) if names}
    query = f"?{urlencode(fields)}" if fields else ""
    return f"{base.rstrip('/')}/{page}{query}"


def read_names(texts: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Return the names in `hide` or `lock` that are known, each once, in the order of `known`."""
    said = _said(texts)
    return tuple(name for name in known if name in said)


def unknown_names(parameter: str, texts: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return a sentence about the names in `hide` or `lock` that nothing has, or none."""
    unknown = [name for name in _said(texts) if name not in known]
    return [f"In {parameter}=: {sentence}" for sentence in ignored(unknown)]


def _said(texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(name for text in texts for name in text.split("-") if name))


def iframe(link: str) -> str:
    """Return HTML that shows the app inside another page."""
    joined = f"{link}{'&' if '?' in link else '?'}embed=true"
    return f'<iframe src="{escape(joined)}" width="100%" height="900" style="border:0"></iframe>'
