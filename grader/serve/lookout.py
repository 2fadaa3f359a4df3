"""Looks at a folder of reports, and knows how far its run is and what has changed since when.

The journal tells what is graded, the notice what runs, the files whose pages
are there; nothing is asked of the driver and nothing is written. A look that has
much to read takes a fraction of a second and leaves the rest to the next one.
"""

from __future__ import annotations

import secrets
import time
from enum import StrEnum
from pathlib import Path

from grader.batch.journal import JOURNAL, Run
from grader.batch.notice import NOTICE, Notice, is_held, read_notice
from grader.batch.reading import Changed, LastRun, Reading, reading, stamp, wait_until_closed
from grader.errors import OutputError
from grader.pages.class_page import class_page
from grader.pages.links import links
from grader.pages.roll import Roll
from grader.report.class_counts import ClassCounts
from grader.report.model import RunReport, StudentReport
from grader.report.numbers import count, points
from grader.report.safe import safe_text
from grader.serve.rows import Row, Rows

_LOOK_SECONDS = 0.15
"""Reading in one look: who waits for an answer meanwhile does not notice."""

_PIECE = 200
"""Results of students who are not done that are read at a time."""

_NAME = 60
"""Characters of a student's name, as on the page of the class."""


class Phase(StrEnum):
    """What is going on in the folder."""

    NOTHING = "nothing"
    """Nothing was graded into it yet."""
    GRADING = "grading"
    """A run is going on."""
    STOPPED = "stopped"
    """The last run did not come to its end, and nobody goes on with it now."""
    FINISHED = "finished"
    """The last run came to its end."""
    PAGES = "pages"
    """There is no journal; there may be pages."""


