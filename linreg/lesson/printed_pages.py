"""Pages to print: the teacher's guide and a student's results, plain HTML that loads nothing."""

from collections.abc import Sequence
from html import escape

from linreg.lesson.challenges import CHALLENGES
from linreg.lesson.class_plan import LESSONS
from linreg.sharing.pins import plain_name

_STYLE = "body{font:16px/1.5 sans-serif;margin:2rem auto;padding:0 1rem}"
_GUIDE_STYLE = "body{max-width:48rem}li{margin-bottom:1rem;break-inside:avoid}"
_RESULTS_STYLE = (
    "body{max-width:45rem}table{border-collapse:collapse;width:100%}"
    "td,th{border:1px solid #999;padding:.4rem .6rem;text-align:left;vertical-align:top}"
)


def guide_html(links: Sequence[str]) -> str:
    """Return the teacher's guide: the plan of the class, with a link for each of its lessons.

    Arguments:
        links: the address of each lesson, in their order.
    """
    start, items = 0, list[str]()
    for lesson, link in zip(LESSONS, links, strict=True):
        items.append(
            f"<li value={len(items) + 1}><b>{escape(lesson.title)}</b> (minute {start} to "
            f"{start + lesson.minutes})<br>{escape(lesson.says)}<br><i>Look for:</i> "
            f'{escape(lesson.look_for)}<br><a href="{escape(link)}">{escape(link)}</a></li>'
        )
        start += lesson.minutes
    heading = f"A straight line, learned: {start} minutes"
    return _page("Teacher's guide", heading, _GUIDE_STYLE, f"<ol>{''.join(items)}</ol>")


def results_html(name: str, done: Sequence[str]) -> str:
    """Return a page with the challenges that are done and what each of them teaches.

    Arguments:
        name: the student's name, any text; it may be empty.
        done: the keys of the challenges that are done.
    """
    heading = f"Challenges of {plain_name(name)}" if plain_name(name) else "Challenges"
    met = sum(challenge.key in done for challenge in CHALLENGES)
    rows = "".join(
        f"<tr><td>{'done' if each.key in done else '-'}</td><td>{escape(each.title)}</td>"
        f"<td>{escape(each.learned if each.key in done else each.goal)}</td></tr>"
        for each in CHALLENGES
    )
    return _page(
        heading,
        heading,
        _RESULTS_STYLE,
        f"<p>{met} of {len(CHALLENGES)} done.</p>"
        f"<table><tr><th>Done</th><th>Challenge</th><th>What it shows, or its goal</th></tr>{rows}"
        "</table>",
    )


def _page(title: str, heading: str, style: str, body: str) -> str:
    """Return a page of HTML; title and heading are text, style and body are written as they are."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}{style}</style></head><body><h1>{escape(heading)}</h1>{body}</body></html>"
    )
