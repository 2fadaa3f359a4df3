"""Words for what was found, the same on a terminal and on a page."""

from collections.abc import Sequence

from rich.console import Group as Stack
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from grader.report.numbers import count
from grader.report.safe import safe_text
from grader.similar.comparing import FEWEST
from grader.similar.report import Exercise, Similarity

PAIRS = ("students", "exercise", "in common", "lines of each")
USUAL = ("exercise", "compared", "usual", "listed from")
ABOUT_USUAL = (
    "Usual: half of those compared have no more of their rare code in common with anybody. Rare code is "
    "what few of the class have; whoever has little of it is not compared."
)
NOTHING = "No pair is much more alike than the class at large."

ROWS = 20
"""Pairs on a terminal: a screen of them; all are in the pages and in JSON."""

_NAME = 60


def percent(share: float) -> str:
    """A share in words that people read; 100% is all of it."""
    return f"{min(int(100 * share), 99) if share < 1 else 100}%"


def named(student: str) -> str:
    """A student's id, inert."""
    return safe_text(student, _NAME)


def usual(exercise: Exercise) -> tuple[str, str, str, str]:
    """A row under USUAL: what is usual in the class for one exercise."""
    compared = f"{exercise.compared} of {exercise.submissions}"
    if exercise.compared < FEWEST:
        return exercise.name, compared, "too few to say", "nothing"
    asked = "nothing, all are alike" if exercise.asked is None else percent(exercise.asked)
    return exercise.name, compared, percent(exercise.usual), asked


def view(found: Similarity) -> RenderableType:
    """The report for a terminal."""
    told: list[RenderableType] = []
    if found.pairs:
        told += [_pairs(found), *_more(found), Text(), Text(found.meaning)]
    else:
        told.append(Text(NOTHING))
    told += [Text(), _table(USUAL, [usual(each) for each in found.exercises]), Text(ABOUT_USUAL, "dim")]
    return Stack(*told)


def _pairs(found: Similarity) -> Table:
    rows = [
        (
            " and ".join(named(each) for each in pair.students),
            pair.exercise,
            percent(pair.share),
            " and ".join(str(each) for each in pair.lines),
        )
        for pair in found.pairs[:ROWS]
    ]
    return _table(PAIRS, rows)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading, header_style="dim", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _more(found: Similarity) -> list[Text]:
    left = len(found.pairs) - ROWS
    return [Text(f"and {count(left, 'more pair')}: --out DIR or --json has all")] if left > 0 else []
