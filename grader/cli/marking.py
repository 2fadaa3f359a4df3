"""One run over a class: from a folder of submissions to a folder of reports, with the journal between.

Each student's reports are written when that student is done, the gradebook when
all are. Whatever ends the run early, what is graded is in the journal, and the
same command carries on. Says nothing itself but how far it is.
"""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from grader.batch.grade import Batch, Graded
from grader.batch.journal import Journal, Published, utc_now
from grader.batch.keys import Keys
from grader.batch.results import Journalled
from grader.cli import outputs
from grader.cli.before import Before, Results, as_judged, better, changed
from grader.cli.book import Book
from grader.cli.exits import Interrupted
from grader.cli.request import Request, engine_of
from grader.errors import OutputError
from grader.marks import Attempted, attempt_before, marked
from grader.marks.overrides import Overrides
from grader.pages import write_staff_page, write_student_page
from grader.pages.class_page import write_class_page
from grader.pages.roll import Roll
from grader.press import Press, Returning
from grader.press.returning import pages_of
from grader.report.changes import Changes
from grader.report.class_report import ClassReport
from grader.report.files import write_changes, write_class, write_student
from grader.report.model import ExerciseReport, RunReport, StudentReport
from grader.report.numbers import count

if TYPE_CHECKING:
    from grader.batch.intake import Intake
    from grader.cli.live import Live
    from grader.course import Course
    from grader.submission import SubmissionsFolder


