"""The staff's own programs for an exercise, and what each must earn.

- `reference/<exercise>/solution.py` and `accepted/*.py`: full marks.
- the stub: nothing, with the kind message and nothing else.
- `null/*.py` (zeros, ones, the input, NaN...): no test that compares numbers.
- `mistakes/*.py`: all tests but those that it says it fails, and it is named as itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from grader.course import Course, Exercise
from grader.course.known import KnownMistake, known_mistakes
from grader.errors import CourseError
from grader.judge.staff import program_bundle, solution_bundle
from grader.report.model import ExerciseReport, TestReport
from grader.submission import Bundle
from grader.verdicts import Verdict

Judgement = Callable[[ExerciseReport], str | None]
"""None if a program earned what it must, else what is wrong, in one sentence."""


@dataclass(frozen=True)
class Program:
    """A program of the staff's, and what it must earn."""

    exercise: str
    what: str
    bundle: Bundle
    judgement: Judgement
    every_seed: bool = False
    companions: tuple[Bundle, ...] = ()


def programs(course: Course, exercise: Exercise) -> Iterator[Program]:
    """The programs of one exercise; its reference comes with those of its companions.

    Raises:
        CourseError: The reference or the stub is missing.
    """
    folder = _folder(exercise)
    companions = tuple(solution_bundle(course.exercise(name)) for name in exercise.companions)
    yield Program(exercise.name, "reference", solution_bundle(exercise), full_marks, True, companions)
    yield Program(exercise.name, "stub", _bundle(exercise, exercise.stub), kind_zero, True)
    for path in sorted((folder / "accepted").glob("*.py")):
        yield Program(exercise.name, f"accepted: {path.stem}", _bundle(exercise, path), full_marks)
    for path in sorted((folder / "null").glob("*.py")):
        yield Program(exercise.name, f"null answer: {path.stem}", _bundle(exercise, path), no_numbers)
    for mistake in known_mistakes(exercise):
        judgement = partial(named_as_itself, mistake)
        for variant, source in mistake.programs.items():
            what = f"mistake: {mistake.name}{f', {variant}' if variant else ''}"
            bundle = program_bundle(exercise.name, source)
            yield Program(exercise.name, what, bundle, judgement, False, companions)


def _folder(exercise: Exercise) -> Path:
    if exercise.reference is None:
        raise CourseError(f"{exercise.name} has no reference here. Run verify in the staff's course folder.")
    return exercise.reference


def _bundle(exercise: Exercise, path: Path) -> Bundle:
    """The program as if a student had handed it in."""
    try:
        return program_bundle(exercise.name, path.read_bytes())
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}.") from error


def full_marks(report: ExerciseReport) -> str | None:
    """Every test passes on every device that is there, and there are points to earn."""
    wrong = [test for test in report.tests if test.verdict not in (Verdict.PASSED, Verdict.NOT_RUN)]
    if report.findings or wrong:
        return f"earned {report.score:g} of {report.max_score:g}; {_first(report, wrong)}"
    if report.score != report.max_score or not report.max_score:
        return f"earned {report.score:g} of {report.max_score:g}, and not every test ran"
    return None


def kind_zero(report: ExerciseReport) -> str | None:
    """No points, and every test that ran says kindly that the stub is not filled in."""
    if report.score:
        return f"earned {report.score:g} of {report.max_score:g} without being filled in"
    unkind = [t for t in report.tests if t.verdict not in (Verdict.NOT_IMPLEMENTED, Verdict.NOT_RUN)]
    if report.findings or unkind:
        return f"does not end in the kind message; {_first(report, unkind)}"
    if not any(test.verdict is Verdict.NOT_IMPLEMENTED for test in report.tests):
        return "does not end in the kind message; no test ran"
    return None


def no_numbers(report: ExerciseReport) -> str | None:
    """No test that compares numbers passes."""
    passed = [test for test in report.tests if test.numeric and test.score > 0]
    if passed:
        names = ", ".join(test.name for test in passed)
        return f"passes {len(passed)} of the tests that compare numbers: {names}"
    return None


def named_as_itself(mistake: KnownMistake, report: ExerciseReport) -> str | None:
    """It fails the tests that it says it fails and no other, and it is recognised."""
    failed = {test.name for test in report.tests if test.verdict not in (Verdict.PASSED, Verdict.NOT_RUN)}
    passed = {test.name for test in report.tests if test.verdict is Verdict.PASSED} - failed
    if report.findings:
        return f"it could not be loaded: {report.findings[0].code}"
    if unexpected := sorted(failed - {*mistake.fails, *mistake.may_fail}):
        return f"also fails {', '.join(unexpected)}"
    if missing := sorted(set(mistake.fails) & passed):
        return f"passes {', '.join(missing)}, which it must fail"
    if unknown := sorted({*mistake.fails, *mistake.may_fail} - {test.name for test in report.tests}):
        return f"names {', '.join(unknown)}, which is no test of {report.name}"
    named = [each.name for each in report.mistakes]
    if named != [mistake.name]:
        return f"is named {' and '.join(named) or 'nothing'}"
    return None


def _first(report: ExerciseReport, tests: list[TestReport]) -> str:
    """Where to look first, for staff."""
    if report.findings:
        return f"it could not be loaded: {report.findings[0].code}"
    test = tests[0]
    codes = ", ".join(finding.code for finding in test.findings)
    return f"first {test.name} on {test.device}: {test.verdict} ({codes})"
