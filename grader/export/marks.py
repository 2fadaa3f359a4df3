"""The one number that leaves for another system: a student's mark, and what it is out of.

In all it is the final mark, less penalties and as set by hand, where there is one, else
the points. Of one exercise likewise. A mark to which a fault of ours belongs is
marked as such, so that nobody gets a zero for it unseen.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from grader.errors import UsageError, suggestion
from grader.report.model import ExerciseReport, StudentReport
from grader.verdicts import Blame

_OURS = (Blame.EXERCISE, Blame.OPERATOR, Blame.GRADER)

_NUMBER = re.compile(r"(?:^|(?<!^anon)_)(\d+)$", re.ASCII)
"""The number that a platform gave a student, at the end of the id: `lovelaceada_1234`. Of Canvas's
`anon_1234` it is none that a gradebook knows."""


@dataclass(frozen=True)
class Mark:
    """What counts for one student.

    Attributes:
        student: The student's id, as the run has it; hostile text.
        score: What counts.
        most: The most that it could be.
        in_doubt: Whether a test that is worth points failed or did not run for no fault of the student's.
    """

    student: str
    score: float
    most: float
    in_doubt: bool = False

    @property
    def number(self) -> str | None:
        """The number that a platform gave the student, without zeros before it; None if there is none."""
        found = _NUMBER.search(self.student)
        return found[1].lstrip("0") or "0" if found else None

    @property
    def name(self) -> str:
        """The id without that number: what the platform made of the student's name."""
        return _NUMBER.sub("", self.student)

    def out_of(self, most: Decimal) -> "Mark":
        """The same mark where another number is full marks."""
        score = Decimal(repr(self.score)) * most / Decimal(repr(self.most)) if self.most else Decimal(0)
        return Mark(self.student, float(score), float(most), self.in_doubt)


def mark(report: StudentReport, exercise: str | None = None) -> Mark:
    """What counts for a student, in all or of one exercise.

    Raises:
        UsageError: The run has no such exercise.
    """
    if exercise is None:
        final, most = report.final, report.final_max
        doubt = any(map(_in_doubt, report.exercises))
        if final is None or most is None:
            return Mark(report.student, report.score, report.max_score, doubt)
        return Mark(report.student, final, most, doubt)
    found = {each.name: each for each in report.exercises}
    if exercise not in found:
        raise UsageError(f"This run has no exercise '{exercise}'.{suggestion(exercise, found)}")
    return Mark(
        report.student, counted(found[exercise]), found[exercise].max_score, _in_doubt(found[exercise])
    )


def marks(reports: Iterable[StudentReport], exercise: str | None = None) -> list[Mark]:
    """Everybody's mark, in the order of `reports`."""
    return [mark(report, exercise) for report in reports]


def counted(exercise: ExerciseReport) -> float:
    """What counts of an exercise: the final mark where there is one, else the points."""
    return exercise.score if exercise.final is None else exercise.final


def rounded(number: float) -> Decimal:
    """A number to two decimals, halves up, as a person would round what stands there."""
    return Decimal(repr(number)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _in_doubt(exercise: ExerciseReport) -> bool:
    if exercise.override is not None:  # a person has looked at it
        return False
    return any(test.max_score and not test.score and test.blame in _OURS for test in exercise.tests)
