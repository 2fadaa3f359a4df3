"""Counts what students have in common, while their reports pass one at a time.

Of each report a few numbers and names are kept and the rest is let go, so that a
class of any size is counted in little memory. What is counted is what the
reports say: the attempt that counts, results from the journal like new ones,
marks set by hand not at all.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from grader.findings import (
    ArgumentModified,
    BrokeProtocol,
    CheckFailed,
    Crashed,
    DeviceDiffers,
    DtypeDiffers,
    ExceptionRaised,
    Finding,
    ForbiddenUsed,
    GraderFault,
    LengthDiffers,
    MissingFile,
    NamesDiffer,
    NoGradient,
    NotFinite,
    NotImplementedYet,
    NotRun,
    ShapeDiffers,
    TimedOut,
    TypeDiffers,
    ValuesDiffer,
    WrongError,
    explains,
)
from grader.report.class_report import (
    CauseCount,
    ClassReport,
    FindingCount,
    MistakeCount,
    TestStatistics,
    Unexplained,
)
from grader.report.item_analysis import Item
from grader.report.model import ExerciseReport, StudentReport, TestReport
from grader.verdicts import Blame, Verdict, Visibility

_EXPLAINABLE = (Verdict.WRONG_ANSWER, Verdict.ERROR)
"""Verdicts behind which there may be a mistake that nobody has written yet; others say why themselves."""

_NOT_TAKEN = (Verdict.NOT_RUN, Verdict.MISSING, Verdict.NOT_IMPLEMENTED, Verdict.UNSTABLE)
"""Verdicts that tell nothing of a test: nothing was there to be tried, or it said one thing and another."""

_NOT_THERE = (NotRun, MissingFile, NotImplementedYet, GraderFault)
"""Findings that are about no work of a student's; the gradebook counts them by their verdicts."""

_SAYS_LITTLE = ("assertion",)
"""Kinds of exceptions that tell where code stopped and not why: a submission chose the condition itself."""

_LONGEST_CAUSE = 200
"""Characters of a cause: a class of an exception with a longer name is a trick."""

_Key = tuple[str, ...]


@dataclass
class _Found:
    """Who has findings of one code in one exercise, in all and by cause and relation."""

    students: list[str] = field(default_factory=list)
    causes: dict[tuple[str, str | None], list[str]] = field(default_factory=lambda: defaultdict(list))


