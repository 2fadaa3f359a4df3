"""See to it that the newest work is what is judged, and what is said last.

A save during a check waits until the check is done, for that takes a moment; one
that takes longer (an endless loop, most likely the reason for the save) is dropped.
What was judged already is not judged again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course import Exercise
from grader.errors import GraderError
from grader.submission import Bundle

if TYPE_CHECKING:
    from grader.desk.checker import Checker
    from grader.report.model import ExerciseReport

LET_FINISH_SECONDS = 1.0
"""What is judged when newer work comes may go on so long: another process takes longer to get warm."""

START_SECONDS = 20.0
"""A process that is not warm yet is worth waiting for: another one would have to begin again."""


@dataclass(frozen=True)
class Work:
    """What a student has for an exercise at one moment, and what it is checked with.

    Attributes:
        exercise: The exercise, as the course's files say at this moment.
        path: Her file.
        bundle: What is in it.
        companions: The same of exercises that this one may be used with.
        tests: The visible tests.
    """

    exercise: Exercise
    path: Path
    bundle: Bundle
    companions: tuple[Bundle, ...] = ()
    tests: bytes = b""


@dataclass(frozen=True)
class Judged:
    """What came of some work.

    Attributes:
        work: The work.
        report: The report, unless there is none.
        problem: Why there is none, in one sentence.
        seconds: How long that took.
        at: When it was there.
    """

    work: Work
    report: ExerciseReport | None
    problem: str
    seconds: float
    at: datetime


class Latest:
    """The newest work, on its way through a checker.

    Args:
        checker: Judges it.
        seed: Draws other inputs; None draws the same ones each time.
        clock: Seconds, never running backwards.
    """

    def __init__(
        self, checker: Checker, seed: int | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._checker = checker
        self._seed = seed
        self._clock = clock
        self._asked: Work | None = None
        self._waiting: Work | None = None
        self._last: Work | None = None
        self._begun = 0.0
        self._patience = 0.0
        self._failed: Judged | None = None

    @property
    def newest(self) -> Work | None:
        """The newest work that is known, judged or not."""
        return self._waiting or self._asked or self._last

    @property
    def seconds(self) -> float | None:
        """How long the check that goes on has gone on; None if there is none."""
        return self._clock() - self._begun if self._asked is not None else None

    @property
    def is_starting(self) -> bool:
        """Whether a first answer is being waited for, which takes longer."""
        return self._asked is not None and not self._checker.is_warm

    def want(self, work: Work) -> None:
        """Have `work` judged, unless it is what was judged last or is being judged."""
        if work == self.newest:
            return
        if self._asked is None:
            self._ask(work)
        elif work == self._asked:
            self._waiting = None  # taken back
        else:
            self._waiting = work
            lets = LET_FINISH_SECONDS if self._checker.is_warm else START_SECONDS
            self._patience = self._clock() + lets

    def forget(self) -> None:
        """Have the next work judged although it is what was judged last."""
        self._last = self._waiting = None

    def due(self) -> float | None:
        """Seconds until `judged` must be called although no answer is there; None if that is never."""
        if self._failed is not None:
            return 0.0
        if self._asked is None:
            return None
        left = self._checker.seconds_left
        return left if self._waiting is None else min(left, max(0.0, self._patience - self._clock()))

    def judged(self, *, answered: bool) -> Judged | None:
        """What came of the newest work; None if nothing is known yet, or newer work is on its way.

        Args:
            answered: Whether the checker has an answer.
        """
        if self._failed is not None:
            failed, self._failed = self._failed, None
            return failed
        if self._asked is None:
            return None
        if not answered and self._checker.seconds_left > 0:
            if self._waiting is not None and self._clock() >= self._patience:
                self._ask(self._waiting)
            return None
        result = self._result(self._asked)
        self._asked = None
        if self._waiting is not None:
            self._ask(self._waiting)
            return None
        self._last = result.work
        return result

    def _ask(self, work: Work) -> None:
        self._asked, self._waiting = work, None
        self._begun = self._clock()
        try:
            self._checker.ask(work.exercise, work.bundle, work.companions, self._seed)
        except GraderError as error:
            self._asked, self._last = None, work
            self._failed = self._failure(work, error)

    def _result(self, work: Work) -> Judged:
        try:
            report = self._checker.answer()
        except GraderError as error:
            return self._failure(work, error)
        return Judged(work, report, "", self._clock() - self._begun, _now())

    def _failure(self, work: Work, error: GraderError) -> Judged:
        return Judged(work, None, str(error), self._clock() - self._begun, _now())


def _now() -> datetime:
    return datetime.now().astimezone()
