"""A run as JUnit XML, which Jenkins, GitLab and others show: a suite for each student and exercise.

A test is a case by its title. What student code failed is a failure, what is no fault
of the student's an error, what was not run is skipped; what is wrong with the
file as a whole is a case of its own before the tests. Points have no place in
JUnit, so that they stand among the suite's properties.
"""

from collections.abc import Iterable, Iterator, Sequence

from grader.export.marks import counted
from grader.findings import Finding, GraderFault
from grader.report import telling
from grader.report.groups import OPEN
from grader.report.junit import Case, Outcome, Suite, document
from grader.report.model import ExerciseReport, MistakeReport, StudentReport, TestReport
from grader.report.numbers import count, points
from grader.report.plain import message_lines
from grader.report.safe import safe_lines, safe_text
from grader.report.text import Message, describe
from grader.verdicts import Blame, Verdict

HANDED_IN = "What was handed in"
"""The case that stands for the file as a whole."""

_OUTPUT_LINES = 40
"""Lines of printed output of a test: CI folds them, and has no other place for them."""


def junit(reports: Iterable[StudentReport]) -> bytes:
    """The document, in UTF-8.

    Args:
        reports: Of one student or of many, already redacted if students are to read it.
    """
    return document("grader", _suites(reports))


def _suites(reports: Iterable[StudentReport]) -> Iterator[Suite]:
    for report in reports:
        student = safe_text(report.student)
        for exercise in report.exercises:
            yield _suite(student, exercise)


def _suite(student: str, exercise: ExerciseReport) -> Suite:
    name = safe_text(exercise.name)
    known = {mistake.name: mistake for mistake in exercise.mistakes}
    classname = f"{student}.{name}"
    cases = [_as_a_whole(classname, exercise.findings)] if exercise.findings else []
    cases += [_case(classname, test, known) for test in exercise.tests]
    properties = {
        "student": student,
        "exercise": name,
        "verdict": str(exercise.verdict),
        "score": points(exercise.score),
        "max_score": points(exercise.max_score),
        "counts": points(counted(exercise)),
    }
    return Suite(f"{student}: {name}", cases, properties, exercise.seconds)


def _as_a_whole(classname: str, findings: Sequence[Finding]) -> Case:
    """The case of what is wrong before any test: without it all would be skipped and nothing failed."""
    ours = isinstance(findings[0], GraderFault)
    messages = [describe(finding) for finding in findings]
    return Case(
        classname,
        HANDED_IN,
        Outcome.ERROR if ours else Outcome.FAILURE,
        messages[0].code,
        messages[0].headline,
        _in_full(messages),
    )


def _case(classname: str, test: TestReport, known: dict[str, MistakeReport]) -> Case:
    messages = [describe(each, test.title, known.get(each.mistake or "")) for each in test.findings]
    passed = test.verdict is Verdict.PASSED
    return Case(
        classname,
        telling.title(test),
        _outcome(test),
        kind="" if passed else messages[0].code if messages else str(test.verdict),
        message="" if passed else messages[0].headline if messages else str(test.verdict),
        text=_in_full(messages),
        output="\n".join(safe_lines(test.output, _OUTPUT_LINES)),
        seconds=test.seconds,
    )


def _outcome(test: TestReport) -> Outcome:
    if test.verdict is Verdict.PASSED:
        return Outcome.PASSED
    if test.verdict is Verdict.NOT_RUN:
        return Outcome.SKIPPED
    return Outcome.FAILURE if test.blame in (Blame.STUDENT, Blame.NOBODY) else Outcome.ERROR


def _in_full(messages: Sequence[Message]) -> str:
    told = ["\n".join(message_lines(message)) for message in messages[:OPEN]]
    left = len(messages) - OPEN
    return "\n\n".join([*told, f"... and {count(left, 'more finding')}"] if left > 0 else told)
