"""Gradescope: one student's report as `results.json`.

One entry for each test, numbered by exercise and test, with the exercise as its tag; an
entry of its own for what is wrong with a submission as a whole. The total is the
mark that counts, so that dates and marks set by hand have their say. Outputs are
plain text, which Gradescope sets as it is: neither markup nor terminal codes mean anything there.

What students read comes from their view of the report. The staff's view may stand
behind it only in tests that Gradescope hides from students.
"""

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from grader.export.marks import mark
from grader.report.groups import Group, grouped
from grader.report.isolation import lowered_for_student
from grader.report.model import ExerciseReport, StudentReport, TestReport
from grader.report.reckoning import of_exercise, of_student
from grader.report.safe import safe_lines, safe_text
from grader.report.telling import asides, not_run, noted, score, tally, title
from grader.report.terminal import as_text, message_view
from grader.report.text import describe
from grader.verdicts import Verdict, Visibility

SCHEMA_VERSION = 1
"""Version of what stands in `extra_data`."""

_OUTPUT_LINES = 8
"""Lines of printed output of a failing test: as many as in other reports."""


class Shown(StrEnum):
    """When students see hidden tests, in Gradescope's words."""

    VISIBLE = "visible"
    AFTER_DUE_DATE = "after_due_date"
    AFTER_PUBLISHED = "after_published"
    HIDDEN = "hidden"


def results(report: StudentReport, hidden_tests: Shown = Shown.VISIBLE) -> dict[str, Any]:
    """What stands in `results.json`.

    Args:
        report: The student's view, or the staff's.
        hidden_tests: When students see the entries of hidden tests; never, if it is the staff's view.
    """
    if report.view == "staff":
        hidden_tests = Shown.HIDDEN
    digits = len(str(len(report.exercises)))  # 01.2: the same order whether numbers are sorted or texts
    tests = [
        entry
        for place, exercise in enumerate(report.exercises, 1)
        for entry in _entries(exercise, f"{place:0{digits}}", hidden_tests, staff=report.view == "staff")
    ]
    whole = mark(report)
    return {
        "score": round(whole.score, 4),
        "execution_time": round(sum(exercise.seconds for exercise in report.exercises), 3),
        "output": "\n".join(_front(report)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": _extra(report) | {"full_marks": round(whole.most, 4)},
    }


def nothing(sentence: str) -> dict[str, Any]:
    """What stands there if nothing could be judged: a total of zero, and why."""
    return {
        "score": 0,
        "execution_time": 0,
        "output": safe_text(sentence, 2000),
        "output_format": "text",
        "stdout_visibility": "hidden",
        "tests": [],
        "extra_data": {"schema_version": SCHEMA_VERSION},
    }


def as_bytes(results: Mapping[str, Any]) -> bytes:
    """`results.json`: ASCII, so that no character of a student's can act anywhere."""
    return json.dumps(results, ensure_ascii=True, allow_nan=False, indent=1).encode("ascii") + b"\n"


# --- the whole submission ----------------------------------------------------------


def _front(report: StudentReport) -> Iterator[str]:
    """What stands above the tests; Gradescope shows it to the student whatever the tests' visibility."""
    yield f"{safe_text(report.course)}: {score(report)}"
    yield from (f"{label}: {said}" for label, said in of_student(report))
    if told := lowered_for_student(report.environment):
        yield told
    yield from noted(report.notes)
    for exercise in report.exercises:
        said = ", ".join(filter(None, [str(exercise.verdict), score(exercise)]))
        yield ""
        yield f"{safe_text(exercise.name)}: {said}; {tally(exercise)}"
        yield from (f"  {label}: {said}" for label, said in of_exercise(exercise))
        yield from (f"  {note}" for note in noted(exercise.notes))


def _extra(report: StudentReport) -> dict[str, Any]:
    """What comes back with the next submission, and tells which bytes were judged by what."""
    return {
        "schema_version": SCHEMA_VERSION,
        "digest": report.digest,
        "exercises": {safe_text(exercise.name): exercise.digest for exercise in report.exercises},
        "grader": report.environment.grader,
        "isolation": str(report.environment.isolation_level),
        # Without their particulars, such as 'landlock (ABI 7)'.
        "layers": [layer.partition(" (")[0] for layer in report.environment.isolation],
    }


# --- tests ---------------------------------------------------------------------------


def _entries(exercise: ExerciseReport, place: str, hidden: Shown, *, staff: bool) -> Iterator[dict[str, Any]]:
    """The entries of an exercise: one on the whole of it if there is something to say, one for each test."""
    groups = grouped(exercise)
    digits = len(str(len(exercise.tests)))
    if whole := [group for group in groups if group.of_exercise]:
        yield {
            "name": f"{_named(exercise)}: what was handed in",
            "number": f"{place}.{0:0{digits}}",
            "status": "failed",
            "output": "\n".join(_message(group) for group in whole),
            "tags": [safe_text(exercise.name)],
            "visibility": str(hidden if staff else Shown.VISIBLE),
        }
    numbers = {id(test): f"{place}.{n:0{digits}}" for n, test in enumerate(exercise.tests, 1)}
    for test in exercise.tests:
        is_hidden = staff or test.visibility is Visibility.HIDDEN
        earned = test.verdict is Verdict.PASSED or bool(test.max_score and test.score == test.max_score)
        yield {
            "name": f"{_named(exercise)}: {title(test)}",
            "number": numbers[id(test)],
            **({"score": test.score, "max_score": test.max_score} if test.max_score else {}),
            "status": "passed" if earned else "failed",
            "output": _output(test, groups, numbers),
            "tags": [safe_text(exercise.name)],
            "visibility": str(hidden if is_hidden else Shown.VISIBLE),
        }


def _named(exercise: ExerciseReport) -> str:
    return safe_text(exercise.title or exercise.name)


def _output(test: TestReport, groups: list[Group], numbers: Mapping[int, str]) -> str:
    """What is said of a test: its findings, or under which test they stand; nothing if it passed."""
    if test.verdict is Verdict.PASSED:
        return ""
    aside = asides(test)
    parts = [f"{test.verdict}{f' ({aside})' if aside else ''}"]
    for group in groups:
        if not any(test is each for each in group.tests) or group.finding is None:
            continue
        if group.of_exercise:
            parts.append("What was handed in is wrong as a whole: see the first entry of this exercise.")
        elif group.only_counted:
            parts.append(not_run(Group(group.finding, [test])))
        elif group.leader is test:
            parts.append(_message(group))
        else:
            assert group.leader is not None
            parts.append(f"Fails the same way as test {numbers[id(group.leader)]}, '{title(group.leader)}'.")
    if test.output and len(parts) > 1:
        printed = safe_lines(test.output, _OUTPUT_LINES)
        parts.append("\n".join(["printed", *(f"  {line}" for line in printed)]))
    return "\n\n".join(parts)


def _message(group: Group) -> str:
    assert group.finding is not None
    about = group.leader.title if group.leader is not None else None
    return as_text(message_view(describe(group.finding, about, group.mistake))).rstrip("\n")
