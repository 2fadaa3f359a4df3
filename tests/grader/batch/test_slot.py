"""One real slot, wherever its driver runs and however it ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from dataclasses import replace

import pytest

from grader.batch.pools import Pool, Task, Work
from grader.batch.slot import Slot, SlotReady
from grader.batch.slots import Slots
from grader.judge.job import Job, Manner
from grader.report.model import ExerciseReport
from grader.student.conditions import Conditions
from grader.verdicts import Verdict
from tests.grader.tiny import SOLUTION, bundle_of

pytestmark = pytest.mark.slow

JOB = Job("student-01", "double", bundle_of(SOLUTION), secret="s")


def _grade(course, results):
    with Slots(course, ["double"], "cpu", 1) as slots:
        results.send([report.score for _, report in slots.run([JOB])])


def test_a_process_that_may_have_no_children_of_multiprocessing_can_have_slots(tiny_course):
    """As those of a cluster are."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_grade, args=(tiny_course, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        assert ours.poll(90)
        assert ours.recv() == [6.0]
    finally:
        process.join(20)
        ours.close()


def test_a_thread_can_have_slots(tiny_course):
    ours, theirs = multiprocessing.Pipe()
    thread = threading.Thread(target=_grade, args=(tiny_course, theirs))
    thread.start()
    thread.join(90)
    assert ours.recv() == [6.0]
    ours.close()
    theirs.close()


def test_a_slot_judges_under_its_conditions_and_in_the_manner_of_each_job(tiny_course):
    said = "    print(torch.get_num_threads(), getattr(x, 'dtype', ''))\n    if"
    source = "import torch\n" + SOLUTION.replace("    if", said, 1)
    wrong = Job("student-01", "double", bundle_of("def double(x, times=2):\n    return x\n"), secret="s")
    jobs = [
        Job("student-01", "double", bundle_of(source), secret="s"),
        replace(wrong, manner=Manner(until_failure=True)),
        replace(wrong, manner=Manner(until_failure=True, order=3)),
    ]
    with Slots(tiny_course, ["double"], "cpu", 1, conditions=Conditions(2, dtype="float64")) as slots:
        right, first, shuffled = (report for _, report in slots.run(jobs))
    assert right.tests[0].output == "2 torch.float64\n"
    assert right.score == right.max_score
    ran = [[test.name for test in r.tests if test.verdict is not Verdict.NOT_RUN] for r in (first, shuffled)]
    assert ran[0] == ["test_numbers"]
    assert ran[1] != ran[0]


@pytest.fixture
def slot(tiny_course):
    slot = Slot(tiny_course, ("double",), Pool("cpu"))
    yield slot
    slot.close()


def says(slot):
    """What it says next, as a driver takes it: once something is there."""
    assert slot.connection.poll(90)
    return slot.receive()


def test_a_slot_that_was_stopped_is_given_up_and_killed(slot, tiny_course):
    """SIGSTOP: it neither answers nor ends at SIGTERM."""
    assert isinstance(says(slot), SlotReady)
    os.kill(slot.pid, signal.SIGSTOP)
    slot.give(Task(Work(JOB, ("cpu",)), "cpu"), tiny_course.exercise("double"))
    assert not slot.connection.poll(1)
    begun = time.monotonic()
    slot.close()
    assert time.monotonic() - begun < 20
    assert slot.has_ended()


def test_a_slot_that_ended_says_nothing_and_takes_nothing(slot, tiny_course):
    assert isinstance(says(slot), SlotReady)
    os.kill(slot.pid, signal.SIGKILL)
    assert says(slot) is None
    slot.give(Task(Work(JOB, ("cpu",)), "cpu"), tiny_course.exercise("double"))
    assert says(slot) is None
    slot.close()
    assert slot.has_ended()


def test_a_slot_judges_one_job_after_another(slot, tiny_course):
    assert isinstance(says(slot), SlotReady)
    for _ in range(2):
        slot.give(Task(Work(JOB, ("cpu",)), "cpu"), tiny_course.exercise("double"))
        assert isinstance(report := says(slot), ExerciseReport)
        assert report.score == 6
