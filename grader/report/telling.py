"""What every page says of an exercise in sentences of its own, whatever it is laid out with.

How many tests passed, which tests a finding is about, findings that got one
line, tests that did not run. Every string is inert (see `safe`): a renderer
escapes it for its own sink, and adds nothing but layout.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from grader.findings import NotRun
from grader.report.groups import Group
from grader.report.model import Environment, ExerciseReport, StudentReport, TestReport
from grader.report.numbers import count, points
from grader.report.safe import safe_text
from grader.report.text import describe
from grader.verdicts import Blame, Verdict, Visibility

_TITLES = 4
"""Titles of tests that fail the same way before the rest is only counted."""

_NOTES = 8
"""Notes on what was handed in before the rest is only counted."""

_FOLDED = 10
"""Findings that get one line each before the rest is only counted."""


@dataclass(frozen=True)
class Line:
    """A line on findings that are not shown in full.

    Attributes:
        code: Their code; '' where their number is all that is said.
        said: What is said, in words.
    """

    code: str
    said: str


def score(part: StudentReport | ExerciseReport | TestReport) -> str:
    """`2 of 3 points`, or nothing where there are none to be had."""
    return f"{points(part.score)} of {count_points(part.max_score)}" if part.max_score else ""


def ran_on(environment: Environment) -> str:
    """`grader 0.1.0, Python 3.12.4, torch 2.13.0, on cpu`."""
    devices = ", ".join(environment.devices) or "no device"
    versions = f"grader {environment.grader}, Python {environment.python}, torch {environment.torch}"
    return safe_text(f"{versions}, on {devices}")


def count_points(score: float) -> str:
    """`1 point`, `1.5 points`."""
    return f"{points(score)} {'point' if score == 1 else 'points'}"


def title(test: TestReport) -> str:
    """A test's title, and its device where that is not the CPU."""
    return safe_text(test.title) + ("" if test.device == "cpu" else f" (on {safe_text(test.device)})")


def titles(tests: Sequence[TestReport], limit: int = _TITLES) -> str:
    """The titles of several tests; beyond `limit` only their number."""
    shown = "; ".join(f"'{title(test)}'" for test in tests[:limit])
    left = len(tests) - limit
    return f"{shown} and {left:,} more" if left > 0 else shown


def asides(test: TestReport, *, staff: bool = False) -> str:
    """What to know of a test beside its title: that it is hidden, or that its failure is not her fault."""
    said = ["hidden"] if test.visibility is Visibility.HIDDEN else []
    said += [] if staff or test.blame in (Blame.NOBODY, Blame.STUDENT) else ["not your fault"]
    return ", ".join(said)


def tally(exercise: ExerciseReport) -> str:
    """How many of an exercise's tests passed."""
    total = len(exercise.tests)
    if not total:
        return "no tests"
    passed = len(passed_tests(exercise))
    if passed == total:
        return "the one test passed" if total == 1 else f"all {total} tests passed"
    if did_not_load(exercise):
        return f"not run: {count(total, 'test')}"
    return f"{passed} of {count(total, 'test')} passed"


def passed_tests(exercise: ExerciseReport) -> list[TestReport]:
    """The tests that passed, in order."""
    return [test for test in exercise.tests if test.verdict is Verdict.PASSED]


def did_not_load(exercise: ExerciseReport) -> bool:
    """Whether the exercise's own findings say already why no test ran."""
    reasons = {f.reason if isinstance(f, NotRun) else "" for test in exercise.tests for f in test.findings}
    return bool(exercise.findings) and reasons == {"did-not-load"}


def noted(notes: Sequence[str]) -> list[str]:
    """Notes, and how many more there are beyond a budget."""
    lines = [f"note: {safe_text(note)}" for note in notes[:_NOTES]]
    left = len(notes) - _NOTES
    return [*lines, f"... and {count(left, 'more note')}"] if left > 0 else lines


def others(group: Group) -> str:
    """Which further tests fail as the one whose finding is shown; '' if none does."""
    if not group.others:
        return ""
    fail = "fails" if len(group.others) == 1 else "fail"
    return f"And {count(len(group.others), 'more test')} {fail} the same way: {titles(group.others)}."


def folded(groups: Sequence[Group]) -> list[Line]:
    """A line for each finding that is not shown in full, and one that counts the rest."""
    alike = [list(same) for _, same in groupby(groups, key=_of_one_result)]
    lines = [_folded(same[0], len(same) - 1) for same in alike[:_FOLDED]]
    left = sum(map(len, alike[_FOLDED:]))
    return [*lines, Line("", count(left, "more finding"))] if left else lines


def not_run(group: Group) -> str:
    """How many tests did not run, why, and what helps."""
    assert group.finding is not None
    message = describe(group.finding)
    because = message.headline.removeprefix("Not run: ")
    worth = sum(test.max_score for test in group.tests)
    lost = f" ({count_points(worth)})" if worth else ""
    told = f"{count(len(group.tests), 'test')} did not run{lost}: {because}"
    helps = not message.next_step.startswith("Nothing to do")
    return f"{told} {message.next_step}" if helps else told


def _of_one_result(group: Group) -> tuple[int, str]:
    assert group.finding is not None
    return (id(group.leader or group), group.finding.code)


def _folded(group: Group, alike: int) -> Line:
    assert group.finding is not None
    message = describe(group.finding, group.tests[0].title if group.tests else None, group.mistake)
    likewise = f" Likewise {count(alike, 'more part')} of that result." if alike else ""
    tests = f" ({titles(group.tests, 1)})" if group.tests else ""
    return Line(message.code, f"{message.headline}{likewise}{tests}")
