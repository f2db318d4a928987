"""Pages to print: the teacher's guide and a student's results, plain HTML that loads nothing."""

from collections.abc import Sequence
from functools import cache
from html import escape

import numpy as np
import segno

from linreg.engines.replay import replayed
from linreg.lesson.challenges import CHALLENGES
from linreg.lesson.class_plan import CONNECTING, LESSONS, MINUTES, Lesson, tell
from linreg.sharing.pins import plain_name

_STYLE = "body{font:16px/1.5 sans-serif;margin:2rem auto;padding:0 1rem}"
_GUIDE_STYLE = (
    "body{max-width:48rem}li{margin-bottom:1rem;break-inside:avoid}"
    "li::after{content:'';display:block;clear:both}"
    "li svg{float:right;clear:right;margin-left:1rem}a{overflow-wrap:anywhere}"
)
WIDTH, HEIGHT = 150, 60  # pixels of a picture
COLUMNS = 75  # of a picture, each from the smallest to the largest loss of its epochs
WITH_PICTURE = ("", "lesson")  # the pages that show the losses of one run

_RESULTS_STYLE = (
    "body{max-width:45rem}table{border-collapse:collapse;width:100%}"
    "td,th{border:1px solid #999;padding:.4rem .6rem;text-align:left;vertical-align:top}"
)


def guide_html(base: str, links: Sequence[str], warning: str = "") -> str:
    """Return the teacher's guide: the plan of the class with answers, links and small pictures.

    Arguments:
        base: the address of the app. links: the address of each lesson, in their order.
        warning: a sentence where other devices can't open these addresses.
    """
    start = CONNECTING
    items = [
        f"<li>{_qr(base)}<b>Connect</b> (minute 0 to {start})<br>Everybody opens {_link(base)} or "
        "points a phone's camera at this code. Change one slider together.</li>"
    ]
    for lesson, link in zip(LESSONS, links, strict=True):
        picture = _losses(lesson) if lesson.page in WITH_PICTURE else ""
        items.append(
            f"<li>{_qr(link)}{picture}<b>{escape(lesson.title)}</b> (minute {start} to "
            f"{start + lesson.minutes})<br>{escape(lesson.says)}<br><i>Ask:</i> "
            f"{escape(lesson.question)} {escape(' / '.join(lesson.options))}<br>"
            f"<i>Answer:</i> {escape(answer_text(lesson))}<br>"
            f"{_link(link)}</li>"
        )
        start += lesson.minutes
    heading = f"A straight line, learned: {MINUTES} minutes"
    said = f"<p><b>{escape(warning)}</b></p>" if warning else ""
    steps = f'<ol start="0">{"".join(items)}</ol>'  # so that step 1 has the number of the app
    return _page("Teacher's guide", heading, _GUIDE_STYLE, said + steps)


def answer_text(lesson: Lesson) -> str:
    """Return the right option of a step's question, where it has options, and why."""
    right, says = tell(lesson)
    return says if right is None else f"{lesson.options[right]}. {says}"


def _link(address: str) -> str:
    return f'<a href="{escape(address)}">{escape(address)}</a>'


def _qr(address: str) -> str:
    code: str = segno.make(address, error="l", micro=False).svg_inline(scale=2, light="#fff")
    return code


@cache
def _losses(lesson: Lesson) -> str:
    """Return the training loss of the lesson's run, from its own numbers, as a small picture."""
    loss = replayed(lesson.experiment).history.train_loss.astype(float)
    label = "Training loss by epoch"
    if ("scale", "log") in lesson.view:
        loss, label = np.log(loss), f"{label}, log scale"
    low, high = float(loss.min()), float(loss.max())
    parts = np.array_split(loss, min(COLUMNS, len(loss)))
    step = WIDTH / len(parts)
    points = [
        f"{i * step:.0f},{HEIGHT - 2 - (HEIGHT - 4) * (value - low) / (high - low):.0f}"
        for i, part in enumerate(parts)
        for value in (part.max(), part.min())
    ]
    return (
        f'<svg width="{WIDTH}" height="{HEIGHT + 12}" role="img" aria-label="{label}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#999"/>'
        f'<polyline points="{" ".join(points)}" fill="none" stroke="#0072b2" stroke-width="1.5"/>'
        f'<text x="0" y="{HEIGHT + 10}" font-size="9">{label}</text></svg>'
    )


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
