"""How much time student code has left: for one load or call, for a test, for the exercise.

Only time that is spent on the far side counts, so what the judge computes in
between costs nobody anything. Loading belongs to no test: it has a clock of its
own, and the exercise's.
"""

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from grader.course.manifest import Limits

Clock = Literal["import", "call", "test", "exercise"]


class Clocks:
    """The clocks of one session.

    Args:
        limits: What they start from.
    """

    def __init__(self, limits: "Limits"):
        self._limits = limits
        self._test = limits.test_seconds
        self._exercise = limits.exercise_seconds

    @property
    def exercise_left(self) -> float:
        """Seconds left of the exercise's limit, at least 0."""
        return max(self._exercise, 0.0)

    def begin_test(self) -> None:
        """A test has all its time."""
        self._test = self._limits.test_seconds

    def each(self, *, loading: bool) -> tuple[Clock, float]:
        """The clock of one request, and its seconds."""
        limits = self._limits
        return ("import", limits.import_seconds) if loading else ("call", limits.call_seconds)

    def together(self, *, loading: bool) -> tuple[float, Clock, float]:
        """How long requests may take together, which clock says so, and that clock's limit."""
        limits = self._limits
        exercise: tuple[float, Clock, float] = (self._exercise, "exercise", limits.exercise_seconds)
        return exercise if loading else min(exercise, (self._test, "test", limits.test_seconds))

    def spend(self, seconds: float, *, loading: bool) -> None:
        """So much time has passed on the far side."""
        self._exercise -= seconds
        if not loading:
            self._test -= seconds
