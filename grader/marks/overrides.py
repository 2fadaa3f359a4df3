"""Marks that a person set by hand: `overrides.csv`, read and never written.

One row a student and exercise, with the mark and the reason. The file belongs
to the staff: nothing of ours rewrites it, so that it outlives every regrade.
A row that cannot be right is refused with its line; a student who is not in
the class, or a mark above the maximum, may be right and is only told.
"""

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from pathlib import Path

from grader.errors import UsageError, suggestion
from grader.report.gradebook import cell
from grader.report.model import ExerciseReport, Override, StudentReport
from grader.report.numbers import points
from grader.report.safe import safe_text

OVERRIDES_FILE = "overrides.csv"
"""Its name in the folder of the reports."""

COLUMNS = ("student", "exercise", "score", "reason")
"""What the first line must name, in any order; further columns are the staff's own."""

_LARGEST = 1_000_000
"""Points that no exercise has: a larger number is a date, a phone number or a slipped key."""

_QUOTED = 60
"""Characters of a wrong cell that a sentence quotes: enough to find it in the file."""

_SUGGESTED = 5
"""Unknown students for whom a near name is looked for: among 100,000 it takes seconds each."""

_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+")
"""A score as people write it; float() would take 1e3, inf, 1_0 and other scripts' digits."""


@dataclass(frozen=True)
class Overrides:
    """The marks that were set by hand.

    Attributes:
        marks: Each override by student and exercise, as the file spells them.
        file: What messages call the file.
    """

    marks: Mapping[tuple[str, str], Override] = field(default_factory=dict)
    file: str = OVERRIDES_FILE

    def of(self, student: str, exercise: str) -> Override | None:
        """The override of one student's exercise, if there is one.

        A name that a gradebook had to spell out may stand in the file as it
        stands in the gradebook, from which it was copied.
        """
        exact = self.marks.get((student.strip(), exercise))
        return exact or self.marks.get((_in_gradebook(student), exercise))

    def strangers(self, students: Collection[str]) -> tuple[str, ...]:
        """A sentence for each student in the file who is not one of `students`."""
        known = {name.strip() for name in students} | {_in_gradebook(name) for name in students}
        unknown = dict.fromkeys(name for name, _ in self.marks if name not in known)
        near = {name: suggestion(name, known) for name in islice(unknown, _SUGGESTED)}
        return tuple(
            f"{self.file} has marks for {_quoted(name)}, who is not in this class."
            f"{safe_text(near.get(name, ''))}"
            for name in unknown
        )


def read_overrides(path: Path, exercises: Sequence[str], *, required: bool = True) -> Overrides:
    """The overrides in the CSV file at `path`, in UTF-8, separated by commas, semicolons or tabs.

    Args:
        path: The file.
        exercises: Names of all of the course's exercises, whether they are graded now or not.
        required: Whether the file must be there; if not, no file means no overrides.

    Raises:
        UsageError: It can't be read, or a row is not what it must be.
    """
    file = safe_text(path.name, _QUOTED)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        if not required:
            return Overrides(file=file)
        raise UsageError(
            f"There is no file '{safe_text(str(path))}'; name one with --overrides FILE, or leave that out."
        ) from None
    except OSError as error:
        raise UsageError(f"{file} cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{file} is not CSV in UTF-8 (byte 0x{error.object[error.start]:02X} at position "
            f"{error.start}); save it as 'CSV UTF-8'."
        ) from None
    return _Reader(file, text, exercises).read()


def overridden(report: ExerciseReport, override: Override | None) -> ExerciseReport:
    """`report` with the mark that a person set: it wins over tests, and nothing is taken off it."""
    if override is None:
        return report
    return report.model_copy(update={"override": override, "final": override.score, "penalty": 0.0})


def above_maximum(report: StudentReport) -> tuple[str, ...]:
    """A sentence for each override that gives more than the exercise's points."""
    return tuple(
        f"{safe_text(report.student, _QUOTED)}, {exercise.name}: the mark set by hand, "
        f"{points(exercise.override.score)}, is above the maximum of {points(exercise.max_score)}."
        for exercise in report.exercises
        if exercise.override is not None and exercise.override.score > exercise.max_score
    )


