"""Check one exercise after another in a process of its own, where torch is warm.

The process runs `grader.desk.serving` below a lifeline, so that it ends with
whoever started it. It trusts this end and is trusted; student code runs on the
far side of the wall that it builds, as for marks. What was asked for last is
what is answered: a newer request cuts off the one at hand, and torch stays warm.
Who has other things to wait for asks with `ask`, waits until `fileno` is
readable, and takes what is `there`; `check` does it all.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import IO, TYPE_CHECKING, Self

from grader.batch.lifeline import Program
from grader.batch.slot import GRACE_SECONDS, LEAVE_SECONDS, START_SECONDS
from grader.course import Course, Exercise
from grader.desk.current import CurrentCourse
from grader.errors import CourseError, GraderError, UsageError
from grader.judge.job import Job, own_job
from grader.submission import Bundle

if TYPE_CHECKING:
    from types import TracebackType

    from grader.report.model import ExerciseReport

_clock = time.monotonic

_MODULE = "grader.desk.serving"

STUCK_SECONDS = 5.0
"""A warm process turns to a newer request at once, unless a test of the student's own never ends in it."""


@dataclass(frozen=True)
class Warm:
    """What the process is for; the first message that it gets. Requests follow."""

    device: str


@dataclass(frozen=True)
class Request:
    """Something to check, in the course as it is now."""

    number: int
    course: Course
    job: Job


@dataclass(frozen=True)
class Begun:
    """A request is at hand; whatever came before is over."""

    number: int


@dataclass(frozen=True)
class Checked:
    """What came of a request."""

    number: int
    report: ExerciseReport


@dataclass(frozen=True)
class CannotCheck:
    """Why there is no report."""

    number: int
    error: GraderError


class Checker:
    """Checks one exercise after another in a process of its own, where torch is warm.

    Args:
        course: The course. Where its files change, they are read again.
        device: 'cpu', 'cuda', 'auto' or 'all'.

    Raises:
        GraderError: The process cannot be started. Whether it works is known with the first answer.
    """

    def __init__(self, course: Course, device: str = "cpu") -> None:
        self._course = CurrentCourse(course)
        self._device = device
        self._number = 0
        self._sent = 0
        self._begun = 0
        self._deadline = 0.0
        self._patience = 0.0
        self._is_warm = False
        self._wanted: Request | None = None
        self._process: _Process | None = None
        self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def check(
        self,
        exercise: Exercise,
        bundle: Bundle,
        companions: Sequence[Bundle] = (),
        seed: int | None = None,
    ) -> ExerciseReport:
        """Run the visible tests of an exercise.

        Args:
            exercise: One of the course's exercises.
            bundle: The student's files.
            companions: Bundles of exercises that this one may be used with.
            seed: Draws other inputs; None draws the same ones each time.

        Returns:
            The report as its student may see it.

        Raises:
            GraderError: The tests cannot be run. The next check is not affected.
            KeyboardInterrupt: Ctrl-C. The process is ended; the next check starts another.
        """
        try:
            self.ask(exercise, bundle, companions, seed)
            return self._wait()
        except KeyboardInterrupt:
            self._end()
            raise

    def ask(
        self,
        exercise: Exercise,
        bundle: Bundle,
        companions: Sequence[Bundle] = (),
        seed: int | None = None,
    ) -> None:
        """Begin with a check, whose report will be `there`; what was asked for before is dropped.

        Raises:
            GraderError: The course's files are not as they must be, or the process cannot be started.
        """
        course = self._course.now()
        limits = course.exercise(exercise.name).limits
        self._number += 1
        self._wanted = Request(self._number, course, own_job(exercise.name, bundle, companions, seed))
        self._start()
        now, start = _clock(), 0 if self._is_warm else START_SECONDS
        patience = 2 * (limits.exercise_seconds + limits.import_seconds) + GRACE_SECONDS
        self._deadline = now + start + patience
        self._patience = now + start + STUCK_SECONDS
        self._send()

    def there(self) -> ExerciseReport | None:
        """The report of what was asked for, once it is there; does not wait.

        Returns:
            The report as its student may see it; None if it is not there yet.

        Raises:
            GraderError: The tests cannot be run.
        """
        assert self._wanted is not None, "something was asked for"
        assert self._process is not None, "it was sent"
        try:
            while self._process.has_said():
                said = self._process.receive()
                if isinstance(said, Begun):
                    self._begun = said.number
                    self._send()
                elif said.number == self._wanted.number:
                    return self._result(said, self._wanted)
        except (EOFError, OSError):
            problem = self._process.how_it_ended()
            self._end()
            raise GraderError(problem) from None
        if _clock() >= self._deadline:
            self._end()
            raise GraderError(
                "The process that checks your work gave no answer in time and was ended; check again."
            )
        if self._begun < self._wanted.number and _clock() >= self._patience:
            self._begin_again(self._wanted)
        return None

    @property
    def is_asked(self) -> bool:
        """Whether something was asked for and is not answered."""
        return self._wanted is not None

    @property
    def is_warm(self) -> bool:
        """Whether the process has answered before, so that the next answer comes soon."""
        return self._is_warm

    @property
    def seconds_left(self) -> float:
        """After how long to look at what is `there`, although nothing is readable."""
        begun = self._wanted is None or self._begun >= self._wanted.number
        return max(0.0, (self._deadline if begun else min(self._deadline, self._patience)) - _clock())

    def fileno(self) -> int:
        """What is readable once something may be `there`."""
        assert self._process is not None, "something was asked for"
        return self._process.connection.fileno()

    def close(self) -> None:
        """End the process and all that it started."""
        self._end()

    def _wait(self) -> ExerciseReport:
        while True:
            report = self.there()
            if report is not None:
                return report
            wait([self.fileno()], self.seconds_left)

    def _result(self, said: Checked | CannotCheck, wanted: Request) -> ExerciseReport:
        self._wanted = None
        self._is_warm = True
        if isinstance(said, Checked):
            return said.report.for_student(wanted.course.reveal)
        if not isinstance(said.error, CourseError | UsageError):
            self._end()  # the far side does not work there any more
        raise said.error

    def _send(self) -> None:
        """Send what is wanted, once what was sent before is taken: nobody waits until there is room."""
        if self._wanted is not None and self._wanted.number > self._sent == self._begun:
            assert self._process is not None, "it was started"
            self._process.send(self._wanted)
            self._sent = self._wanted.number

    def _begin_again(self, wanted: Request) -> None:
        """Give up a process that does not listen."""
        self._end()
        self._wanted = wanted
        self._start()
        self._patience = self._deadline
        self._send()

    def _start(self) -> None:
        if self._process is not None and self._process.has_ended():
            wanted = self._wanted
            self._end()
            self._wanted = wanted
        if self._process is None:
            self._is_warm = False
            self._sent = self._begun = 0
            self._process = _Process()
            self._process.send(Warm(self._device))

    def _end(self) -> None:
        self._wanted = None
        if self._process is not None:
            process, self._process = self._process, None
            process.close()


