"""Same cause, one finding: what is shown in full, what is folded, what is only counted.

Grouping follows `grader.findings.Causes`. Tests that failed without a finding (a
course may show verdicts alone) make one group, in the report's order. Nothing
is lost: each failing test is in a group.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.findings import Causes, Finding, NotRun
from grader.report.model import ExerciseReport, MistakeReport, TestReport
from grader.verdicts import Verdict

OPEN = 3
"""Findings of an exercise that are shown in full: a person mends one thing at a time. Of one
test, those with the same code (part after part of one result) count as one."""


@dataclass
class Group:
    """Tests that fail for one reason.

    Attributes:
        finding: The first finding of that cause; None if only a verdict is known.
        tests: The tests that have it, in the report's order; the first one led
            to `finding`, unless `of_exercise`.
        of_exercise: Whether `finding` is about the exercise as a whole.
        mistake: The known mistake behind it, if one was recognised.
    """

    finding: Finding | None
    tests: list[TestReport] = field(default_factory=list)
    of_exercise: bool = False
    mistake: MistakeReport | None = None

    @property
    def leader(self) -> TestReport | None:
        """The test under which the finding is shown; None if it is about the whole exercise."""
        return None if self.of_exercise else self.tests[0]

    @property
    def others(self) -> list[TestReport]:
        """The tests that fail the same way as the leader."""
        return self.tests if self.of_exercise else self.tests[1:]

    @property
    def only_counted(self) -> bool:
        """Whether one line says all: tests that did not run, and bare verdicts."""
        return self.finding is None or (isinstance(self.finding, NotRun) and not self.of_exercise)


def grouped(exercise: ExerciseReport) -> list[Group]:
    """The findings of `exercise` by cause, in the order in which they first appear."""
    groups: dict[tuple[object, ...], Group] = {}
    mistakes = {mistake.name: mistake for mistake in exercise.mistakes}
    failed = [test for test in exercise.tests if test.verdict is not Verdict.PASSED]
    causes = Causes([*exercise.findings, *(finding for test in failed for finding in test.findings)])
    for finding in exercise.findings:
        groups.setdefault(causes.of(finding), Group(finding, of_exercise=True))
    for test in failed:
        for key, first in _of_test(test, causes):
            known = mistakes.get(first.mistake or "") if first is not None else None
            group = groups.setdefault(key, Group(first, mistake=known))
            if not (group.tests and group.tests[-1] is test):
                group.tests.append(test)
    return list(groups.values())


def _of_test(test: TestReport, causes: Causes) -> Iterator[tuple[tuple[object, ...], Finding | None]]:
    for finding in test.findings:
        yield causes.of(finding), finding
    if not test.findings:
        yield ("no finding",), None


def split(groups: list[Group]) -> tuple[list[Group], list[Group], list[Group]]:
    """The groups to show in full, to fold to a line each, and to count."""
    counted = [group for group in groups if group.only_counted]
    opened: list[Group] = []
    folded: list[Group] = []
    for group in groups:
        if not group.only_counted:
            full = len(opened) == OPEN or any(_alike(group, other) for other in opened)
            (folded if full else opened).append(group)
    return opened, folded, counted


def _alike(one: Group, other: Group) -> bool:
    # The parts of one result that are wrong in the same way, such as every weight of a model.
    assert one.finding is not None
    assert other.finding is not None
    return one.leader is not None and one.leader is other.leader and one.finding.code == other.finding.code
