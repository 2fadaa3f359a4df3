"""Builders of small reports, and golden texts that `GOLDEN=write pytest` writes anew."""

import os
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.findings import Finding
from grader.report.class_counts import ClassCounts
from grader.report.class_report import ClassReport
from grader.report.model import Environment, ExerciseReport, RunReport, StudentReport, TestReport
from grader.verdicts import Blame, Isolation, Verdict, Visibility, worst

ENVIRONMENT = Environment(
    grader="0.1.0",
    python="3.12.4",
    torch="2.13.0",
    devices=("cpu",),
    isolation_level=Isolation.FULL,
    isolation=("process limits", "own session"),
    missing=(
        "namespaces: student code can use the network, and see other processes",
        "cgroup: no privileges",
    ),
)


def make_test(
    title: str = "Works on a batch of one",
    verdict: Verdict = Verdict.PASSED,
    *findings: Finding,
    points: float = 2,
    blame: Blame | None = None,
    visibility: Visibility = Visibility.VISIBLE,
    **fields: object,
) -> TestReport:
    passed = verdict is Verdict.PASSED
    return TestReport.model_validate(
        {
            "name": "test_" + "_".join(title.lower().split()),
            "title": title,
            "verdict": verdict,
            "blame": blame or (Blame.NOBODY if passed else Blame.STUDENT),
            "device": "cpu",
            "score": points if passed else 0,
            "max_score": points,
            "visibility": visibility,
            "findings": findings,
            "seconds": 0.25,
            "output": "",
        }
        | fields
    )


def make_exercise(name: str = "softmax", *tests: TestReport, **fields: object) -> ExerciseReport:
    return ExerciseReport.model_validate(
        {
            "name": name,
            "title": name.replace("_", " ").capitalize(),
            "verdict": worst(test.verdict for test in tests),
            "score": sum(test.score for test in tests),
            "max_score": sum(test.max_score for test in tests),
            "files": (f"{name}.py",),
            "notes": (),
            "findings": (),
            "tests": tests,
            "seconds": 1.5,
        }
        | fields
    )


def make_student(student: str = "ada", *exercises: ExerciseReport, **fields: object) -> StudentReport:
    return StudentReport.model_validate(
        {
            "student": student,
            "course": "Deep Learning",
            "score": sum(exercise.score for exercise in exercises),
            "max_score": sum(exercise.max_score for exercise in exercises),
            "exercises": exercises,
            "digest": "0" * 64,
            "environment": ENVIRONMENT,
        }
        | fields
    )


def make_run(*students: StudentReport) -> RunReport:
    return RunReport(
        course="Deep Learning",
        started="2026-11-20T09:00:00Z",
        seconds=12.5,
        environment=ENVIRONMENT,
        students=students,
        class_report=class_of(students),
    )


def class_of(students: Iterable[StudentReport]) -> ClassReport:
    counts = ClassCounts()
    for student in students:
        counts.add(student)
    return counts.report()


@pytest.fixture
def make() -> SimpleNamespace:
    return SimpleNamespace(test=make_test, exercise=make_exercise, student=make_student, run=make_run)


@pytest.fixture
def golden():
    """Compare a text with a file of `golden/`; with GOLDEN=write in the environment, write it."""

    def compare(name: str, text: str) -> None:
        path = Path(__file__).parent / "golden" / name
        if os.environ.get("GOLDEN") == "write":
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare
