"""Visible tests tell students the truth: right answers pass them, and stubs and null answers don't.

`grader verify` judges by the hidden tests, whose oracle is the reference itself.
Visible tests compare with torch's built-ins and with numbers worked out by hand:
here they are an oracle for the reference too.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from grader.course import Course, read_course
from grader.judge.job import Job
from grader.judge.plugin import JudgePlugin
from grader.judge.session import serve
from grader.report.model import ExerciseReport
from grader.student.launch import Zygote
from grader.submission import Bundle, SubmittedFile
from grader.verdicts import Verdict, Visibility

ROOT = Path(__file__).parents[2]


def bundle(exercise: str, path: Path) -> Bundle:
    """A program of the staff's as if it had been handed in."""
    file = SubmittedFile(f"{exercise}.py", path.read_bytes())
    return Bundle(exercise, (file.name,), (file,), (), None)


def visible_reports(course: Course, programs: Sequence[tuple[str, Path]]) -> list[ExerciseReport]:
    """A report by the visible tests for each (exercise, program)."""
    jobs: list[Job | None] = []
    for exercise, path in programs:
        companions = [bundle(name, solution(course, name)) for name in course.exercise(exercise).companions]
        jobs.append(Job("visible", exercise, bundle(exercise, path), tuple(companions), "visible"))
    jobs.append(None)
    reports: list[ExerciseReport] = []
    tests = [course.exercise(name).visible_tests for name in dict.fromkeys(name for name, _ in programs)]
    with Zygote(warm=True) as zygote:
        plugin = JudgePlugin(
            course, Visibility.VISIBLE, ("cpu",), zygote, lambda: jobs.pop(0), reports.append
        )
        serve(plugin, tests, course.root)
    return reports


def solution(course: Course, name: str) -> Path:
    folder = course.exercise(name).reference
    assert folder is not None
    return folder / "solution.py"


def programs(course: Course) -> Iterator[tuple[str, str, Path]]:
    """(kind, exercise, program) for the reference, the stub, accepted and null answers."""
    for exercise in course.exercises:
        yield "right", exercise.name, solution(course, exercise.name)
        yield "stub", exercise.name, exercise.stub
        for kind, folder in (("right", "accepted"), ("null", "null")):
            for path in sorted(solution(course, exercise.name).with_name(folder).glob("*.py")):
                yield kind, exercise.name, path


@pytest.mark.slow
def test_right_answers_pass_every_visible_test_and_others_do_not() -> None:
    course = read_course(ROOT, staff=True)
    known = list(programs(course))
    reports = visible_reports(course, [(exercise, path) for _, exercise, path in known])
    wrong = []
    for (kind, exercise, path), report in zip(known, reports, strict=True):
        verdicts = {test.verdict for test in report.tests}
        fine = {
            "right": verdicts == {Verdict.PASSED},
            "stub": verdicts == {Verdict.NOT_IMPLEMENTED},
            "null": verdicts != {Verdict.PASSED},
        }[kind]
        if not fine:
            wrong.append(f"{kind} answer {exercise}/{path.name}: {sorted(verdicts)}")
    assert len(reports) == len(known)
    assert not wrong, wrong
