"""Hostile notebooks: each has a defined outcome, within its limits, and none is the grader's fault."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.batch.grade import jobs_of
from grader.batch.slots import Slots
from grader.course import Course
from grader.judge.job import Job, Manner
from grader.report.model import ExerciseReport
from grader.report.terminal import as_text, exercise_view
from grader.submission import read_folder
from grader.submission.caps import NOTEBOOK_BYTES
from grader.verdicts import Blame, Verdict
from tests.grader.tiny import EXERCISE, SOLUTION, bundle_of, make_course
from tests.notebooks.hostile import ATTACKS

pytestmark = pytest.mark.slow

LIMITS = "[limits]\nimport_seconds = 3.0\nexercise_seconds = 10.0"
ONCE = Manner(replay=False)
"""What happens here is no accident."""

MOST_SECONDS = 30.0
"""The limits of loading and of all tests, and as much again for a busy machine."""

READING_SECONDS = 2.0
"""What the trusted side may spend on a file before it is judged, on a busy machine."""

REPORT_LETTERS = 300_000
"""Text of a report: some tests and findings, not a notebook."""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    exercise = EXERCISE.replace("[limits]", LIMITS)
    return make_course(tmp_path_factory.mktemp("course"), **{"exercises/double/exercise.toml": exercise})


@pytest.fixture(scope="module")
def slots(course: Course) -> Iterator[Slots]:
    with Slots(course, ["double"], "cpu", 1) as running:
        list(running.run([Job("first", "double", bundle_of(SOLUTION))]))  # a start is no part of judging
        yield running


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack.name for attack in ATTACKS])
def test_a_hostile_notebook_has_a_defined_outcome(attack, course, slots, tmp_path):
    handed_in = tmp_path / "student-01"
    handed_in.mkdir()
    (handed_in / attack.file).write_bytes(attack.content())
    report, reading, judging = judged(course, slots, tmp_path)

    assert report.verdict in attack.verdicts, report.findings
    assert (report.score == report.max_score) == (report.verdict is Verdict.PASSED)
    assert {test.blame for test in report.tests} <= {Blame.NOBODY, Blame.STUDENT}
    if attack.code:
        assert report.findings[0].code == attack.code
    # The far side is ours as long as no code of the student's has run: it keeps to the wire's rules.
    found = {
        finding.code for finding in (*report.findings, *(f for test in report.tests for f in test.findings))
    }
    assert "broke-protocol" not in found
    assert reading < READING_SECONDS
    assert judging < MOST_SECONDS

    text = as_text(exercise_view(report))
    assert len(text) + len(report.model_dump_json()) < REPORT_LETTERS
    assert not {*"\u202e\u2066\ud800\0"} & {*text}


def judged(course: Course, slots: Slots, folder: Path) -> tuple[ExerciseReport, float, float]:
    """The report on the only student in a folder, and the seconds of reading and of judging."""
    began = time.monotonic()
    submissions = read_folder(folder, course.names, course.entry_points).submissions
    read = time.monotonic()
    (job,) = jobs_of(course, submissions, "hostile")
    ((_, report),) = slots.run([replace(job, manner=ONCE)])
    return report, read - began, time.monotonic() - read


def test_the_largest_are_as_large_as_a_file_may_be():
    sizes = [len(attack.content()) for attack in ATTACKS]
    assert sum(size > NOTEBOOK_BYTES for size in sizes) == 1
    assert sum(NOTEBOOK_BYTES - 2000 < size <= NOTEBOOK_BYTES for size in sizes) >= 5
