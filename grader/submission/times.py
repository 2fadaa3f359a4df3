"""`submitted.csv`: when each student handed in, as staff or their learning platform say.

Columns `student` and `time`, and if wanted `exercise` and `attempt`. A row
without an exercise is about all of them, one without an attempt about the last.
What is wrong with it ends the run with one sentence: a time that was passed
over would decide over somebody's marks.
"""

import csv
import io
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from pathlib import Path

from grader.errors import SubmissionsError, suggestion
from grader.findings import MissingFile, UnreadableFile
from grader.submission.bundle import Bundle
from grader.submission.caps import FILE_BYTES
from grader.submission.moments import NoMoment, moment
from grader.submission.names import SUBMITTED, listed
from grader.submission.place import Place, whole
from grader.submission.reading import named_file

_COLUMNS = ("student", "time", "exercise", "attempt")

_REASONS = {"link": "it is a link; name the file with --submitted", "empty": "it is empty"}
"""Why a file of times is not read, where its finding says it otherwise."""

Rows = dict[tuple[str, str], datetime]
"""One student's times, by exercise and attempt; '' where a row names none."""


@dataclass(frozen=True)
class Times:
    """What the file says.

    Attributes:
        name: The file's name.
        by_student: Each student's times.
    """

    name: str = SUBMITTED
    by_student: Mapping[str, Rows] = field(default_factory=dict)

    def strangers(self, students: Collection[str]) -> tuple[str, ...]:
        """A note on those whom it names and who handed nothing in."""
        there = {_same(student) for student in students}
        gone = [student for student in self.by_student if student not in there]
        if not gone:
            return ()
        return (f"{self.name} names students of whom nothing is here: {listed(gone)}.",)

    def dated(
        self, student: str, attempts: Sequence[tuple[str, tuple[Bundle, ...]]]
    ) -> tuple[list[tuple[Bundle, ...]], tuple[str, ...]]:
        """Put the times into one student's bundles, over whatever they say themselves.

        Args:
            student: Whose they are.
            attempts: Each attempt's name and bundles, oldest first.

        Returns:
            The bundles of each attempt, and notes on rows that fit none.
        """
        rows = self.by_student.get(_same(student), {})
        if not rows:
            return [bundles for _, bundles in attempts], ()
        names = {name for name, _ in attempts}
        unknown = sorted({attempt for _, attempt in rows if attempt and attempt not in names})
        notes = [f"{self.name} names attempts that are not here: {listed(unknown)}."] if unknown else []
        dated = [
            tuple(_with_time(bundle, _row(rows, bundle, place, attempts)) for bundle in bundles)
            for place, (_, bundles) in enumerate(attempts)
        ]
        return dated, tuple(notes)


def read_times(content: bytes, name: str, exercises: Collection[str], zone: tzinfo | None) -> Times:
    """Read the file.

    Args:
        content: Its bytes: UTF-8, with or without a mark at the beginning.
        name: Its name, for messages.
        exercises: The course's, by name.
        zone: Where the clock is of times without an offset.

    Raises:
        SubmissionsError: A row cannot be relied on; names the line.
    """
    by_student: dict[str, Rows] = {}
    keys: dict[tuple[str, str], tuple[str, str]] = {}  # one tuple for each pair, not for each row
    for line, row in _lines(content, name):
        student, exercise, attempt = _same(row["student"]), row.get("exercise", ""), row.get("attempt", "")
        if not student:
            raise SubmissionsError(f"{name}, line {line}: it names no student.")
        if exercise and exercise not in exercises:
            hint = suggestion(exercise, exercises)
            raise SubmissionsError(f"{name}, line {line}: the course has no exercise {_cut(exercise)}.{hint}")
        if not row["time"]:
            continue  # platforms list those who have handed in nothing
        try:
            time = moment(row["time"], zone)
        except NoMoment as error:
            raise SubmissionsError(f"{name}, line {line}: {_cut(row['time'])} {error.why}.") from None
        key = keys.setdefault((exercise, attempt), (exercise, attempt))
        if by_student.setdefault(student, {}).setdefault(key, time) != time:
            raise SubmissionsError(
                f"{name}, line {line}: it gives {_cut(student)} a second time for the same; leave one out."
            )
    return Times(name, by_student)


def find_times(
    named: Path | None, place: Place, known: Collection[str], zone: tzinfo | None, *, alone: bool
) -> Times:
    """What the file says that a person named, or else the one that lies beside the students' folders.

    Args:
        named: The file that a person named.
        place: Where the students' folders are.
        known: The course's exercises.
        zone: Where the clock is of times without an offset.
        alone: Whether the place is one student's own, who may have written such a file herself.

    Raises:
        SubmissionsError: It cannot be read or relied on.
    """
    if named is not None:
        try:
            with named_file(named) as file:
                content: bytes | UnreadableFile = whole(str(named), file.read(FILE_BYTES + 1))
        except OSError as error:
            raise SubmissionsError(_unread(str(named), error.strerror or str(error))) from None
        name = str(named)
    else:
        entries = () if alone else place.entries()
        found = [entry for entry in entries if entry.name == SUBMITTED and entry.kind != "folder"]
        if not found:
            return Times()
        content, name = place.read(found[0]), SUBMITTED
    if isinstance(content, UnreadableFile):
        raise SubmissionsError(
            _unread(name, _REASONS.get(content.reason) or content.detail or content.reason)
        )
    return read_times(content, name, known, zone)


def _unread(name: str, why: str) -> str:
    return f"The file '{name}', which says when students handed in, cannot be read ({why})."


def _lines(content: bytes, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with the line in which it ends, its cells by column."""
    try:
        reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        columns = [cell.strip().lower() for cell in next(reader, [])]
        if not {"student", "time"} <= set(columns) <= set(_COLUMNS) or len(set(columns)) < len(columns):
            raise SubmissionsError(
                f"{name}, line 1: the columns must be student and time, and may be exercise and attempt too, "
                "with commas between them."
            )
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(columns):
                raise SubmissionsError(
                    f"{name}, line {reader.line_num}: it has {len(cells)} instead of {len(columns)} cells."
                )
            yield (
                reader.line_num,
                dict(zip(columns, (cell.strip() for cell in cells), strict=True)),
            )
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SubmissionsError(f"{name}, line {line}: it is not UTF-8; save it as CSV UTF-8.") from None
    except csv.Error as error:
        raise SubmissionsError(f"{name}, line {reader.line_num}: it is no CSV ({error}).") from None


def _row(
    rows: Rows, bundle: Bundle, place: int, attempts: Sequence[tuple[str, tuple[Bundle, ...]]]
) -> datetime | None:
    """The row that says most about this bundle of the attempt at `place`."""
    exercise, attempt = bundle.exercise, attempts[place][0]
    later = attempts[place + 1 :]
    asked = [(exercise, attempt), ("", attempt)] if attempt else []
    if not any(_is_there(each) for _, bundles in later for each in bundles if each.exercise == exercise):
        asked.append((exercise, ""))
    if not later:
        asked.append(("", ""))
    return next((rows[key] for key in asked if key in rows), None)


def _with_time(bundle: Bundle, time: datetime | None) -> Bundle:
    return replace(bundle, submitted=time) if time is not None and _is_there(bundle) else bundle


def _is_there(bundle: Bundle) -> bool:
    return not isinstance(bundle.problem, MissingFile)


def _same(student: str) -> str:
    """A student's id, spelled in one way: macOS takes the letters of folder names apart."""
    return unicodedata.normalize("NFC", student)


def _cut(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
