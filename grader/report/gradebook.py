"""The gradebook: one row for each student, as CSV, and compared with a committed one.

Cells are proof against spreadsheets that run what they read: what would begin
a formula gets a quote before it. Scores have no float noise, so that the
same run gives the same bytes. Nothing here writes files.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.report.model import StudentReport
from grader.report.numbers import points
from grader.report.reckoning import reckoned
from grader.report.safe import safe_text
from grader.verdicts import Verdict

_FORMULA = re.compile(r'(?:^|(?<=;))(?=[\s"]*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])')
"""Where a spreadsheet takes what follows for a formula, full-width forms included: at the beginning of a
cell, and behind a semicolon too, at which one that knows of no comma cuts a line whatever its quotes."""


@dataclass(frozen=True)
class Row:
    """One student in the gradebook.

    Attributes:
        student: The student's name, inert.
        scores: Points by exercise, in the course's order.
        maxima: Points to be had by exercise.
        verdicts: Verdict by exercise.
        total: Points in all.
        most: Points to be had in all.
        finals: What counts by exercise, less penalties and as set by hand; None in a check.
        penalty: Points taken off for lateness, in all.
        final: The final mark; None in a check.
        final_max: The most that it could be; None likewise.
        reckoned: Whether anything but points made the final mark.
    """

    student: str
    scores: Mapping[str, float]
    maxima: Mapping[str, float]
    verdicts: Mapping[str, Verdict]
    total: float
    most: float
    finals: Mapping[str, float | None]
    penalty: float
    final: float | None
    final_max: float | None
    reckoned: bool


def row(report: StudentReport) -> Row:
    """One student's row: small, so that those of a large class fit into memory."""
    return Row(
        student=safe_text(report.student),
        scores={exercise.name: exercise.score for exercise in report.exercises},
        maxima={exercise.name: exercise.max_score for exercise in report.exercises},
        verdicts={exercise.name: exercise.verdict for exercise in report.exercises},
        total=report.score,
        most=report.max_score,
        finals={exercise.name: exercise.final for exercise in report.exercises},
        penalty=report.penalty,
        final=report.final,
        final_max=report.final_max,
        reckoned=reckoned(report),
    )


def rows(students: Iterable[StudentReport]) -> list[Row]:
    """The gradebook's rows, in the order of `students`."""
    return [row(report) for report in students]


def as_csv(gradebook: Sequence[Row]) -> str:
    """The gradebook as CSV: student, one column an exercise, total, max, verdicts.

    Where a policy or a mark set by hand acts on anybody, the final marks stand
    before the verdicts: penalty, final, final_max, and one column an exercise.
    """
    names = exercises(gradebook)
    finals = any(row.reckoned for row in gradebook)
    more = ("penalty", "final", "final_max", *map(_final, names)) if finals else ()
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(map(cell, ("student", *names, "total", "max", *more, "verdicts")))
    for row in gradebook:
        known = _numbers(row)
        columns = (*names, "total", "max", *more)
        numbers = ("" if known.get(name) is None else points(known[name] or 0) for name in columns)
        writer.writerow(map(cell, (row.student, *numbers, _verdicts(row))))
    return buffer.getvalue()


def exercises(gradebook: Iterable[Row]) -> list[str]:
    """The exercises that anybody has a score for, in the order in which they come."""
    return list(dict.fromkeys(name for row in gradebook for name in row.scores))


def _final(name: str) -> str:
    return f"{name}_final"


def _numbers(row: Row) -> dict[str, float | None]:
    """A row's numbers by column."""
    return {
        **row.scores,
        "total": row.total,
        "max": row.most,
        "penalty": row.penalty,
        "final": row.final,
        "final_max": row.final_max,
        **{_final(name): final for name, final in row.finals.items()},
    }


def cell(text: str) -> str:
    """`text` as no spreadsheet takes for a formula."""
    return _FORMULA.sub("'", text)


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
    # A gradebook from before the course had a policy has no final marks, and nothing differs from it.
    finals = [_final(name) for name in row.finals]
    asked = ["total", "max", *(key for key in ("penalty", "final", "final_max", *finals) if key in record)]
    for what in asked:
        now, before = _numbers(row)[what], record.get(what, "")
        if now is not None and not _same(now, before):
            found.append(f"{row.student}: {what} {points(now)} now, {before or 'none'} in {book}.")
    return found


def _same(score: float, written: str) -> bool:
    try:
        return points(float(written)) == points(score)
    except ValueError:
        return False
