"""The class's roll: what its page shows of every student, kept while their reports pass one at a time.

Less than a kilobyte a student and the rest is let go, so that a class of any size
is written in little memory. What a student chose (the name) is kept as it is:
whoever shows it makes it inert.
"""

import heapq
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from sys import intern

from grader.findings import GraderFault, UnreadableFile
from grader.report.model import ExerciseReport, StudentReport
from grader.verdicts import Blame, Isolation, Verdict

SLOWEST = 10
"""Submissions whose time is told one by one."""

_OURS = (Blame.EXERCISE, Blame.OPERATOR, Blame.GRADER)

NOT_THEIRS = "Broke, and not by the student's fault"
LOWERED = "Ran below full isolation"
UNREAD = "Files that could not be read"
NOTED = "Notes on what was handed in"

ODD: Mapping[str, str] = {
    NOT_THEIRS: "These marks are not final: a test, the machine or the grader broke. The same command tries "
    "them again.",
    LOWERED: "Their code ran with less around it than a full sandbox; `grader doctor` says what is missing.",
    UNREAD: "Handed in, but not what it should be: empty, damaged, too large, a link, a folder.",
    Verdict.TIMED_OUT.capitalize(): "Code that did not come back in time.",
    Verdict.OUT_OF_MEMORY.capitalize(): "Code that wanted more memory than the limit.",
    Verdict.CRASHED.capitalize(): "The process under test ended, or what came from it made no sense.",
    Verdict.FORBIDDEN.capitalize(): "Something was used that the exercise is to be solved without.",
    Verdict.UNSTABLE.capitalize(): "The same inputs failed once and passed once.",
    NOTED: "What was left out or read otherwise than usual; each report says what.",
}
"""What may be odd about a submission and what that means, the gravest first."""


@dataclass(frozen=True, slots=True)
class Result:
    """One exercise of one student.

    Attributes:
        score: What counts: points, less penalties, or what a person set.
        verdict: Its verdict.
        changed: Whether anything but the tests made the score.
    """

    score: float
    verdict: Verdict
    changed: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One student.

    Attributes:
        student: The name; hostile text.
        total: The final mark, or the points.
        most: The most that it could be.
        seconds: Wall time that all exercises took.
        results: By exercise.
    """

    student: str
    total: float
    most: float
    seconds: float
    results: Mapping[str, Result]


@dataclass
class Roll:
    """The class so far.

    Attributes:
        entries: The students, in the order in which they came.
        maxima: The most points of each exercise, in the course's order.
        seconds: Wall time of each submission that was handed in, by exercise.
        slowest: Of the slowest submissions: seconds, the student's place, the exercise; a heap.
        odd: Who is odd in which way: places among the entries, and in what.
    """

    entries: list[Entry] = field(default_factory=list)
    maxima: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, "array[float]"] = field(default_factory=dict)
    slowest: list[tuple[float, int, str]] = field(default_factory=list)
    odd: dict[str, dict[int, tuple[str, ...]]] = field(default_factory=dict)

    def passing(self, students: Iterable[StudentReport]) -> Iterator[StudentReport]:
        """The same reports, each put down as it passes."""
        for report in students:
            self.add(report)
            yield report

    def add(self, report: StudentReport) -> None:
        """Put a student down, each one once."""
        place = len(self.entries)
        is_final = report.final is not None and report.final_max is not None
        self.entries.append(
            Entry(
                student=report.student,
                total=(report.final or 0) if is_final else report.score,
                most=(report.final_max or 0) if is_final else report.max_score,
                seconds=sum(exercise.seconds for exercise in report.exercises),
                results={intern(exercise.name): _result(exercise) for exercise in report.exercises},
            )
        )
        if report.environment.isolation_level is not Isolation.FULL:
            self._is_odd(LOWERED, place)
        if report.notes:
            self._is_odd(NOTED, place)
        for exercise in report.exercises:
            self._add(place, exercise)

    def _add(self, place: int, exercise: ExerciseReport) -> None:
        name = intern(exercise.name)
        self.maxima[name] = max(self.maxima.get(name, 0), exercise.max_score)
        for kind in _oddities(exercise):
            self._is_odd(kind, place, name)
        if exercise.verdict is Verdict.MISSING:
            return
        self.seconds.setdefault(name, array("d")).append(exercise.seconds)
        push = heapq.heappush if len(self.slowest) < SLOWEST else heapq.heappushpop
        push(self.slowest, (exercise.seconds, place, name))

    def _is_odd(self, kind: str, place: int, exercise: str = "") -> None:
        students = self.odd.setdefault(kind, {})
        students[place] = (*students.get(place, ()), *filter(None, (exercise,)))


def _result(exercise: ExerciseReport) -> Result:
    score = exercise.score if exercise.final is None else exercise.final
    return Result(score, exercise.verdict, changed=score != exercise.score)


def _oddities(exercise: ExerciseReport) -> Iterator[str]:
    """In which ways an exercise is odd, each once."""
    found = [*exercise.findings, *(finding for test in exercise.tests for finding in test.findings)]
    faults = any(isinstance(finding, GraderFault) for finding in found)
    if faults or any(test.blame in _OURS for test in exercise.tests):
        yield NOT_THEIRS
    if any(isinstance(finding, UnreadableFile) for finding in found):
        yield UNREAD
    if exercise.notes:
        yield NOTED
    # The gravest verdict would hide an unstable test behind one that timed out.
    verdicts = {exercise.verdict, *(test.verdict for test in exercise.tests)}
    yield from (kind for kind in ODD if kind.lower() in verdicts)
