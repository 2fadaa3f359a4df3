"""What a run keeps of every student until its end: a row of the gradebook, and what is to be said.

A few hundred bytes a student, so that a class of any size fits into memory;
whole reports are on the disk. Says at the end what nobody should overlook.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.batch.keys import holds
from grader.course import Course
from grader.marks import strangers, told_undated, undated
from grader.marks.overrides import Overrides, above_maximum
from grader.report.changes import StudentChange
from grader.report.gradebook import Row, row
from grader.report.isolation import lowered
from grader.report.model import Environment, StudentReport
from grader.report.numbers import count
from grader.verdicts import Isolation


@dataclass(frozen=True)
class Entry:
    """What is kept of a student.

    Attributes:
        row: The row of the gradebook.
        change: What is not as it was in the run before; None if nothing.
        broken: Exercises in which something broke on our side.
        undated: Whether something may have been late, but nobody knows when it was handed in.
        above: A sentence for each mark set by hand that is above the maximum.
    """

    row: Row
    change: StudentChange | None
    broken: tuple[str, ...]
    undated: bool
    above: tuple[str, ...]


@dataclass
class Book:
    """The students of a run who are done.

    Attributes:
        course: The course.
        overrides: Marks set by hand.
        environment: What the worst walled-off of them was judged on.
        gone: What the run before said of students who are no longer there.
        notes: What lay beside the submissions.
        seconds: Wall time of the run.
        unpressed: Why no notebook comes back with feedback in it; '' where they do.
    """

    course: Course
    overrides: Overrides = field(default_factory=Overrides)
    environment: Environment | None = None
    gone: list[StudentChange] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    unpressed: str = ""
    _entries: dict[str, Entry] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, report: StudentReport, change: StudentChange | None) -> None:
        """A student is done, perhaps once more."""
        self._entries[report.student] = Entry(
            row=row(report),
            change=change,
            broken=tuple(_broken(report)),
            undated=bool(undated(report, self.course.policy)),
            above=tuple(above_maximum(report)),
        )
        self.environment = _worse(self.environment, report.environment)

    @property
    def students(self) -> list[str]:
        """Who is done, sorted."""
        return sorted(self._entries)

    @property
    def rows(self) -> list[Row]:
        """The gradebook, sorted by student."""
        return [self._entries[student].row for student in self.students]

    @property
    def changes(self) -> tuple[StudentChange, ...]:
        """Who does not stand where they stood, sorted by student; those who are gone last."""
        found = (self._entries[student].change for student in self.students)
        return (*(change for change in found if change is not None), *self.gone)

    @property
    def warnings(self) -> Iterator[str]:
        """What nobody should overlook, a sentence or two each."""
        entries, students = self._entries.values(), self._entries.keys()
        if self.environment is not None and (told := lowered(self.environment)):
            yield told
        if told := self._not_final():
            yield told
        if self.unpressed:
            yield f"No notebook comes back with feedback in it: {self.unpressed}"
        if told := told_undated(sum(entry.undated for entry in entries)):
            yield told
        yield from (told for student in self.students for told in self._entries[student].above)
        yield from self.overrides.strangers(students)
        yield from strangers(self.course.policy, students)

    def _not_final(self) -> str:
        broken = [entry.broken for entry in self._entries.values() if entry.broken]
        if not broken:
            return ""
        names = sorted({name for each in broken for name in each})
        return (
            f"Marks of {count(len(broken), 'student')} are not final, because something broke that is not "
            f"theirs, in {', '.join(names)}; report.json says what, `grader verify` tries the course itself, "
            "and the same command judges these again."
        )


def _broken(report: StudentReport) -> Iterator[str]:
    """Exercises in which something broke that is not the student's fault, and that no person has settled."""
    for exercise in report.exercises:
        if exercise.override is None and not holds(exercise):
            yield exercise.name


def _worse(one: Environment | None, other: Environment) -> Environment:
    levels = list(Isolation)
    if one is None or levels.index(other.isolation_level) > levels.index(one.isolation_level):
        return other
    return one
