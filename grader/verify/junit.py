"""What `verify` found, as JUnit XML, which GitLab, Jenkins and others show beside a change.

An exercise is a suite, a claim a class, a row a test case: failed, skipped where
it was not run, and with a word on its output where there is a warning. The place
to look at stands in the text, because the schema has no attribute for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from grader.report.junit import Case, Outcome, Suite, document
from grader.report.safe import safe_lines, safe_text
from grader.verify.report import Row, Standing, VerifyReport
from grader.verify.terminal import DETAIL_LINES, TEXT, place_of


def junit(report: VerifyReport) -> bytes:
    """The document, in UTF-8; no character in it is one that XML does not allow."""
    return document("grader verify", _suites(report))


def _suites(report: VerifyReport) -> Iterator[Suite]:
    for exercise, rows in groupby(report.rows, key=lambda row: row.exercise):
        yield Suite(safe_text(exercise), [_case(row) for row in rows])


def _case(row: Row) -> Case:
    """Nothing is an error in the words of JUnit: what could not be tried at all has no report."""
    classname = safe_text(f"{row.exercise}.{row.claim}")
    name = safe_text(row.what or str(row.claim))
    sentence = safe_text(row.sentence, TEXT)
    match row.standing:
        case Standing.FAILS:
            return Case(classname, name, Outcome.FAILURE, str(row.claim), sentence, _in_full(row))
        case Standing.NOT_RUN:
            return Case(classname, name, Outcome.SKIPPED, message=sentence)
        case Standing.WARNING:
            return Case(classname, name, output=f"Warning: {_in_full(row)}")
        case Standing.HOLDS:
            return Case(classname, name, output=sentence)


def _in_full(row: Row) -> str:
    lines = [safe_text(row.sentence, TEXT), *safe_lines(row.detail, DETAIL_LINES)]
    if place := place_of(row):
        lines.insert(1, safe_text(place))
    return "\n".join(lines)
