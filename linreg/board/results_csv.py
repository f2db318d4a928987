"""The answers of a room as a table for a spreadsheet: no names, no tokens, no formulas."""

import csv
import io
import random
from collections.abc import Mapping, Sequence
from typing import Any

from linreg.board.questions import Question, read_question
from linreg.formatting import no_formula, number_text

COLUMNS = ("round", "question", "participant", "vote 1", "vote 2")

Votes = Sequence[Mapping[int, float]]


def csv_text(rounds: Sequence[tuple[Mapping[str, Any], Votes]]) -> str:
    """Return a row for each round and each participant who answered in it.

    Participants have numbers in a random order, the same in all rounds: nothing leads from a
    number to a device or a nickname.

    Arguments:
        rounds: each with its row of the database and, for each vote, answers by participant.
    """
    everybody = sorted({person for _, votes in rounds for vote in votes for person in vote})
    random.SystemRandom().shuffle(everybody)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row, votes in rounds:
        question = read_question(row["question"])
        for number, person in enumerate(everybody, start=1):
            if any(person in vote for vote in votes):
                cells = [_cell(question, vote.get(person)) for vote in votes]
                writer.writerow([row["number"], no_formula(question.text), number, *cells])
    return text.getvalue()


def _cell(question: Question, value: float | None) -> str:
    if value is None:
        return ""
    if question.kind == "choice":
        return no_formula(question.options[int(value)])
    return number_text(value)
