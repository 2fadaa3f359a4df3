"""Marks that a person set by hand: `overrides.csv`, read and never written.

One row a student and exercise, with the mark and the reason. The file belongs
to the staff: nothing of ours rewrites it, so that it outlives every regrade.
A row that cannot be right is refused with its line; a student who is not in
the class, or a mark above the maximum, may be right and is only told.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.report.model import ExerciseReport, Override, StudentReport

OVERRIDES_FILE = "overrides.csv"
"""Its name in the folder of the reports."""


@dataclass(frozen=True)
class Overrides:
    """The marks that were set by hand.

    Attributes:
        marks: Each override by student and exercise, as written in the file.
        file: What messages call the file.
    """

    marks: Mapping[tuple[str, str], Override] = field(default_factory=dict)
    file: str = OVERRIDES_FILE

    def of(self, student: str, exercise: str) -> Override | None:
        """The override of one student's exercise, if there is one."""
        raise NotImplementedError

    def strangers(self, students: Collection[str]) -> list[str]:
        """A sentence for each student in the file who is not one of `students`."""
        raise NotImplementedError


def read_overrides(path: Path, exercises: Sequence[str], *, required: bool = True) -> Overrides:
    """The overrides in the CSV file at `path`.

    Args:
        path: The file.
        exercises: Names of all of the course's exercises, whether they are graded now or not.
        required: Whether the file must be there; if not, no file means no overrides.

    Raises:
        UsageError: It can't be read, or a row is not what it must be.
    """
    raise NotImplementedError


def overridden(report: ExerciseReport, override: Override | None) -> ExerciseReport:
    """`report` with the mark that a person set: it wins over tests and penalty."""
    raise NotImplementedError


def above_maximum(report: StudentReport) -> list[str]:
    """A sentence for each override that gives more than the exercise's points."""
    raise NotImplementedError