class ClassCounts:
    """What is known of a class so far."""

    def __init__(self) -> None:
        self._students = 0
        self._handed_in: dict[str, int] = {}
        self._headlines: dict[_Key, str] = {}
        self._mistakes: dict[_Key, list[str]] = defaultdict(list)
        self._titles: dict[_Key, str] = {}
        self._items: dict[_Key, Item] = defaultdict(Item)
        self._unexplained: list[Unexplained] = []
        self._findings: dict[_Key, _Found] = defaultdict(_Found)

    def passing(self, students: Iterable[StudentReport]) -> Iterator[StudentReport]:
        """The same reports, counted as they pass."""
        for report in students:
            self.add(report)
            yield report

    def add(self, report: StudentReport) -> None:
        """Count a student, each one once."""
        self._students += 1
        for exercise in report.exercises:
            self._handed_in.setdefault(exercise.name, 0)
            self._count_tests(exercise)
            if exercise.verdict is not Verdict.MISSING:
                self._handed_in[exercise.name] += 1
                self._count_mistakes(report.student, exercise)
                self._count_findings(report.student, exercise)
                self._count_unexplained(report.student, exercise)

    # --- one exercise of one student ----------------------------------------------

    def _count_tests(self, exercise: ExerciseReport) -> None:
        own: dict[str, float] = defaultdict(float)
        for test in exercise.tests:
            own[test.name] += test.score
        for test in exercise.tests:
            if test.visibility is not Visibility.HIDDEN:
                continue
            key = tuple(map(sys.intern, (exercise.name, test.name, test.device)))
            self._titles.setdefault(key, test.title)
            item = self._items[key]
            if _was_taken(test):
                # The same test on another device is no other test: it would agree with itself.
                item.add(test.verdict is Verdict.PASSED, exercise.score - own[test.name])

    def _count_mistakes(self, student: str, exercise: ExerciseReport) -> None:
        for mistake in {each.name: each for each in exercise.mistakes}.values():
            key = exercise.name, mistake.name
            self._headlines.setdefault(key, mistake.headline)
            self._mistakes[key].append(student)

    def _count_findings(self, student: str, exercise: ExerciseReport) -> None:
        others = [
            finding
            for finding in _findings(exercise)
            if finding.mistake is None and not isinstance(finding, _NOT_THERE)
        ]
        for code in {finding.code for finding in others}:
            found = self._findings[exercise.name, code]
            found.students.append(student)
            for cause in {_cause(finding) for finding in others if finding.code == code}:
                found.causes[cause].append(student)

    def _count_unexplained(self, student: str, exercise: ExerciseReport) -> None:
        failed = [test for test in exercise.tests if _is_explainable(test)]
        if failed and not any(map(_is_explained, _findings(exercise))):
            first = next((finding.code for test in failed for finding in test.findings), None)
            tests = tuple(dict.fromkeys(sys.intern(test.name) for test in failed))
            self._unexplained.append(
                Unexplained(exercise=sys.intern(exercise.name), student=student, code=first, tests=tests)
            )

    # --- all of them --------------------------------------------------------------

    def report(self) -> ClassReport:
        """What has been counted."""
        places = {name: place for place, name in enumerate(self._handed_in)}
        return ClassReport(
            students=self._students,
            mistakes=tuple(
                sorted(self._mistake_counts(), key=lambda it: (-it.count, places[it.exercise], it.name))
            ),
            tests=tuple(sorted(self._test_statistics(), key=lambda it: places[it.exercise])),
            unexplained=tuple(sorted(self._unexplained, key=lambda it: (places[it.exercise], it.student))),
            findings=tuple(
                sorted(self._finding_counts(), key=lambda it: (-it.count, places[it.exercise], it.code))
            ),
        )

    def _mistake_counts(self) -> Iterator[MistakeCount]:
        for (exercise, name), students in self._mistakes.items():
            handed_in = self._handed_in[exercise]
            yield MistakeCount(
                exercise=exercise,
                name=name,
                headline=self._headlines[exercise, name],
                count=len(students),
                handed_in=handed_in,
                share=len(students) / handed_in,
                students=tuple(sorted(students)),
            )

    def _test_statistics(self) -> Iterator[TestStatistics]:
        for key, item in self._items.items():
            exercise, name, device = key
            yield TestStatistics(
                exercise=exercise,
                name=name,
                title=self._titles[key],
                device=device,
                taken=item.taken,
                passed=item.passed,
                difficulty=item.difficulty,
                discrimination=item.discrimination,
                passed_by=item.passed_by,
            )

    def _finding_counts(self) -> Iterator[FindingCount]:
        for (exercise, code), found in self._findings.items():
            handed_in = self._handed_in[exercise]
            causes = [
                CauseCount(
                    cause=cause, relation=relation, count=len(students), students=tuple(sorted(students))
                )
                for (cause, relation), students in found.causes.items()
            ]
            yield FindingCount(
                exercise=exercise,
                code=code,
                count=len(found.students),
                handed_in=handed_in,
                share=len(found.students) / handed_in,
                students=tuple(sorted(found.students)),
                causes=tuple(sorted(causes, key=lambda it: (-it.count, it.cause, it.relation or ""))),
            )


def _was_taken(test: TestReport) -> bool:
    return test.verdict not in _NOT_TAKEN and test.blame in (Blame.NOBODY, Blame.STUDENT)


def _is_explainable(test: TestReport) -> bool:
    return test.verdict in _EXPLAINABLE and test.blame is Blame.STUDENT


def _is_explained(finding: Finding) -> bool:
    """Whether a finding says more than that something is wrong: its mistake, a pattern, what was seen."""
    if isinstance(finding, ExceptionRaised) and finding.kind is not None and finding.kind not in _SAYS_LITTLE:
        return True
    seen = finding.trajectory is not None and explains(finding.trajectory)
    return seen or finding.mistake is not None or finding.relation is not None


def _findings(exercise: ExerciseReport) -> Iterator[Finding]:
    """What is wrong with a student's work: of the whole, and of the tests that failed by it."""
    yield from exercise.findings
    for test in exercise.tests:
        if test.verdict is not Verdict.PASSED and test.blame is Blame.STUDENT:
            yield from test.findings


def _cause(finding: Finding) -> tuple[str, str | None]:
    """What two findings of one code share across students, and what the wrong value is.

    Not `grader.findings.cause`: that one tells the lines of one student's code apart.
    """
    place = ""
    match finding:
        case ExceptionRaised():
            place = " ".join(filter(None, (finding.type, finding.kind)))
        case WrongError():
            place = finding.type
        case ForbiddenUsed():
            place = ", ".join(sorted(finding.what))
        case TypeDiffers():
            place = " ".join(filter(None, (finding.leaf, finding.yours)))
        case CheckFailed():
            place = finding.statement
        case NoGradient() | ArgumentModified():
            place = finding.argument
        case TimedOut() | BrokeProtocol():
            place = finding.what
        case Crashed():
            place = finding.how
        case (
            ValuesDiffer()
            | NotFinite()
            | ShapeDiffers()
            | DtypeDiffers()
            | DeviceDiffers()
            | LengthDiffers()
            | NamesDiffer()
        ):
            place = finding.leaf
    return place[:_LONGEST_CAUSE], finding.relation.kind if finding.relation else None
