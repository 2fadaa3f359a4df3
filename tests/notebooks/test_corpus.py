"""Notebooks as students write them are graded as a person would: the same cells, the same marks.

They are read as a class, and judged with the course's hidden tests by a slot of
a real batch. `expected.toml` was written before the grader had read any of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path

import pytest

from grader.batch.grade import jobs_of
from grader.batch.slots import Slots
from grader.course import read_course
from grader.judge.job import Manner
from grader.report.model import ExerciseReport
from grader.submission import Submission, read_folder
from grader.verdicts import Blame, Verdict
from tests.notebooks.expectation import CORPUS, Expectation, expectations

COURSE = read_course(Path(__file__).parents[2], staff=True)
EXPECTED = expectations()

FOR_THE_MARK = Manner(explain=False, replay=False)
"""No mark needs explanations, and what these notebooks do is no accident."""

Place = tuple[str, str]
"""A student and an exercise."""

MARKS_NOT_YET = {
    "names-reused-mlp": "a model that took the class's name is called in its place",
    "registry-mlp": "a decorator's function is not seen to change a table of the notebook's",
    "log-closed-training_loop": "a log that train writes to is closed before it is called",
}
CELLS_NOT_YET = MARKS_NOT_YET | {
    "names-reused-conv2d": "the result of a call is computed because it took the function's name",
}
"""Where the grader doesn't do as a person would, and why; both are to be empty."""


def parameters(expected: list[Expectation], not_yet: Mapping[str, str]) -> list[object]:
    """What pytest is to run; what is known to fail has to, so that mending it shows."""
    marks = {name: [pytest.mark.xfail(strict=True, reason=reason)] for name, reason in not_yet.items()}
    return [pytest.param(each, id=each.id, marks=marks.get(each.id, ())) for each in expected]


class Judged:
    """Reports of the corpus, each made when it is asked for first."""

    def __init__(self, slots: Slots, submissions: Sequence[Submission]) -> None:
        self._slots = slots
        self._jobs = {(job.student, job.exercise): job for job in jobs_of(COURSE, submissions, "corpus")}
        self._reports: dict[str, ExerciseReport] = {}

    def report(self, expected: Expectation) -> ExerciseReport:
        """What came of an exercise."""
        if expected.id not in self._reports:
            job = replace(self._jobs[expected.student, expected.exercise], manner=FOR_THE_MARK)
            ((_, self._reports[expected.id]),) = self._slots.run([job])
        return self._reports[expected.id]

    def others(self, listed: Set[Place]) -> dict[Place, ExerciseReport]:
        """What came of all that is not listed."""
        jobs = [job for place, job in self._jobs.items() if place not in listed]
        return {(job.student, job.exercise): report for job, report in self._slots.run(jobs)}


@pytest.fixture(scope="module")
def judged() -> Iterator[Judged]:
    submissions = read_folder(CORPUS, COURSE.names, COURSE.entry_points).submissions
    with Slots(COURSE, COURSE.names, "cpu", 1) as slots:
        yield Judged(slots, submissions)


@pytest.mark.parametrize("expected", parameters(EXPECTED, MARKS_NOT_YET))
def test_the_mark_is_the_one_that_a_person_gives(expected, judged):
    report = judged.report(expected)
    assert (report.verdict, report.score) == (Verdict(expected.verdict), expected.score), expected.why
    assert {test.blame for test in report.tests} <= {Blame.NOBODY, Blame.STUDENT}
    if expected.code:
        assert report.findings[0].code == expected.code


@pytest.mark.parametrize("expected", parameters([each for each in EXPECTED if each.used], CELLS_NOT_YET))
def test_the_cells_are_those_that_a_person_chooses(expected, judged):
    notebook = judged.report(expected).notebook
    assert notebook is not None
    assert notebook.way == expected.way
    if expected.way == "needed":
        assert list(notebook.used) == expected.used, expected.why
    else:
        assert set(expected.used) <= set(notebook.used), expected.why
    why = {each.cell: each.why for each in notebook.left_out}
    assert {cell: why.get(cell, "used") for cell in expected.left_out} == expected.left_out
    assert expected.stopped.items() <= {each.cell: each.error for each in notebook.stopped}.items()


def test_what_is_in_no_notebook_is_missing(judged):
    listed = {(expected.student, expected.exercise) for expected in EXPECTED}
    others = judged.others(listed)
    assert len(others) + len(listed) == 6 * len({student for student, _ in listed})
    assert {place: report.verdict for place, report in others.items()} == dict.fromkeys(
        others, Verdict.MISSING
    )
