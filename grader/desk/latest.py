"""Work as it is at one moment, and what came of the newest.

What is judged already is not judged again, and what was saved meanwhile takes the
place of what is being judged.
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
        self._last: Work | None = None
        self._begun = 0.0
        self._failed: Judged | None = None

    @property
    def newest(self) -> Work | None:
        """The newest work that is known, judged or not."""
        return self._asked or self._last

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
        self._asked, self._failed = work, None
        self._begun = self._clock()
        try:
            self._checker.ask(work.exercise, work.bundle, work.companions, self._seed)
        except GraderError as error:
            self._failed = self._result(work, None, str(error))

    def forget(self) -> None:
        """Have the next work judged although it is what was judged last."""
        self._last = None

    def due(self) -> float | None:
        """Seconds until `judged` must be called although nothing is readable; None if that is never."""
        if self._asked is None:
            return None
        return 0.0 if self._failed is not None else self._checker.seconds_left

    def judged(self) -> Judged | None:
        """What came of the newest work, once; None if that is not known yet."""
        if self._asked is None:
            return None
        result = self._failed or self._answer(self._asked)
        if result is not None:
            self._last, self._asked, self._failed = result.work, None, None
        return result

    def _answer(self, work: Work) -> Judged | None:
        try:
            report = self._checker.there()
        except GraderError as error:
            return self._result(work, None, str(error))
        return self._result(work, report) if report is not None else None

    def _result(self, work: Work, report: ExerciseReport | None, problem: str = "") -> Judged:
        at = datetime.now().astimezone()
        return Judged(work, report, problem, self._clock() - self._begun, at)
