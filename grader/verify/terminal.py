"""What `verify` found, on a terminal: what holds in a line each, what does not in full.

Fits 80 columns, and says everything in words: colour only repeats them. No text
of a row is read as markup, and what could act on a terminal is spelled out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.report.numbers import count, listed
from grader.report.safe import safe_lines, safe_text
from grader.verify.report import Claim, Row, Standing, VerifyReport

STYLES = {
    Standing.HOLDS: "green",
    Standing.FAILS: "red",
    Standing.WARNING: "yellow",
    Standing.NOT_RUN: "dim",
}

WORDS = {
    Standing.HOLDS: "ok",
    Standing.FAILS: "NOT OK",
    Standing.WARNING: "warning",
    Standing.NOT_RUN: "not run",
}

DETAIL_LINES = 40
"""Lines of detail that are shown of one row: the diff of a mutant has ten or so."""

SENTENCES = 3
"""Different sentences of one exercise and claim before the rest is only counted."""

TEXT = 2000
"""Characters of one sentence: none of ours is as long."""

INDENT = 4
"""Columns before what belongs to the row above."""


def view(report: VerifyReport) -> RenderableType:
    """A table of what holds, then each row that fails or warns, then what was not run, then the sum."""
    parts: list[RenderableType] = []
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for exercise, claim, sentence in well(report.rows):
        table.add_row(_word(Standing.HOLDS), Text(safe_text(exercise)), Text(claim), Text(sentence))
    if table.row_count:
        parts.append(table)
    for standing in (Standing.WARNING, Standing.FAILS):
        for row in report.rows:
            if row.standing is standing:
                parts += ["", *_in_full(row)] if row.detail else _in_full(row)
    parts += [Text.assemble(_word(Standing.NOT_RUN), f"  {line}") for line in left_out(report.rows)]
    return Group(*parts, "", Text(in_sum(report)))


def well(rows: Iterable[Row]) -> Iterator[tuple[str, Claim, str]]:
    """For each exercise and claim, what holds of it: rows that say the same are counted."""
    holding = (row for row in rows if row.standing is Standing.HOLDS)
    for (exercise, claim), group in groupby(holding, key=lambda row: (row.exercise, row.claim)):
        same: dict[str, int] = {}
        for row in group:
            same[row.sentence] = same.get(row.sentence, 0) + 1
        told = [f"each of {many:,}: {text}" if many > 1 else text for text, many in same.items()]
        more = f"; and {len(told) - SENTENCES:,} more" if len(told) > SENTENCES else ""
        yield exercise, claim, safe_text(f"{'; '.join(told[:SENTENCES])}{more}", TEXT)


def left_out(rows: Iterable[Row]) -> Iterator[str]:
    """What was not run, and why; exercises of which the same is true together."""
    why: dict[tuple[Claim, str], list[str]] = {}
    for row in rows:
        if row.standing is Standing.NOT_RUN:
            why.setdefault((row.claim, row.sentence), []).append(name_of(row))
    by_reason: dict[tuple[str, str], list[str]] = {}
    for (claim, sentence), names in why.items():
        by_reason.setdefault((sentence, listed(list(dict.fromkeys(names)), limit=8)), []).append(claim)
    for (reason, exercises), claims in by_reason.items():
        yield safe_text(f"{listed(claims, limit=len(Claim))} of {exercises}: {reason}")


def in_sum(report: VerifyReport) -> str:
    """How many claims hold, in one sentence."""
    many = {standing: sum(row.standing is standing for row in report.rows) for standing in Standing}
    tried = len(report.rows) - many[Standing.NOT_RUN]
    if many[Standing.FAILS]:
        said = f"{many[Standing.FAILS]:,} of {count(tried, 'claim')} do not hold"
    else:
        said = f"All {count(tried, 'claim')} hold" if tried != 1 else "The one claim holds"
    if many[Standing.WARNING]:
        said += f", {many[Standing.WARNING]:,} with a warning"
    return f"{said}." + (f" {many[Standing.NOT_RUN]:,} not run." if many[Standing.NOT_RUN] else "")


def name_of(row: Row) -> str:
    """The exercise, and the program, test or file of it if the row is about one."""
    return f"{row.exercise} ({row.what})" if row.what else row.exercise


def place_of(row: Row) -> str:
    """The file and the line to look at, as editors take them; '' if there is none."""
    return ":".join(str(part) for part in (row.file, row.line) if part is not None)


def _in_full(row: Row) -> Sequence[RenderableType]:
    about = f"{row.exercise}, {row.claim}{f': {row.what}' if row.what else ''}"
    parts: list[RenderableType] = [
        Text.assemble(_word(row.standing), f"  {safe_text(f'{about}: {row.sentence}', TEXT)}")
    ]
    if place := place_of(row):
        parts.append(Padding(Text(safe_text(place)), (0, 0, 0, INDENT)))
    if row.detail:
        lines = "\n".join(safe_lines(row.detail, DETAIL_LINES))
        parts.append(Padding(Text(lines), (0, 0, 0, INDENT)))
    return parts


def _word(standing: Standing) -> Text:
    return Text(WORDS[standing], STYLES[standing])
