"""Notebooks as students write them are graded as a person would: the same cells, the same marks.

They are read as a class, and judged with the course's hidden tests by a slot of
a real batch. `expected.toml` was written before the grader had read any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.batch.grade import jobs_of
from grader.batch.slots import Slots
from grader.course import read_course
from grader.judge.job import Manner
from grader.report.model import ExerciseReport
from grader.report.notebook_use import NotebookUse
from grader.submission import Submission, read_folder
from grader.verdicts import Blame, Verdict
from tests.notebooks.expectation import CORPUS, Expectation, expectations

COURSE = read_course(Path(__file__).parents[2], staff=True)
EXPECTED = expectations()

FOR_THE_MARK = Manner(explain=False, replay=False)
"""No mark needs explanations, and what these notebooks do is no accident."""

Place = tuple[str, str]
"""A student and an exercise."""


class Corpus:
    """The corpus, and where it is judged."""

    def __init__(self, slots: Slots, submissions: list[Submission]) -> None:
        self._slots = slots
        self._jobs = {(job.student, job.exercise): job for job in jobs_of(COURSE, submissions, "corpus")}

    @property
    def places(self) -> set[Place]:
        """Every exercise of every student."""
        return set(self._jobs)

    def judged(self, places: Iterable[Place]) -> dict[Place, ExerciseReport]:
        """What came of some of them."""
        jobs = [replace(self._jobs[place], manner=FOR_THE_MARK) for place in places]
        return {(job.student, job.exercise): report for job, report in self._slots.run(jobs)}


@pytest.fixture(scope="module")
def corpus() -> Iterator[Corpus]:
    submissions = read_folder(CORPUS, COURSE.names, COURSE.entry_points).submissions
    with Slots(COURSE, COURSE.names, "cpu", 1) as slots:
        yield Corpus(slots, list(submissions))


@pytest.mark.parametrize("expected", EXPECTED, ids=[" ".join(each.place) for each in EXPECTED])
def test_a_notebook_is_graded_as_a_person_would(expected, corpus, request):
    if expected.not_yet:
        request.applymarker(pytest.mark.xfail(strict=True, reason=expected.not_yet))
    report = corpus.judged([expected.place])[expected.place]
    assert (report.verdict, report.score) == (Verdict(expected.verdict), expected.score), expected.why
    assert {test.blame for test in report.tests} <= {Blame.NOBODY, Blame.STUDENT}
    if expected.code:
        assert report.findings[0].code == expected.code
    if expected.used:
        assert report.notebook is not None
        check_cells(expected, report.notebook)


def check_cells(expected: Expectation, notebook: NotebookUse) -> None:
    """Compare the cells that were used with those that a person chooses."""
    assert notebook.way == expected.way
    if expected.way == "needed":
        assert list(notebook.used) == expected.used, expected.why
    else:
        assert set(expected.used) <= set(notebook.used), expected.why
    left_out = {each.cell: each.why for each in notebook.left_out}
    assert {cell: left_out.get(cell, "used") for cell in expected.left_out} == expected.left_out
    assert expected.stopped.items() <= {each.cell: each.error for each in notebook.stopped}.items()


def test_what_is_in_no_notebook_is_missing(corpus):
    listed = {expected.place for expected in EXPECTED}
    assert listed <= corpus.places
    others = corpus.judged(corpus.places - listed)
    assert [place for place, report in others.items() if report.verdict is not Verdict.MISSING] == []