class Lookout:
    """Looks at one folder of reports.

    Args:
        folder: The folder; it need not be there yet.

    Attributes:
        folder: The same.
        rows: The students so far.
        phase: What is going on.
        last: The run that began last; None where there is none.
        epoch: Another one whenever all begins anew.
        notice: What its driver says; None where there is none.
        exercises: What it grades, each with the most points that it can have, as far as known.
        left: Students who are done and were not read yet.
        problem: Why the journal cannot be read; '' while it can.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._begin(None)
        self.phase = Phase.NOTHING
        self.problem = ""
        self.notice: Notice | None = None
        self._seen: object = None
        self._left_behind: object = None

    def _begin(self, last: LastRun | None) -> None:
        """Know nothing of a run but that it began."""
        self.last = last
        self.epoch = secrets.token_hex(4)
        self.rows = Rows()
        self.exercises: dict[str, float] = dict.fromkeys(last.run.exercises if last else (), 0.0)
        self.left = 0
        self._counting: dict[str, tuple[int, ...]] = {}
        self._counting_of: object = None
        self._counted: dict[str, tuple[int, ...]] = {}
        self._results = 0
        self._class: _Class | None = _Class()

    # --- looking ------------------------------------------------------------------

    def look(self) -> bool:
        """Look once; whether anything is new."""
        notice = self._believed()
        seen = (notice, *self._stamps())
        if seen == self._seen and not self.left:
            return False
        if self.phase is Phase.GRADING and notice is None:
            wait_until_closed(self.folder)
            seen = (notice, *self._stamps())
        try:
            self._read(notice)
        except Changed:
            return False
        except OutputError:
            self.problem = "The journal cannot be read here; `grader grade` says why, and what to do."
            self.left = 0  # it is read again when it changes
        self.notice, self._seen = notice, seen
        self.rows.version += 1
        return True

    def _believed(self) -> Notice | None:
        """The notice, if somebody is behind it: whoever is killed leaves it."""
        at = _time(self.folder / NOTICE)
        if at is None or at == self._left_behind:
            return None
        if not is_held(self.folder):
            self._left_behind = at
            return None
        return read_notice(self.folder)

    def _stamps(self) -> tuple[object, ...]:
        return (*stamp(self.folder), _time(self.folder), _time(self.folder / "class.html"))

    def _read(self, notice: Notice | None) -> None:
        of = stamp(self.folder)  # before it is opened: what comes meanwhile is another one's
        with reading(self.folder) as journal:
            last = journal.last_run() if journal is not None else None
            if last is None or journal is None:
                self._begin(None)
                there = (self.folder / "students").is_dir() and not (self.folder / JOURNAL).exists()
                self.phase = Phase.PAGES if there else Phase.NOTHING
                return
            if self.last is None or self.last.run.id != last.run.id:
                self._begin(last)
            self.last, self.problem = last, ""
            self.phase = _phase(last, notice)
            self._read_students(journal, last.run, of)

    def _read_students(self, journal: Reading, run: Run, of: object) -> None:
        end = time.monotonic() + _LOOK_SECONDS
        if self._counting_of != of:  # else there is only more to read of it
            self._counting, self._counting_of = journal.counting(run), of
        counting = self._counting
        for student in [each for each in self._counted if each not in counting]:
            del self._counted[student]
            self.rows.remove(student)
            self._class = None
        changed = [each for each, results in counting.items() if self._counted.get(each) != results]
        self.left = len(changed)
        for student in changed:
            found = journal.published(run, student)
            if found is not None:
                self._put(found.report, is_new=student not in self._counted)
            self._counted[student] = counting[student]
            self.left -= 1
            if time.monotonic() > end:
                break
        self._read_fresh(journal, run)

    def _put(self, report: StudentReport, *, is_new: bool) -> None:
        """A student is done, perhaps once more."""
        alone = Roll()
        alone.add(report)
        (entry,) = alone.entries
        for exercise, most in alone.maxima.items():
            self.exercises[exercise] = max(most, self.exercises.get(exercise, 0))
        self.rows.put(
            report.student,
            Row(
                name=safe_text(report.student, _NAME),
                href=_page(self.folder, report.student),
                total=points(entry.total),
                cells=tuple(
                    (points(result.score) + "*" * result.changed, result.verdict.value)
                    if (result := entry.results.get(exercise)) is not None
                    else ("", "")
                    for exercise in self.exercises
                ),
                odd={kind: students[0] for kind, students in alone.odd.items()},
                is_done=True,
            ),
        )
        if self._class is not None and is_new:
            self._class.add(report)
        else:
            self._class = None  # of the one who came again the first report was counted

    def _read_fresh(self, journal: Reading, run: Run) -> None:
        """Exercises of students who are not done: what the judge said, before anything is made of it."""
        found = journal.fresh(run, self._results, _PIECE)
        self._results = found[-1][0] if len(found) == _PIECE else journal.latest()
        names = list(self.exercises)
        for _, student, exercise, said in found:
            row = self.rows.get(student) or Row(safe_text(student, _NAME), "", "", (("", ""),) * len(names))
            if exercise not in self.exercises:
                continue
            cells = list(row.cells)
            cells[names.index(exercise)] = points(float(said["score"])), str(said["verdict"])
            self.rows.put(student, Row(row.name, "", "", tuple(cells)))
            self.exercises[exercise] = max(float(said["max_score"]), self.exercises[exercise])
        self.left += len(found) == _PIECE

    # --- the class so far ---------------------------------------------------------

    def class_so_far(self) -> bytes | None:
        """The page of the class of those who are done; None where that is the file's business."""
        if self.last is None or self.last.ended is not None or not self._counted:
            return None
        run = self.last.run
        if self._class is None:
            self._class = self._counted_anew(run)
        return self._class.page(self.folder, run, self._told())

    def _counted_anew(self, run: Run) -> _Class:
        found = _Class()
        with reading(self.folder) as journal:
            for student in journal.students(run) if journal is not None else ():
                published = journal.published(run, student) if journal is not None else None
                if student in self._counted and published is not None:
                    found.add(published.report)
        return found

    def _told(self) -> str:
        students = self.notice.students if self.notice is not None else 0
        done = f"{len(self._counted):,} of {count(students, 'student')}" if students else "not all students"
        return f"The class so far, with {done}: load it again to see more."


class _Class:
    """What the page of the class needs of those who are done."""

    def __init__(self) -> None:
        self._roll, self._counts = Roll(), ClassCounts()
        self._first: StudentReport | None = None

    def add(self, report: StudentReport) -> None:
        """Count a student."""
        self._first = self._first or report
        self._roll.add(report)
        self._counts.add(report)

    def page(self, folder: Path, run: Run, note: str) -> bytes | None:
        """The page; None as long as there is nobody."""
        if self._first is None:
            return None
        about = RunReport(
            course=self._first.course,
            started=run.started,
            seconds=0,
            environment=self._first.environment,
            notes=(note,),
            students=(),
        )
        return class_page(about, self._counts.report(), self._roll, folder)


def _phase(last: LastRun, notice: Notice | None) -> Phase:
    if notice is not None:
        return Phase.GRADING
    return Phase.STOPPED if last.ended is None else Phase.FINISHED


def _page(folder: Path, student: str) -> str:
    found = links(folder, student)
    return found[0].href if found else ""


def _time(path: Path) -> int | None:
    try:
        return path.lstat().st_mtime_ns
    except OSError:
        return None
