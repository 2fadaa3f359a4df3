"""Fixtures that the tests of several chapters need: a tiny course and a judge for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from grader.course import Course
from grader.judge.job import Job, Manner
from grader.report.model import ExerciseReport
from grader.student.conditions import USUAL, Conditions
from grader.verdicts import Visibility
from tests.grader.tiny import bundle_of, make_course


@pytest.fixture(scope="session")
def tiny_course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The tiny course, unchanged."""
    return make_course(tmp_path_factory.mktemp("course"))


Judge = Callable[..., ExerciseReport]


@pytest.fixture(scope="session")
def zygote() -> Iterator[object]:
    """One far side for the whole session."""
    from grader.student.launch import Zygote

    with Zygote() as running:
        yield running


@pytest.fixture(scope="session")
def staff_zygote() -> Iterator[object]:
    """One far side of the staff's own for the whole session."""
    from grader.student.launch import Zygote

    with Zygote() as running:
        yield running


@pytest.fixture
def judge(tiny_course: Course, zygote: object, request: pytest.FixtureRequest) -> Judge:
    """Judge one source text with the hidden tests of the tiny course."""

    def run(
        source: str,
        *,
        course: Course = tiny_course,
        devices: tuple[str, ...] = ("cpu",),
        student: str = "student-01",
        visibility: Visibility = Visibility.HIDDEN,
        secret: str = "s",
        zygote: object = zygote,
        manner: Manner = Manner(),  # noqa: B008 - frozen
        conditions: Conditions = USUAL,
    ) -> ExerciseReport:
        from grader.judge.plugin import JudgePlugin
        from grader.judge.session import serve
        from grader.judge.staff import Staff

        job = Job(student, "double", bundle_of(source), secret=secret, manner=manner)
        jobs: list[Job | None] = [job, None]
        reports: list[ExerciseReport] = []
        staff = Staff(course, request.getfixturevalue("staff_zygote")) if course is not tiny_course else None
        plugin = JudgePlugin(
            course, visibility, devices, zygote, lambda: jobs.pop(0), reports.append, staff, conditions
        )
        exercise = course.exercise("double")
        tests = exercise.hidden_tests if visibility is Visibility.HIDDEN else exercise.visible_tests
        serve(plugin, [tests], course.root)
        return reports[0]

    return run