def _in_gradebook(student: str) -> str:
    return cell(safe_text(student)).strip()


class _Reader:
    """Reads one file; knows what messages call it, and what separates its cells."""

    def __init__(self, file: str, text: str, exercises: Sequence[str]) -> None:
        self._file, self._text, self._exercises = file, text, exercises
        first = next((line for line in text.splitlines() if line.strip()), "")
        # A spreadsheet saves what its language separates cells with; the header's own names hold none of it.
        self._separator = max(",;\t", key=first.count)

    def read(self) -> Overrides:
        rows = self._rows()
        header = [name.strip().casefold() for name in next(rows, (1, [""]))[1]]
        self._check(header)
        marks: dict[tuple[str, str], Override] = {}
        lines: dict[tuple[str, str], int] = {}
        for line, row in rows:
            if any(text.strip() for text in row[len(header) :]):
                raise self._wrong(
                    line,
                    f"there are {len(row)} cells, but the first line has {len(header)}; "
                    'put a text that holds a separator in "quotes"',
                )
            # Spreadsheets leave empty cells at the end of a row out, or add some.
            cells = {head: text.strip() for head, text in zip_longest(header, row, fillvalue="")}
            student, exercise, override = self._override(line, cells)
            if (student, exercise) in lines:
                again = f"this student's {exercise} is in line {lines[student, exercise]} already; keep one"
                raise self._wrong(line, again)
            lines[student, exercise] = line
            marks[student, exercise] = override
        return Overrides(marks, self._file)

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row that holds anything, with the line of the file in which it begins."""
        # `newline=""`, so that line ends inside quotes stay what they are.
        reader = csv.reader(io.StringIO(self._text, newline=""), delimiter=self._separator, strict=True)
        line = 1
        try:
            for row in reader:
                if any(text.strip() for text in row):
                    yield line, row
                line = reader.line_num + 1
        except csv.Error as error:
            raise self._wrong(line, f"this is not CSV ({error})") from None

    def _check(self, header: Sequence[str]) -> None:
        missing = [name for name in COLUMNS if name not in header]
        if missing:
            near = suggestion(missing[0], [safe_text(name, _QUOTED) for name in header])
            raise UsageError(
                f"{self._file}: the first line must name {', '.join(COLUMNS)}; "
                f"'{missing[0]}' is missing.{near}"
            )
        twice = next((name for name in COLUMNS if header.count(name) > 1), None)
        if twice:
            raise UsageError(f"{self._file}: the first line names '{twice}' twice.")

    def _override(self, line: int, cells: Mapping[str, str]) -> tuple[str, str, Override]:
        student, exercise = cells["student"], cells["exercise"]
        if not student:
            raise self._wrong(line, "the student is missing")
        if exercise not in self._exercises:
            raise self._wrong(
                line,
                f"there is no exercise {_quoted(exercise)}; allowed: {', '.join(self._exercises)}",
                suggestion(exercise, self._exercises),
            )
        if not cells["reason"]:
            raise self._wrong(line, "the reason is missing; the student reads it")
        return student, exercise, Override(score=self._score(line, cells["score"]), reason=cells["reason"])

    def _score(self, line: int, text: str) -> float:
        # Where commas separate cells, one in a number may mean thousands; elsewhere it is a decimal point.
        written = text if self._separator == "," else text.replace(",", ".", 1)
        if not _NUMBER.fullmatch(written) or float(written) > _LARGEST:
            raise self._wrong(line, f"the score is {_quoted(text)}; allowed: points from 0 on, such as 7.5")
        return float(written)

    def _wrong(self, line: int, what: str, then: str = "") -> UsageError:
        return UsageError(f"{self._file}, line {line}: {what}.{then}")


def _quoted(text: str) -> str:
    return f"'{safe_text(text, _QUOTED)}'"