class Marking:
    """One run, and how far it is.

    Args:
        course: The course, read with its staff's files.
        request: What was asked for.
        folder: The submissions, open or arriving.
        journal: The journal, open.
        overrides: Marks set by hand.
        live: Shows how far it is.

    Attributes:
        book: The students who are done.
        changes: What the run changed, once it is written; None if there is none to compare it with.
        class_report: What the students who are done have in common, once it is written.
    """

    def __init__(
        self,
        course: Course,
        request: Request,
        folder: SubmissionsFolder | Intake,
        journal: Journal,
        overrides: Overrides,
        live: Live,
    ) -> None:
        self.book = Book(course, overrides, notes=folder.notes)
        self.changes: Changes | None = None
        self.class_report = ClassReport()
        self._course = course
        self._request = request
        self._journal = journal
        self._live = live
        self._students = folder.students
        self._began, self._clock = utc_now(), monotonic()
        self._run = journal.begin(self._began, request.names, fresh=request.fresh)
        before = journal.before(self._run)
        self._before = None if before is None else Before(journal, before, request.names)
        keys = Keys(
            course,
            request.secret,
            request.device,
            request.confinement,
            cluster=request.scheduler is not None,
        )
        self._press = Press(request.confinement, course.staff_files)
        self._returning = Returning(self._press, request.out)
        self._batch = Batch(
            course, folder.read, Journalled(journal, keys), request.secret, self._done, progress=live
        )

    def run(self) -> None:
        """Mark everybody, and write what is about the whole class.

        Raises:
            Interrupted: Somebody pressed Ctrl-C, or ended this process.
            OutputError: The journal or the reports cannot be written.
            GraderError: The tests cannot be run.
        """
        try:
            self._live.expect(len(self._students))
            with ExitStack() as stack:
                stack.enter_context(self._live)
                stack.enter_context(self._press)
                engine = stack.enter_context(engine_of(self._course, self._request, self._live))
                stack.callback(self._live.note, "ending ...")  # slots take a second, where it is busy more
                for job, report in engine.run(self._batch.jobs(self._source())):
                    self._batch.take(job, report, engine.environment)
            self.finish()
        except KeyboardInterrupt:
            raise Interrupted(self._stopped()) from None

    def _source(self) -> Iterable[str | None]:
        """Whose submissions are there; None where there is nobody now, but may be later."""
        return self._students

    def finish(self) -> None:
        """Everybody is done: write the gradebook, and let later runs be compared with this one.

        Raises:
            OutputError: They cannot be written.
        """
        if self._before is not None:
            self.book.gone += self._before.gone(set(self.book.students))
        self.write()
        self._journal.complete(self._run)
        outputs.clear(self._request.out, self.book.students)

    def write(self) -> None:
        """Write what is about the whole class, as far as it is done.

        Raises:
            OutputError: It cannot be written.
        """
        book = self.book
        if book.environment is None:
            return
        book.seconds = round(monotonic() - self._clock, 3)
        run = RunReport(
            course=self._course.name,
            started=self._began,
            seconds=book.seconds,
            environment=book.environment,
            notes=book.notes,
            students=(),
        )
        with self._kept():
            roll = Roll()
            passing = roll.passing(self._reports())
            self.class_report = write_class(book.rows, run, passing, self._request.out)
            write_class_page(run, self.class_report, roll, self._request.out)
            self.changes = self._compared()
            if self.changes is not None and self.changes.students:
                write_changes(self.changes, self._request.out)

    def _compared(self) -> Changes | None:
        if self._before is None:
            return None
        found = self.book.changes
        return Changes(
            course=self._course.name,
            before=self._before.started,
            started=self._began,
            environment=self._before.environments(self.book.environment),
            unchanged=len(self.book) - sum(change.after is not None for change in found),
            students=found,
        )

    # --- one student --------------------------------------------------------------

    def _done(self, graded: Graded) -> None:
        """A student's exercises are judged: make marks, and write the reports."""
        earlier = None if self._before is None else self._before.of(graded.student)
        attempts, results = self._counting(graded, earlier)
        report = marked(self._course, graded.student, attempts, self.book.overrides, graded.environment)
        counting = {each.name: results[each.attempt, each.name] for each in report.exercises}
        contents = {each.name: graded.results[each.attempt, each.name].content for each in report.exercises}
        with self._kept():
            report = self._given_back(report, graded)
            write_student(report, self._request.out, self._course.reveal)
            self._show(report, graded, self._attempts_before(report, attempts, contents))
        self._journal.publish(self._run, report, counting)
        self.book.add(report, None if self._before is None else changed(earlier, report, contents))
        self._live.completed(graded.student)

    def _counting(self, graded: Graded, earlier: Published | None) -> tuple[tuple[Attempted, ...], Results]:
        """What was judged, as far as it counts."""
        if self._request.only_raise:
            return better(graded, earlier, weighted=bool(self._course.policy.weights))
        return as_judged(graded)

    def _given_back(self, report: StudentReport, graded: Graded) -> StudentReport:
        """Have the student's notebooks come back; the report then says which do not."""
        seen = report.for_student(self._course.reveal)
        told = self._returning.give_back(seen, graded.submissions)
        self.book.unpressed = self._returning.problem
        return report.model_copy(update={"notes": (*report.notes, *told)}) if told else report

    def _show(self, report: StudentReport, graded: Graded, before: Mapping[str, ExerciseReport]) -> None:
        """Write the page that the student opens, and that for staff."""
        reveal, out = self._course.reveal, self._request.out
        seen = report.for_student(reveal)
        notebooks = pages_of(seen, graded.submissions, out)

        def cells() -> dict[str, Mapping[int, str]]:
            return self._returning.cells(seen, graded.submissions)

        told = {name: each.for_student(reveal) for name, each in before.items()}
        write_student_page(seen, graded.submissions, out, notebooks, cells, told)
        write_staff_page(report, graded.submissions, out, notebooks, cells, before)

    def _attempts_before(
        self, report: StudentReport, attempts: Sequence[Attempted], contents: Mapping[str, str]
    ) -> dict[str, ExerciseReport]:
        """For exercises what came of what was handed in before that which counts now."""
        found = {}
        for exercise in report.exercises:
            name = exercise.name
            before = attempt_before(exercise, attempts) or self._journal.attempt_before(
                self._run, report.student, name, contents[name]
            )
            if before is not None:
                found[name] = before
        return found

    # --- the class ----------------------------------------------------------------

    def _reports(self) -> Iterator[StudentReport]:
        for student in self._journal.students(self._run):
            found = self._journal.published(self._run, student)
            if found is not None:
                yield found.report

    # --- how far it is ------------------------------------------------------------

    @property
    def reused(self) -> int:
        """Results that were in the journal."""
        return self._live.tally.from_journal

    @property
    def _results(self) -> int:
        tally = self._live.tally
        return tally.graded + tally.from_journal

    def _stopped(self) -> str:
        """What is there after Ctrl-C, and how to go on."""
        book, total, results = self.book, len(self._students), self._results
        go_on = f"`{self._request.command}` goes on from there."
        if not results:
            return f"Stopped before any of {count(total, 'student')} was done; nothing was written."
        if not len(book):
            kept = f"{count(results, 'exercise')} graded and kept"
            return f"Stopped before any of {count(total, 'student')} was done, with {kept}; {go_on}"
        earlier = (self._request.out / "run.json").is_file()
        said = "the gradebook is still the earlier run's" if earlier else "no gradebook was written"
        return (
            f"Stopped: {len(book)} of {count(total, 'student')} are done, their reports are in "
            f"{self._request.out / 'students'}, and {said}; {go_on}"
        )

    @contextmanager
    def _kept(self) -> Iterator[None]:
        """Where reports cannot be written, what is graded is not lost."""
        try:
            yield
        except OutputError as error:
            raise OutputError(
                f"{error} What is graded is kept: `{self._request.command}` goes on from there."
            ) from error


@contextmanager
def stoppable() -> Iterator[None]:
    """Whoever ends this process, or closes its terminal, stops a run as Ctrl-C does."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    numbers = (signal.SIGTERM, signal.SIGHUP)
    # A program that is started with nohup is to go on when the terminal closes.
    before = {number: signal.getsignal(number) for number in numbers}
    ours = [number for number in numbers if before[number] is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, before[number])