class _Process:
    """The process, seen from above.

    Raises:
        GraderError: It cannot be started.
    """

    def __init__(self) -> None:
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        try:
            self._program = Program(_MODULE, "checker", output=self._said.fileno())
        except GraderError:
            self._said.close()
            raise
        self.connection = Connection(self._program.socket.detach())

    def has_ended(self) -> bool:
        return self._program.process.poll() is not None

    def send(self, message: object) -> None:
        """Send it; where nobody takes it, `receive` will say so."""
        with suppress(OSError):
            self.connection.send(message)

    def has_said(self) -> bool:
        """Whether something is there to be received, its end included."""
        return self.connection.poll()

    def receive(self) -> Begun | Checked | CannotCheck:
        """What it says next.

        Raises:
            EOFError, OSError: It has ended.
        """
        said: Begun | Checked | CannotCheck = self.connection.recv()
        return said

    def close(self) -> None:
        """End it: it ends by itself when nobody is there, and is made to where it does not listen."""
        self.connection.close()
        process = self._program.process
        for insist in (process.terminate, process.kill):
            insist()
            with suppress(subprocess.TimeoutExpired):
                process.wait(LEAVE_SECONDS)
                break
        process.wait()
        self._program.let_go()
        self._said.close()

    def how_it_ended(self) -> str:
        """A sentence with the last line that it wrote."""
        process = self._program.process
        with suppress(subprocess.TimeoutExpired):
            process.wait(LEAVE_SECONDS)  # its socket closes a moment before it has ended
        code = process.poll()
        how = f"by signal {-code}" if code is not None and code < 0 else f"with status {code}"
        self._said.seek(0)
        lines = self._said.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
        said = f" It said: {lines[-1].strip()}" if lines and code != 0 else ""
        return f"The process that checks your work ended {how}; check again.{said}"
