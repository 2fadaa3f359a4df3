"""Ten students' reports, read cold: for each failing exercise the next step is there, and no wrong one.

The class is graded as a teaching assistant does it, and what the students read is
compared with what a person said of their code before the grader had seen it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.report.groups import grouped
from grader.report.model import ExerciseReport, StudentReport
from grader.report.terminal import as_text, student_view
from grader.verdicts import Verdict
from tests.cold.expectation import SUBMISSIONS, expectations

pytestmark = pytest.mark.slow

EXPECTED = expectations()

INTERNALS = re.compile(r"\btest_\w+|aten::|\bjudge\b|\bworker\b|\bpytest\b|reference/|tests/|/tmp|Traceback")
"""What a student has never heard of."""

GRADING_SECONDS = 900
"""The class takes a minute and a half on two cores; a busy machine may need several times as long."""


@pytest.fixture(scope="module")
def students(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, StudentReport]:
    """What each student may see."""
    out = tmp_path_factory.mktemp("cold") / "reports"
    grade = [str(Path(sys.executable).parent / "grader"), "grade", str(SUBMISSIONS), "--out", str(out)]
    done = subprocess.run(grade, capture_output=True, text=True, timeout=GRADING_SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return {
        path.parent.name: StudentReport.model_validate_json(path.read_bytes())
        for path in out.glob("students/*/student.json")
    }


def exercises(report: StudentReport) -> dict[str, ExerciseReport]:
    """The exercises of a report by name."""
    return {exercise.name: exercise for exercise in report.exercises}


def text_of(report: StudentReport, exercise: ExerciseReport) -> str:
    """What a student reads of one exercise, on one line."""
    alone = report.model_copy(update={"exercises": (exercise,)})
    return " ".join(as_text(student_view(alone)).split())


@pytest.mark.parametrize("expected", EXPECTED, ids=[" ".join(each.place) for each in EXPECTED])
def test_the_next_step_is_there(expected, students):
    report = students[expected.student]
    exercise = exercises(report)[expected.exercise]
    text = text_of(report, exercise)
    first = grouped(exercise)[0]
    assert first.finding is not None
    assert first.finding.code == expected.first, expected.wrong
    missing = [words for words in expected.says if words not in text]
    assert not missing, f"{missing} not said; it should lead to: {expected.next}\n{text}"
    misleading = [words for words in expected.never if words in text]
    assert not misleading, f"{misleading} said; it should lead to: {expected.next}\n{text}"
    assert {mistake.name for mistake in exercise.mistakes} == set(expected.mistakes), expected.wrong


def test_what_is_not_expected_to_fail_is_right(students):
    wrong = {expected.place for expected in EXPECTED}
    failed = {
        (student, exercise.name)
        for student, report in students.items()
        for exercise in report.exercises
        if exercise.verdict is not Verdict.PASSED
    }
    assert failed == wrong


def test_nobody_reads_what_only_the_staff_know(students):
    for report in students.values():
        for exercise in report.exercises:
            assert INTERNALS.findall(text_of(report, exercise)) == []
