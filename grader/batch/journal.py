"""The journal: every result of a batch as it came, in one SQLite file beside the reports.

Each result is on the disk before anybody hears of it, so that whatever kills
the driver costs at most what was being judged. Results are only ever added;
what a run made of them (`published`) is the view of a run, complete or not.
One driver writes at a time. The file belongs to the staff's folder of reports:
no name that a student chose is ever part of its path.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from grader.batch.database import Database, packed
from grader.batch.lock import Lock
from grader.errors import OutputError
from grader.report.model import Environment, ExerciseReport, StudentReport

JOURNAL = "journal.sqlite"
LOCK = "journal.lock"

_MARKS = {
    "title", "penalty", "final", "weight", "dropped", "late", "override", "kept", "attempt", "attempts",
}  # fmt: skip
"""What a run adds to a result; the rest is as the judge said it."""


@dataclass(frozen=True)
class Recorded:
    """A result that is on the disk.

    Attributes:
        id: Its number: a later one has a larger.
        content: SHA-256 of what was handed in.
        report: What the judge said.
        environment: What it was judged on.
    """

    id: int
    content: str
    report: ExerciseReport
    environment: Environment


@dataclass(frozen=True)
class Run:
    """One run of `grade`.

    Attributes:
        id: Its number.
        started: When it began, ISO 8601 in UTC.
        exercises: What it graded.
    """

    id: int
    started: str
    exercises: tuple[str, ...]


@dataclass(frozen=True)
class Published:
    """What a run made of one student.

    Attributes:
        report: The whole report.
        results: The number of the result that counted, by exercise.
        contents: What was handed in for that, by exercise.
    """

    report: StudentReport
    results: dict[str, int]
    contents: dict[str, str]


class Records:
    """What the journal says that runs made of students.

    Args:
        database: The journal's file, open.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def students(self, run: Run) -> Iterator[str]:
        """Whom a run has published, sorted."""
        last = ""
        # In pieces, so that nothing is open while others write, and a class of any size fits into memory.
        while names := self._database.all(
            "SELECT student FROM students WHERE run = ? AND student > ? ORDER BY student LIMIT 500",
            run.id,
            last,
        ):
            yield from (name for (name,) in names)
            last = names[-1][0]

    def published(self, run: Run, student: str) -> Published | None:
        """What a run made of a student; None if nothing."""
        whole = self._database.maybe(
            "SELECT s.report, e.content FROM students s JOIN environments e ON e.id = s.environment "
            "WHERE s.run = ? AND s.student = ?",
            run.id,
            student,
        )
        if whole is None:
            return None
        rows = self._database.all(
            "SELECT p.exercise, p.result, p.marks, r.report, r.content FROM published p JOIN results r "
            "ON r.id = p.result WHERE p.run = ? AND p.student = ? ORDER BY p.place",
            run.id,
            student,
        )
        exercises = [
            self._database.unpacked(report) | self._database.unpacked(marks)
            for _, _, marks, report, _ in rows
        ]
        data = self._database.unpacked(whole[0]) | {
            "exercises": exercises,
            "environment": self._database.plain(whole[1]),
        }
        return Published(
            report=self._database.valid(StudentReport, data),
            results={exercise: result for exercise, result, *_ in rows},
            contents={exercise: content for exercise, *_, content in rows},
        )

    def attempt_before(self, run: Run, student: str, exercise: str, content: str) -> ExerciseReport | None:
        """What the last complete run made of an exercise for which something else was handed in.

        Args:
            run: The run, before which it was.
            student: Whose it is.
            exercise: The exercise.
            content: What is handed in for it now.
        """
        # The runs first, one by one: their number is small, and of a student each has one row to look at.
        row = self._database.maybe(
            "SELECT r.report FROM runs CROSS JOIN published p ON p.run = runs.id AND p.student = ? "
            "AND p.exercise = ? JOIN results r ON r.id = p.result "
            "WHERE runs.complete AND runs.id < ? AND r.content != ? ORDER BY runs.id DESC LIMIT 1",
            *(student, exercise, run.id, content),
        )
        if row is None:
            return None
        return self._database.valid(ExerciseReport, self._database.unpacked(row[0]))


