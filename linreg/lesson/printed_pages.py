"""A page of results for the teacher: plain HTML that prints on one sheet and loads nothing."""

from collections.abc import Sequence
from html import escape

from linreg.lesson.challenges import CHALLENGES
from linreg.sharing.pins import plain_name

_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:45rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{border:1px solid #999;padding:.4rem .6rem;text-align:left;vertical-align:top}"
)


def results_html(name: str, done: Sequence[str]) -> str:
    """Return the page: which challenges are done, and what the done ones teach.

    Arguments:
        name: whose results they are, any text; may be empty.
        done: keys of challenges.
    """
    who = f" of {escape(plain_name(name))}" if plain_name(name) else ""
    met = sum(challenge.key in done for challenge in CHALLENGES)
    rows = "".join(
        f"<tr><td>{'done' if each.key in done else '-'}</td><td>{escape(each.title)}</td>"
        f"<td>{escape(each.learned if each.key in done else each.goal)}</td></tr>"
        for each in CHALLENGES
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>Challenges{who}</title><style>{_STYLE}</style></head><body>"
        f"<h1>Challenges{who}</h1><p>{met} of {len(CHALLENGES)} done.</p>"
        f"<table><tr><th>Done</th><th>Challenge</th><th>What it shows, or its goal</th></tr>{rows}"
        "</table></body></html>"
    )
