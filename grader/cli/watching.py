"""`grader grade --watch`: one run over a folder in which submissions keep arriving.

Each is marked once it is complete, and again when it changes; the gradebook is
brought up to date whenever there is time. Ctrl-C ends it, and if all that has
arrived is marked by then, it ends as any other run does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from time import monotonic
from typing import TYPE_CHECKING

from grader.batch.arrivals import Arrivals
from grader.batch.intake import Intake
from grader.cli.exits import Interrupted
from grader.cli.marking import Marking
from grader.cli.request import Request, open_class
from grader.errors import SubmissionsError
from grader.report.numbers import count, listed
from grader.report.safe import safe_text

if TYPE_CHECKING:
    from grader.batch.grade import Graded
    from grader.batch.journal import Journal
    from grader.cli.live import Live
    from grader.course import Course
    from grader.marks.overrides import Overrides

IDLE_SECONDS = 10.0
"""Between two gradebooks while nothing is judged: whoever looks at one wants the latest."""

BUSY_SECONDS = 60.0
"""Between two gradebooks while something is: on the evening of a deadline there may be no pause for hours."""

SHARE = 0.05
"""Of the time that may go into writing gradebooks: one of a large class takes seconds."""


def intake_of(course: Course, request: Request) -> Intake:
    """The folder to watch.

    Raises:
        SubmissionsError: It is not there, or an archive, to which nothing is added.
    """
    if request.submissions.is_file():
        raise SubmissionsError(
            f"'{request.submissions}' is a file; --watch needs a folder in which submissions arrive."
        )
    if request.layout not in ("auto", "folders"):
        raise SubmissionsError(
            "--watch reads the folders and archives of students as they arrive, "
            f"no --layout {request.layout}; leave one of the two out."
        )
    with open_class(course, request, arriving=True):
        pass  # what cannot be read now is said now
    return Intake(Arrivals(request.submissions), lambda: open_class(course, request, arriving=True))


class Watching(Marking):
    """A run that goes on until somebody ends it.

    Args:
        course: The course, read with its staff's files.
        request: What was asked for.
        intake: The submissions, as they arrive.
        journal: The journal, open.
        overrides: Marks set by hand.
        live: Shows how far it is.
    """

    def __init__(
        self,
        course: Course,
        request: Request,
        intake: Intake,
        journal: Journal,
        overrides: Overrides,
        live: Live,
    ) -> None:
        super().__init__(course, request, intake, journal, overrides, live)
        self._intake = intake
        self._unwritten = False
        self._next = 0.0
        self._half_done: set[str] = set()

    def run(self) -> None:
        """Mark whoever arrives until Ctrl-C, and then write what is about the whole class.

        Raises:
            Interrupted: Not all that has arrived is marked.
            OutputError: The journal or the reports cannot be written.
            GraderError: The tests cannot be run.
        """
        try:
            super().run()
        except Interrupted:
            # Without anybody there is nothing to write: an earlier run's reports stay.
            if self._is_done and len(self.book):
                self.finish()
            elif not self._is_done:
                self.write()
                raise Interrupted(self._left()) from None

    def _source(self) -> Iterator[str | None]:
        with closing(self._intake.arrive()) as students:
            for student in students:
                self._live.expect(len(self._intake))
                self._live.note(self._waited_for(idle=student is None and self._batch.is_idle))
                self._write_if_due()
                yield student

    def _done(self, graded: Graded) -> None:
        self._half_done.add(graded.student)
        super()._done(graded)
        self._half_done.discard(graded.student)
        self._unwritten = True

    @property
    def _is_done(self) -> bool:
        """Whether all that has arrived is marked."""
        return self._batch.is_idle and self._intake.is_empty and not self._half_done

    def _write_if_due(self) -> None:
        """Bring gradebook and run up to date, if something is new and it is time."""
        idle, now = self._batch.is_idle, monotonic()
        if not self._unwritten or now < self._next + (0 if idle else BUSY_SECONDS - IDLE_SECONDS):
            return
        self.book.notes = self._intake.notes
        self.write()
        self._unwritten = False
        took = monotonic() - now
        self._next = now + max(IDLE_SECONDS, took / SHARE)

    def _waited_for(self, *, idle: bool) -> str:
        """What is being waited for, for the display."""
        intake = self._intake
        if intake.problem:
            return safe_text(intake.problem)
        names = [safe_text(name, 40) for name in (*intake.waiting, *intake.partial)]
        if names:
            # While slots are busy nobody looks, so that some may be complete by now.
            what = "still arriving" if idle else "more in the folder"
            return f"{len(names):,} {what}: {listed(names, 4)}"
        return "waiting for submissions; Ctrl-C ends this" if idle else ""

    def _left(self) -> str:
        """What is not there after Ctrl-C, and how to go on."""
        done = f"{len(self.book):,} of {count(len(self._intake), 'student')} are done"
        book = f", the gradebook in '{self._request.out}' has those" if len(self.book) else ""
        return f"Stopped: {done}{book}; `{self._request.command}` goes on from there."
