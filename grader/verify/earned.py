"""What each kind of the staff's programs must earn, as functions of a report.

Each is given what came of one exercise, and answers with None where that is what
it must be, else with one sentence that says what is wrong. Nothing is run here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.course.known import KnownMistake
from grader.findings import SyntaxProblem
from grader.report.model import ExerciseReport, TestReport
from grader.verdicts import Verdict

Judgement = Callable[[ExerciseReport], str | None]
"""None if a program earned what it must, else what is wrong, in one sentence."""


RIGHT = (Verdict.PASSED, Verdict.NOT_RUN, Verdict.TOO_MUCH_WORK)
"""Verdicts of tests that a right program may have: an accepted one may have loops that cost it points."""


def full_marks(report: ExerciseReport) -> str | None:
    """Every test passes on every device that is there, but for those of its work, and there are points."""
    wrong = [test for test in report.tests if test.verdict not in RIGHT]
    earned = f"earned {report.score:g} of {report.max_score:g}"
    if report.findings or wrong:
        return f"{earned}; {_first(report, wrong)}"
    missed = [test for test in report.tests if test.verdict is Verdict.NOT_RUN and test.max_score]
    return f"{earned}, and not every test ran" if missed or not report.max_score else None


def of_reference(measured: Sequence[str], report: ExerciseReport) -> str | None:
    """Full marks, and its work was counted and is what `growth.py` says that it is.

    Args:
        measured: The entry points whose work `exercise.toml` has counted.
        report: What came of the reference.
    """
    if (wrong := full_marks(report)) is not None:
        return wrong
    for test in report.tests:
        if test.verdict is Verdict.TOO_MUCH_WORK:
            return f"is told that it does too much work: {test.title}"
    for told in report.efficiency:
        return f"is told that {told.entry_point} does too much work: {told.operators} operators"
    for name in measured:
        if name not in report.counted:
            return f"gets no right answer in time for {name} from a call of growth.py"
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


def nothing_is_due(report: ExerciseReport) -> str | None:
    """Others look at what came of it."""
    return None


def line_of(report: ExerciseReport, file: str) -> int | None:
    """The line of a program that broke first, where it broke and did not merely answer wrongly.

    Args:
        report: What came of the program.
        file: What its file is called where it was judged.
    """
    findings = [*report.findings, *(finding for test in report.tests for finding in test.findings)]
    for finding in findings:
        frames = (finding.frame,) if isinstance(finding, SyntaxProblem) else getattr(finding, "frames", ())
        if own := [frame.line for frame in frames if frame.file == file]:
            return int(own[-1])
    return None


def _first(report: ExerciseReport, tests: list[TestReport]) -> str:
    """Where to look first, for staff."""
    if report.findings:
        return f"it could not be loaded: {report.findings[0].code}"
    test = tests[0]
    codes = ", ".join(finding.code for finding in test.findings)
    return f"first {test.name} on {test.device}: {test.verdict} ({codes})"
