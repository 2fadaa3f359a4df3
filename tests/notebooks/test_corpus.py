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

Place = tuple[str, str]
"""A student and an exercise."""

CELLS_NOT_YET: Mapping[str, str] = {}
MARKS_NOT_YET: Mapping[str, str] = {
    "nbgrader-cross_entropy": "tests of nbgrader are searched for definitions",
    "otter-conv2d": "cells tagged otter_ignore are searched for definitions",
    "made-by-exec-linear_backward": "cells are never run one by one",
    "made-by-exec-endless-softmax": "cells are never run one by one",
    "d2l-style-mlp": "a decorator with the class as its argument is not seen to change it",
    "pasted-softmax": "the indentation of a whole cell is not taken off, as IPython does",
    "pasted-linear_backward": "prompts are not taken off, as IPython does",
    "shadowed-training_loop": "a variable called `train` wins over the function",
    "shadowed-softmax": "an import of torch's softmax wins over the student's function",
    "at-home-in-jupyter-softmax": "an import line stops at the first module that is not here",
    "at-home-in-jupyter-linear_backward": "there is no display()",
    "set-up-by-calls-conv2d": "names that a function makes with `global` are not seen to come from its call",
    "set-up-by-calls-softmax": "a call of an object's method is not seen to change it",
}
"""Where the grader doesn't do as a person would, and why. Both are to be empty."""


def parameters(expected: list[Expectation], not_yet: Mapping[str, str]) -> list[object]:
    """What pytest is to run; what is known to fail is expected to, so that mending it shows."""
    marks = {name: [pytest.mark.xfail(strict=True, reason=reason)] for name, reason in not_yet.items()}
    return [pytest.param(each, id=each.id, marks=marks.get(each.id, ())) for each in expected]


class Judged:
    """Reports of the corpus, each made when it is asked for first."""

    def __init__(self, slots: Slots, submissions: Sequence[Submission]) -> None:
        self._slots = slots
        self._jobs = {(job.student, job.exercise): job for job in jobs_of(COURSE, submissions, "corpus")}
        self._reports: dict[str, ExerciseReport] = {}

    def report(self, expected: Expectation) -> ExerciseReport:
        """What came of an exercise; failures are not explained, which no mark needs."""
        if expected.id not in self._reports:
            job = replace(self._jobs[expected.student, expected.exercise], manner=Manner(explain=False))
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
    if notebook is None:
        pytest.xfail("reports don't say yet which cells were used")
    assert notebook.way == expected.way
    if expected.way == "needed":
        assert list(notebook.used) == expected.used, expected.why
    else:
        assert set(expected.used) <= set(notebook.used), expected.why
    why = {each.cell: each.why for each in notebook.left_out}
    assert {cell: why.get(cell, "used") for cell in expected.left_out} == expected.left_out


def test_what_is_in_no_notebook_is_missing(judged):
    listed = {(expected.student, expected.exercise) for expected in EXPECTED}
    others = judged.others(listed)
    assert len(others) + len(listed) == 6 * len({student for student, _ in listed})
    assert {place: report.verdict for place, report in others.items()} == dict.fromkeys(
        others, Verdict.MISSING
    )
