"""Check one exercise after another in a process of its own, where torch is warm.

The process runs `grader.desk.serving` below a lifeline, so that it ends with
whoever started it. It trusts this end and is trusted; student code runs on the
far side of the wall that it builds, as for marks. One thing is asked for at a
time. Who has other things to wait for asks with `ask`, waits until `fileno` is
readable, and takes the `answer`; `check` does it all.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
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


@dataclass(frozen=True)
class Warm:
    """What the process is for; the first message that it gets. Requests follow."""

    device: str


@dataclass(frozen=True)
class Request:
    """Something to check, in the course as it is now."""

    course: Course
    job: Job


@dataclass(frozen=True)
class CannotCheck:
    """Why there is no report."""

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
        self._reveal = course.reveal
        self._deadline = 0.0
        self._answered = False
        self._is_asked = False
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
        self.ask(exercise, bundle, companions, seed)
        return self.answer()

    def ask(
        self,
        exercise: Exercise,
        bundle: Bundle,
        companions: Sequence[Bundle] = (),
        seed: int | None = None,
    ) -> None:
        """Begin with a check, whose report `answer` gives; what was asked for before is dropped.

        Raises:
            GraderError: The course's files are not as they must be, or the process cannot be started.
        """
        self.drop()
        course = self._course.now()
        limits = course.exercise(exercise.name).limits
        process = self._start()
        self._reveal = course.reveal
        patience = 2 * (limits.exercise_seconds + limits.import_seconds) + GRACE_SECONDS
        self._deadline = _clock() + patience + (0 if self._answered else START_SECONDS)
        self._is_asked = True
        process.send(Request(course, own_job(exercise.name, bundle, companions, seed)))

    def answer(self) -> ExerciseReport:
        """The report of what was asked for; waits for it.

        Raises:
            GraderError: The tests cannot be run.
            KeyboardInterrupt: Ctrl-C. The process is ended.
        """
        assert self._process is not None, "something was asked for"
        try:
            said = self._process.receive(self._deadline)
        except BaseException:  # Ctrl-C too: what comes later would answer the wrong question
            self._end()
            raise
        self._is_asked = False
        self._answered = True
        if isinstance(said, CannotCheck):
            if not isinstance(said.error, CourseError | UsageError):
                self._end()  # the far side does not work there any more
            raise said.error
        return said.for_student(self._reveal)

    @property
    def is_asked(self) -> bool:
        """Whether something was asked for and is not answered."""
        return self._is_asked

    @property
    def is_warm(self) -> bool:
        """Whether the process has answered before, so that the next answer comes soon."""
        return self._answered

    @property
    def seconds_left(self) -> float:
        """How long `answer` may wait."""
        return max(0.0, self._deadline - _clock())

    def fileno(self) -> int:
        """What is readable once `answer` need not wait."""
        assert self._process is not None, "something was asked for"
        return self._process.connection.fileno()

    def drop(self) -> None:
        """Want nothing more of what was asked for and is not answered; a fresh process gets warm."""
        if self._is_asked:
            self._end()
            self._start()

    def close(self) -> None:
        """End the process and all that it started."""
        self._end()

    def _start(self) -> _Process:
        if self._process is not None and self._process.has_ended():
            self._end()
        if self._process is None:
            self._answered = False
            self._process = _Process()
            self._process.send(Warm(self._device))
        return self._process

    def _end(self) -> None:
        self._is_asked = False
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
        """Send it; where nobody takes it, `receive` says so."""
        with suppress(OSError):
            self.connection.send(message)

    def receive(self, deadline: float) -> ExerciseReport | CannotCheck:
        """What it says next.

        Raises:
            GraderError: It has ended, or says nothing until `deadline`.
        """
        seconds = max(0.0, deadline - _clock())
        try:
            if not self.connection.poll(seconds):
                raise GraderError(
                    "The process that checks your work gave no answer in time and was ended; check again."
                )
            said: ExerciseReport | CannotCheck = self.connection.recv()
        except (EOFError, OSError):
            raise GraderError(self._how_it_ended()) from None
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

    def _how_it_ended(self) -> str:
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
