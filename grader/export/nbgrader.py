"""nbgrader: the CSV of `nbgrader export`, with every value quoted.

One row for each student and assignment, in nbgrader's columns; an exercise stands as an
assignment. nbgrader itself writes values bare, so that a comma in a name breaks the
row; whoever reads CSV reads this. What is missing has zeros there, and here.
"""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime

from grader.export.marks import counted
from grader.report.gradebook import cell
from grader.report.model import ExerciseReport, StudentReport
from grader.report.numbers import points
from grader.report.safe import safe_text

COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)


def as_csv(reports: Iterable[StudentReport]) -> str:
    """Everybody's exercises, sorted as they come."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(COLUMNS)
    for report in reports:
        for exercise in report.exercises:
            writer.writerow(map(cell, _row(report.student, exercise)))
    return buffer.getvalue()


def _row(student: str, exercise: ExerciseReport) -> tuple[str, ...]:
    late = exercise.late
    return (
        safe_text(exercise.name),
        _moment(late.due if late else None),
        _moment(late.submitted if late else None),
        safe_text(student),
        "",  # a run knows ids, not names
        "",
        safe_text(student) if "@" in student else "",
        points(exercise.score),
        points(exercise.penalty),
        points(counted(exercise)),
        points(exercise.max_score),
    )


def _moment(text: str | None) -> str:
    """A moment as nbgrader writes it: in UTC, and without saying so."""
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M:%S}" if text else ""
