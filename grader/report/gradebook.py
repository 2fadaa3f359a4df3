"""The gradebook: one row for each student, as CSV, and compared with a committed one.

Cells are proof against spreadsheets that run what they read: a cell that would
begin a formula gets a quote before it. Scores have no float noise, so that the
same run gives the same bytes. Nothing here writes files.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.report.model import StudentReport
from grader.report.numbers import points
from grader.report.safe import safe_text

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet take a cell for a formula, full-width forms included."""


@dataclass(frozen=True)
class Row:
    """One student in the gradebook.

    Attributes:
        student: The student's name, inert.
        scores: Points by exercise, in the course's order.
        verdicts: Verdict by exercise.
        total: Points in all.
        most: Points to be had in all.
    """

    student: str
    scores: Mapping[str, float]
    verdicts: Mapping[str, str]
    total: float
    most: float


def rows(students: Iterable[StudentReport]) -> list[Row]:
    """The gradebook's rows, in the order of `students`."""
    return [
        Row(
            student=safe_text(report.student),
            scores={exercise.name: exercise.score for exercise in report.exercises},
            verdicts={exercise.name: exercise.verdict.value for exercise in report.exercises},
            total=report.score,
            most=report.max_score,
        )
        for report in students
    ]


def as_csv(gradebook: Sequence[Row]) -> str:
    """The gradebook as CSV: student, one column an exercise, total, max, verdicts."""
    names = list(dict.fromkeys(name for row in gradebook for name in row.scores))
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(map(cell, ("student", *names, "total", "max", "verdicts")))
    for row in gradebook:
        scores = (points(row.scores[name]) if name in row.scores else "" for name in names)
        writer.writerow(
            map(cell, (row.student, *scores, points(row.total), points(row.most), _verdicts(row)))
        )
    return buffer.getvalue()


def cell(text: str) -> str:
    """`text` as no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text


def _verdicts(row: Row) -> str:
    return "; ".join(f"{name}: {verdict}" for name, verdict in row.verdicts.items())


def differences(gradebook: Sequence[Row], path: Path) -> list[str]:
    """What differs between `gradebook` and the CSV at `path`, one sentence each.

    Returns:
        An empty list if every student, score and verdict is the same.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            header, *records = [record for record in csv.reader(file, strict=True) if record] or [[]]
    except OSError as error:
        return [f"{path.name} can't be read: {error.strerror}."]
    except (UnicodeDecodeError, csv.Error):
        return [f"{path.name} is not a gradebook: it is not CSV in UTF-8."]
    if header[:1] != ["student"] or not {"total", "max", "verdicts"} <= set(header):
        return [f"{path.name} is not a gradebook: its first line must name student, total, max and verdicts."]
    kept = {record[0]: dict(zip(header, record, strict=False)) for record in records}
    found = [f"{path.name} has more than one row for a student."] if len(kept) < len(records) else []
    graded = {cell(row.student) for row in gradebook}
    found += [
        f"{student} is in {path.name}, but was not graded." for student in kept if student not in graded
    ]
    for row in gradebook:
        record = kept.get(cell(row.student))
        if record is None:
            found.append(f"{row.student} is not in {path.name}.")
        else:
            found += _row_differences(row, record, path.name)
    return found


def _row_differences(row: Row, record: Mapping[str, str], book: str) -> list[str]:
    verdicts = dict(item.partition(": ")[::2] for item in record.get("verdicts", "").split("; "))
    found: list[str] = []
    for name, score in row.scores.items():
        before, verdict = record.get(cell(name), ""), verdicts.get(name, "")
        if not _same(score, before):
            found.append(f"{row.student}, {name}: {points(score)} points now, {before or 'none'} in {book}.")
        if row.verdicts[name] != verdict:
            found.append(
                f"{row.student}, {name}: {row.verdicts[name]} now, {verdict or 'nothing'} in {book}."
            )
    for what, score in (("total", row.total), ("max", row.most)):
        if not _same(score, record.get(what, "")):
            found.append(
                f"{row.student}: {what} {points(score)} now, {record.get(what) or 'none'} in {book}."
            )
    return found


def _same(score: float, written: str) -> bool:
    try:
        return points(float(written)) == points(score)
    except ValueError:
        return False