class Journal(Records):
    """The journal of one folder of reports, open for writing; used as a context manager.

    Args:
        folder: The folder of the reports; it is there.
        command: What to type to go on, for sentences.

    Raises:
        OutputError: Another driver has it, it cannot be written, or it is none of this version.
    """

    def __init__(self, folder: Path, command: str = "grader grade") -> None:
        self._folder = folder
        self._path = folder / JOURNAL
        self._ignored = 0
        self._lock = Lock(folder / LOCK)
        try:
            super().__init__(Database(self._path, command))
        except BaseException:
            self._lock.release()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close it; one that nothing was ever written to goes away."""
        unused = False
        with suppress(OutputError):
            unused = not self._database.one("SELECT EXISTS (SELECT 1 FROM results)")[0]
        self._database.close()
        if unused:
            self._path.unlink(missing_ok=True)
        self._lock.release(remove=unused)

    def sound(self) -> bool:
        """Whether all of it can be read; reads all of it."""
        return self._database.sound()

    # --- results ------------------------------------------------------------------

    def record(
        self,
        student: str,
        attempt: str,
        exercise: str,
        *,
        key: str,
        content: str,
        report: ExerciseReport,
        environment: Environment,
        holds: bool = True,
    ) -> Recorded:
        """Add a result; it is on the disk when this returns."""
        data = packed(report.model_dump(mode="json", exclude=_MARKS - {"title"}))
        with self._database.writing():
            where = self._environment(environment)
            number = self._database.insert(
                "INSERT INTO results (student, attempt, exercise, key, content, holds, report, environment, "
                "recorded) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                *(student, attempt, exercise, key, content, holds, data, where, _now()),
            )
        return Recorded(number, content, report, environment)

    def known(self, key: str) -> Recorded | None:
        """The latest result with this key that may be used again."""
        row = self._database.maybe(
            "SELECT r.id, r.content, r.report, e.content FROM results r JOIN environments e "
            "ON e.id = r.environment WHERE r.key = ? AND r.holds AND r.id > ? ORDER BY r.id DESC LIMIT 1",
            key,
            self._ignored,
        )
        if row is None:
            return None
        number, content, report, environment = row
        return Recorded(
            number,
            content,
            self._database.valid(ExerciseReport, self._database.unpacked(report)),
            self._database.valid(Environment, self._database.plain(environment)),
        )

    # --- runs ---------------------------------------------------------------------

    def begin(self, started: str, exercises: Sequence[str], *, fresh: bool = False) -> Run:
        """Begin a run; what an earlier one that never ended had published is forgotten.

        Args:
            started: When, ISO 8601 in UTC.
            exercises: What it grades.
            fresh: Whether results from before are not used again, by this run and those after it.
        """
        with self._database.writing():
            for table in ("students", "published"):
                self._database.run(
                    f"DELETE FROM {table} WHERE run IN (SELECT id FROM runs WHERE NOT complete)"  # noqa: S608
                )
            last = "SELECT coalesce(max(id), 0) FROM results"
            lasting = "SELECT coalesce(max(ignored), 0) FROM runs"
            (self._ignored,) = self._database.one(last if fresh else lasting)
            number = self._database.insert(
                "INSERT INTO runs (started, exercises, ignored) VALUES (?, ?, ?)",
                *(started, json.dumps(list(exercises)), self._ignored),
            )
        return Run(number, started, tuple(exercises))

    def before(self, run: Run) -> Run | None:
        """The complete run before `run` that graded most of its exercises; of several the last.

        All of them, unless the course has got another exercise, or each was graded by itself.
        """
        rows = self._database.all(
            "SELECT id, started, exercises FROM runs WHERE complete AND id < ? ORDER BY id DESC", run.id
        )
        earlier = [
            Run(number, started, tuple(self._database.plain(names))) for number, started, names in rows
        ]
        # max takes the first of equals, which is the last run.
        best = max(earlier, key=lambda each: _shared(run, each), default=None)
        return best if best is not None and _shared(run, best) else None

    def complete(self, run: Run) -> None:
        """All of a run's students are published: from now on it is what later runs are compared with."""
        with self._database.writing():
            self._database.run("UPDATE runs SET ended = ?, complete = 1 WHERE id = ?", _now(), run.id)

    # --- students of a run --------------------------------------------------------

    def publish(self, run: Run, report: StudentReport, results: dict[str, int]) -> None:
        """Say what a run made of a student; what it said of that student before is replaced.

        Args:
            run: The run.
            report: The whole report, marks included.
            results: For each exercise the number of the result that counted.
        """
        whole = report.model_dump(mode="json", exclude={"exercises", "environment"})
        with self._database.writing():
            self.withdraw(run, report.student)
            self._database.run(
                "INSERT INTO students (run, student, report, environment) VALUES (?, ?, ?, ?)",
                *(run.id, report.student, packed(whole), self._environment(report.environment)),
            )
            for place, each in enumerate(report.exercises):
                marks = packed(each.model_dump(mode="json", include=_MARKS))
                self._database.run(
                    "INSERT INTO published (run, student, place, exercise, result, marks) "
                    "VALUES (?, ?, ?, ?, ?, ?)",
                    *(run.id, report.student, place, each.name, results[each.name], marks),
                )

    def withdraw(self, run: Run, student: str) -> None:
        """Forget what a run made of a student."""
        with self._database.writing():
            for table in ("students", "published"):
                self._database.run(
                    f"DELETE FROM {table} WHERE run = ? AND student = ?",  # noqa: S608
                    *(run.id, student),
                )

    def _environment(self, environment: Environment) -> int:
        content = json.dumps(environment.model_dump(mode="json"))
        self._database.run("INSERT OR IGNORE INTO environments (content) VALUES (?)", content)
        (number,) = self._database.one("SELECT id FROM environments WHERE content = ?", content)
        return int(number)


def _shared(one: Run, other: Run) -> int:
    return len(set(one.exercises) & set(other.exercises))


def put_aside(folder: Path) -> Path | None:
    """Give a journal that cannot be used another name, in the same folder; its new name.

    Raises:
        OutputError: Another driver has it, or it cannot be renamed.
    """
    path = folder / JOURNAL
    lock = Lock(folder / LOCK)
    try:
        if not path.exists() and not path.is_symlink():
            return None
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S.%f")
        aside = folder / f"journal-{stamp}.sqlite"
        for ending in ("-wal", "-shm", ""):  # what is not yet in the file itself first
            with suppress(FileNotFoundError):
                (folder / f"{JOURNAL}{ending}").rename(folder / f"{aside.name}{ending}")
    except OSError as error:
        raise OutputError(f"'{path}' cannot be put aside ({error.strerror}).") from None
    finally:
        lock.release()
    return aside


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def utc_now() -> str:
    """The time, as runs have it: ISO 8601, whole seconds, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")
