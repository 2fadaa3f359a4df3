"""How far a batch is: counts, the rate, the time left, what runs, what took longest.

Data and arithmetic only; `live` shows it. Each event costs a few additions, and
of what is done nothing is kept but the students' names, so that a class of any
size can be counted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from time import monotonic, time
from typing import TYPE_CHECKING, NamedTuple

from grader.batch.notice import Notice, Running
from grader.report.safe import safe_text

if TYPE_CHECKING:
    from grader.judge.job import Job
    from grader.report.model import ExerciseReport

SLOWEST = 3
"""Submissions that are named for taking longest: more don't fit on a line of a small terminal."""

WINDOW_SECONDS = 30.0
"""The rate is that of the last half minute: at the beginning of a second run everything comes from the
journal in no time, and an average over the whole run would promise that the rest does, too."""

SAMPLE_SECONDS = 1.0
"""Between two counts that the rate is taken from, so that a thousand events a second leave 30 of them."""

SOON_SECONDS = 5.0
"""Before that, a rate says more about how slots start than about submissions."""

ENOUGH = 5
"""Exercises before that, a rate says more about the first submission than about the class."""


_POSTED = 64
"""Submissions that run and are named to others: the slots of most machines."""

_NAME = 100
"""Characters of a name that others are told."""


class Taken(NamedTuple):
    """How long a submission took, or has been running."""

    seconds: float
    student: str
    exercise: str
    attempt: str


class _Sample(NamedTuple):
    at: float
    done: int
    graded: int


class Tally:
    """What has happened in a batch so far: a `Progress` without a face.

    Args:
        exercises: How many exercises of each student are asked for.
        clock: Seconds, never running backwards.

    Attributes:
        students: How many students are there.
        graded: Exercises that were run.
        from_journal: Exercises whose result was in the journal.
        slowest: The exercises that took longest, the longest first.
    """

    def __init__(self, exercises: int, clock: Callable[[], float] = monotonic) -> None:
        self.students = self.graded = self.from_journal = 0
        self.slowest: tuple[Taken, ...] = ()
        self._exercises = exercises
        self._clock = clock
        self._running: dict[tuple[str, str, str], float] = {}
        self._open: dict[str, int] = {}
        self._done: set[str] = set()
        self._times_done = self._of_done = 0
        self._samples: deque[_Sample] = deque()

    # --- what happens -------------------------------------------------------------

    def expect(self, students: int) -> None:
        """So many students are there."""
        self.students = students

    def started(self, job: Job) -> None:
        """A slot has begun with this job."""
        self._sample()
        self._running[(job.student, job.exercise, job.attempt)] = self._clock()

    def finished(self, job: Job, report: ExerciseReport) -> None:
        """A job has its report."""
        self.graded += 1
        self._open[job.student] = self._open.get(job.student, 0) + 1
        self._sample()
        self._running.pop((job.student, job.exercise, job.attempt), None)
        if len(self.slowest) < SLOWEST or report.seconds > self.slowest[-1].seconds:
            took = Taken(report.seconds, job.student, job.exercise, job.attempt)
            self.slowest = tuple(sorted((*self.slowest, took), key=lambda each: -each.seconds)[:SLOWEST])

    def reused(self, student: str, exercise: str) -> None:
        """An exercise's result was in the journal."""
        self.from_journal += 1
        self._open[student] = self._open.get(student, 0) + 1
        self._sample()

    def completed(self, student: str) -> None:
        """A student's reports are written."""
        self._done.add(student)
        self._times_done += 1
        self._of_done += self._open.pop(student, 0)

    # --- what follows from it -----------------------------------------------------

    @property
    def students_done(self) -> int:
        """How many students' reports are written; whoever came again counts once."""
        return len(self._done)

    @property
    def done(self) -> int:
        """Exercises that have a result."""
        return self.graded + self.from_journal

    @property
    def expected(self) -> float:
        """Exercises that there are in all: an estimate, because several attempts may count."""
        left = max(0, self.students - self.students_done)
        each = self._of_done / self._times_done if self._times_done else self._exercises
        return max(self.done, self._of_done + left * each)

    def running(self) -> tuple[Taken, ...]:
        """What is being judged, the longest first."""
        now = self._clock()
        # In one step, because what draws the display is another thread.
        began = tuple(self._running.items())
        return tuple(sorted((Taken(now - at, *who) for who, at in began), key=lambda each: -each.seconds))

    def a_minute(self) -> float | None:
        """Exercises run in a minute; None as long as that would say little."""
        rates = self._rates()
        return None if rates is None else 60 * rates[1]

    def seconds_left(self) -> float | None:
        """An estimate of how long the rest will take; None as long as that would be a guess."""
        rates = self._rates()
        if rates is None or rates[0] <= 0:
            return None
        return (self.expected - self.done) / rates[0]

    def notice(self) -> Notice:
        """The same for others, who have another clock; may be asked for in another thread."""
        now, left = time(), self.seconds_left()
        return Notice(
            students=self.students,
            graded=self.graded,
            reused=self.from_journal,
            ends=None if left is None else now + left,
            running=tuple(
                Running(
                    student=safe_text(each.student, _NAME),
                    exercise=each.exercise,
                    attempt=safe_text(each.attempt, _NAME),
                    began=now - each.seconds,
                )
                for each in self.running()[:_POSTED]
            ),
        )

    def _rates(self) -> tuple[float, float] | None:
        """Exercises done and exercises run in a second."""
        if not self._samples or self.done < ENOUGH:
            return None
        first, now = self._samples[0], self._clock()
        if now - first.at < SOON_SECONDS:
            return None
        seconds = now - first.at
        return (self.done - first.done) / seconds, (self.graded - first.graded) / seconds

    def _sample(self) -> None:
        """Remember how far it is, now and then; called when an event has been counted."""
        now = self._clock()
        if self._samples and now - self._samples[-1].at < SAMPLE_SECONDS:
            return
        self._samples.append(_Sample(now, self.done, self.graded))
        while len(self._samples) > 2 and self._samples[1].at <= now - WINDOW_SECONDS:
            self._samples.popleft()
