"""Grade a class: every exercise that may count of every submission, over an engine.

Students are read one at a time, as there is room for their jobs, and leave as
soon as all of theirs is there, so that memory does not grow with the class.
Each report is recorded before anybody hears of it; what is known already is not
judged again. Marks are made elsewhere, of what comes out here.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from grader.batch.engine import Progress
from grader.batch.journal import Recorded
from grader.batch.results import Results, Unkept
from grader.batch.slots import Slots
from grader.course import Course
from grader.errors import CourseError
from grader.judge.job import Job
from grader.marks import Attempted, marked, wanted
from grader.marks.overrides import Overrides
from grader.report.model import Environment, ExerciseReport, StudentReport
from grader.sandbox.policy import Confinement
from grader.submission import Bundle, Submission
from grader.verdicts import Isolation, Layer

_clock = time.monotonic

BREATH_SECONDS = 0.5
"""So long students may be read of whom all is known, while slots wait to be heard."""

Place = tuple[str, str]
"""An attempt and an exercise of a student."""


def jobs_of(course: Course, submissions: Sequence[Submission], secret: str) -> list[Job]:
    """One job for each exercise of each submission, in order; of one student the oldest attempt first.

    Whoever hands in one file again keeps the others: a companion that is not in an
    attempt is the one of the last attempt before it that has it.
    """
    jobs = []
    latest: dict[tuple[str, str], Bundle] = {}
    for submission in submissions:
        for bundle in submission.bundles:
            if bundle.files or (submission.student, bundle.exercise) not in latest:
                latest[submission.student, bundle.exercise] = bundle
        for bundle in submission.bundles:
            others = ((submission.student, name) for name in course.exercise(bundle.exercise).companions)
            companions = tuple(latest[other] for other in others if other in latest)
            jobs.append(
                Job(submission.student, bundle.exercise, bundle, companions, secret, submission.attempt)
            )
    return jobs


def demanded(course: Course, level: Isolation | None = None, accepted: Iterable[Layer] = ()) -> Confinement:
    """What is asked of the wall before a class is marked.

    Args:
        course: Says what is asked if nobody says anything else.
        level: Wins over the course's level, and over the layers that the course accepts as missing.
        accepted: More layers that may be missing.
    """
    asked = course.isolation
    if level is None:
        return Confinement.demanded(asked.level, {*asked.accept_missing, *accepted})
    return Confinement.demanded(level, accepted)


def secret_of(course: Course, seed: str | None) -> str:
    """What hidden inputs are drawn from: the seed that somebody named, else the course's secret.

    Raises:
        CourseError: There is neither.
    """
    secret = seed if seed is not None else course.secret
    if secret is None:
        raise CourseError(
            "course.toml names no secret to draw hidden inputs from: put "
            '`secret = "reference/secret.txt"` there and a line of random text in that file, or pass --seed.'
        )
    return secret


@dataclass(frozen=True)
class Graded:
    """A student of whom everything that may count has its result.

    Attributes:
        student: Who.
        attempts: What was handed in, oldest first, with the reports.
        results: Where those reports lie.
        submissions: The same attempts with the files' bytes, for whoever has a use for them now.
    """

    student: str
    attempts: tuple[Attempted, ...]
    results: Mapping[Place, Recorded]
    submissions: tuple[Submission, ...] = ()

    @property
    def environment(self) -> Environment:
        """What it was judged on; of several the one that walled student code off worst, then the latest."""
        levels = list(Isolation)
        worst = max(
            self.results.values(), key=lambda each: (levels.index(each.environment.isolation_level), each.id)
        )
        return worst.environment


@dataclass
class _Open:
    """A student who is not done."""

    student: str
    attempts: tuple[Attempted, ...]
    submissions: tuple[Submission, ...]
    waiting: dict[Place, Job] = field(default_factory=dict)
    results: dict[Place, Recorded] = field(default_factory=dict)


class Batch:
    """Makes jobs of students and students of reports.

    Args:
        course: The course, read with its staff's files.
        read: One student's attempts, oldest first.
        results: What is known already, and where the rest goes.
        secret: What hidden inputs are drawn from.
        done: Told of each student, in the order in which they are done; may take its time.
        progress: Told what happens, if anybody wants to know.
    """

    def __init__(
        self,
        course: Course,
        read: Callable[[str], Sequence[Submission]],
        results: Results,
        secret: str,
        done: Callable[[Graded], None],
        progress: Progress | None = None,
    ) -> None:
        self._course = course
        self._read = read
        self._results = results
        self._secret = secret
        self._done = done
        self._progress = progress
        self._open: dict[str, _Open] = {}

    @property
    def is_idle(self) -> bool:
        """Whether every student who came is done."""
        return not self._open

    def jobs(self, students: Iterable[str | None]) -> Iterator[Job | None]:
        """What is to be judged: for an engine, which asks as it has room.

        Args:
            students: Whose submissions are there; one who comes again has handed in
                something else meanwhile. None: nobody now, ask again.
        """
        asked = _clock()
        for student in students:
            if student is None:
                yield None
                asked = _clock()
                continue
            for job in self._new_jobs(student):
                yield job
                asked = _clock()
            if self._open and _clock() - asked > BREATH_SECONDS:
                yield None  # slots that have something to say were kept waiting by students who are known
                asked = _clock()

    def take(self, job: Job, report: ExerciseReport, environment: Environment | None) -> None:
        """A job has its report.

        Args:
            job: One of `jobs`.
            report: What came of it.
            environment: What it was judged on.
        """
        assert environment is not None, "an engine that judged has said what it runs on"
        recorded = self._results.record(job, report, environment)
        if self._progress is not None:
            self._progress.finished(job, report)
        place = (job.attempt, job.exercise)
        student = self._open.get(job.student)
        if student is None or not _same(student.waiting.get(place), job):
            return  # something else was handed in meanwhile; the result waits for whoever hands this in again
        del student.waiting[place]
        _put(student, place, recorded)
        self._close(student)

    def _new_jobs(self, name: str) -> list[Job]:
        """Open a student; what must be judged of theirs."""
        submissions = self._read(name)
        attempts = tuple(Attempted.of(submission, {}) for submission in submissions)
        student, before = _Open(name, attempts, tuple(submissions)), self._open.get(name)
        needed = wanted(self._course, submissions)
        new = []
        for job in jobs_of(self._course, submissions, self._secret):
            place = (job.attempt, job.exercise)
            if place not in needed:
                continue
            if before is not None and _same(before.waiting.get(place), job):
                student.waiting[place] = job  # it is being judged
            elif (known := self._results.known(job)) is not None:
                _put(student, place, known)
                if self._progress is not None:
                    self._progress.reused(name, job.exercise)
            else:
                student.waiting[place] = job
                new.append(job)
        self._open[name] = student
        self._close(student)
        return new

    def _close(self, student: _Open) -> None:
        if student.waiting:
            return
        del self._open[student.student]
        self._done(Graded(student.student, student.attempts, student.results, student.submissions))


def _put(student: _Open, place: Place, recorded: Recorded) -> None:
    attempt, exercise = place
    student.results[place] = recorded
    for each in student.attempts:
        if each.name == attempt:
            reports = each.reports
            assert isinstance(reports, dict), "it was opened with one of our own"
            reports[exercise] = recorded.report


def _same(one: Job | None, other: Job) -> bool:
    """Whether two jobs judge the same; a time of handing in is not judged."""
    if one is None:
        return False
    pairs = zip((one.bundle, *one.companions), (other.bundle, *other.companions), strict=False)
    return len(one.companions) == len(other.companions) and all(
        (a.main, a.files, a.notes, a.problem) == (b.main, b.files, b.notes, b.problem) for a, b in pairs
    )


def grade(
    course: Course,
    submissions: Sequence[Submission],
    *,
    jobs: int,
    confinement: Confinement | None = None,
) -> Iterator[StudentReport]:
    """Judge submissions that are all in memory, on the CPU and without a journal.

    Args:
        course: The course, read with its staff's files.
        submissions: What was handed in, one attempt of each student.
        jobs: How many slots judge side by side.
        confinement: The layers that student code is walled off with, and those
            without which it is not run; None asks for what the course says.

    Yields:
        One report for each student, when all of that student's exercises are judged.

    Raises:
        IsolationError: A layer that is asked for cannot be had; no student's code was run.
        GraderError: The course cannot be used, or the far side cannot be started.
    """
    handed_in = {submission.student: submission for submission in submissions}
    asked = {bundle.exercise for submission in submissions for bundle in submission.bundles}
    finished: deque[Graded] = deque()
    batch = Batch(course, lambda name: [handed_in[name]], Unkept(), secret_of(course, None), finished.append)
    walled = confinement if confinement is not None else demanded(course)
    with Slots(course, [name for name in course.names if name in asked], "cpu", jobs, walled) as slots:
        for job, report in slots.run(batch.jobs(handed_in)):
            batch.take(job, report, slots.environment)
            while finished:
                graded = finished.popleft()
                yield marked(course, graded.student, graded.attempts, Overrides(), graded.environment)


def student_report(
    course: Course, submission: Submission, reports: dict[str, ExerciseReport], environment: Environment
) -> StudentReport:
    """Sum up one student: the exercises in the course's order."""
    attempt = Attempted.of(submission, reports)
    return marked(course, submission.student, [attempt], Overrides(), environment)
