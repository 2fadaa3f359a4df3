"""A run as one long table, in CSV: a row for each test of each student, for spreadsheets and data frames.

No cell begins a formula, whatever a name or title holds. An exercise with which
something is wrong as a whole, or that has no tests, has a row without a test,
which is worth nothing, so that no student and no finding is left out and sums
over the rows are the marks.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from grader.findings import Finding
from grader.report.gradebook import cell
from grader.report.model import ExerciseReport, StudentReport, TestReport
from grader.report.numbers import points
from grader.report.safe import safe_text

COLUMNS = (
    "student",
    "exercise",
    "test",
    "title",
    "verdict",
    "blame",
    "score",
    "max_score",
    "device",
    "codes",
    "mistakes",
    "seconds",
)
"""The first line; `test` is empty in what students may read of hidden tests."""


def long_table(reports: Iterable[StudentReport]) -> Iterator[bytes]:
    """The table in UTF-8, piece by piece: a student's rows at a time."""
    yield _lines([COLUMNS])
    for report in reports:
        student = safe_text(report.student)
        yield _lines((student, *row) for exercise in report.exercises for row in _rows(exercise))


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(map(cell, row) for row in rows)
    return buffer.getvalue().encode("utf-8")


def _rows(exercise: ExerciseReport) -> Iterator[tuple[str, ...]]:
    name = safe_text(exercise.name)
    if exercise.findings or not exercise.tests:
        codes, mistakes = _about(exercise.findings)
        yield (name, "", "", exercise.verdict, "", "0", "0", "", codes, mistakes, "")
    for test in exercise.tests:
        yield (name, *_row(test))


def _row(test: TestReport) -> tuple[str, ...]:
    codes, mistakes = _about(test.findings)
    return (
        safe_text(test.name),
        safe_text(test.title),
        test.verdict,
        test.blame,
        points(test.score),
        points(test.max_score),
        safe_text(test.device),
        codes,
        mistakes,
        f"{test.seconds:.3f}",
    )


def _about(findings: Sequence[Finding]) -> tuple[str, str]:
    """The codes of findings, and the known mistakes behind them, each once and in their order."""
    codes = dict.fromkeys(finding.code for finding in findings)
    mistakes = dict.fromkeys(safe_text(finding.mistake) for finding in findings if finding.mistake)
    return "; ".join(codes), "; ".join(mistakes)
