"""The queue of the slots, over stand-ins that answer as they are told: no process is started."""

import time
from itertools import pairwise

import pytest

from grader.batch.engine import ASK_AGAIN_SECONDS
from grader.batch.slot import SlotFailed
from grader.batch.slots import Slots
from grader.errors import CourseError, IsolationError
from grader.verdicts import Verdict
from tests.grader.batch.stand_in import job, report, students


def test_jobs_are_asked_for_only_when_there_is_room(tiny_course, stand_in):
    asked = []

    def jobs():
        for number in range(50):
            asked.append(number)
            yield job(number)

    with Slots(tiny_course, ["double"], "cpu", 2) as slots:
        for done, _ in enumerate(slots.run(jobs()), start=1):
            assert len(asked) <= done + 4
    assert done == 50
    assert len(stand_in.made) == 2
    assert all(slot.closed for slot in stand_in.made)


def test_no_more_slots_are_started_than_there_are_jobs(tiny_course, stand_in):
    with Slots(tiny_course, ["double"], "cpu", 8) as slots:
        assert students(slots.run([job(1), job(2)])) == ["student-001", "student-002"]
        assert len(stand_in.made) == 2
        assert len(list(slots.run(job(i) for i in range(3)))) == 3  # a second batch, with the same slots
    assert len(stand_in.made) <= 3


def test_where_there_is_nothing_now_results_are_not_held_up(tiny_course, stand_in):
    seen = []

    def jobs():
        yield job(1)
        while not seen:  # would never end if somebody waited for a second job first
            yield None
        yield job(2)

    with Slots(tiny_course, ["double"], "cpu", 2) as slots:
        started = time.monotonic()
        seen.extend(students([first])[0] for first in slots.run(jobs()))
    assert seen == ["student-001", "student-002"]
    assert time.monotonic() - started < 10 * ASK_AGAIN_SECONDS


def test_nobody_is_asked_all_the_time(tiny_course, stand_in):
    asked = []

    def jobs():
        yield job(1)
        for _ in range(4):
            asked.append(time.monotonic())
            yield None

    with Slots(tiny_course, ["double"], "cpu", 1) as slots:
        list(slots.run(jobs()))
    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert min(gaps) >= 0.9 * ASK_AGAIN_SECONDS


def test_somebody_is_told_once_of_each_job_that_begins(tiny_course, stand_in):
    dead = []

    def behave(slot, job):
        if job.student == "student-001" and not dead:
            dead.append(job)
            return None
        return report()

    stand_in.behave = staticmethod(behave)
    told = []
    with Slots(tiny_course, ["double"], "cpu", 1, started=told.append) as slots:
        assert students(slots.run([job(1), job(2)])) == ["student-001", "student-002"]
    assert [each.student for each in told] == ["student-001", "student-002"]
    assert len(stand_in.made) == 2


def test_a_job_of_which_two_slots_die_is_the_graders_fault(tiny_course, stand_in):
    stand_in.behave = staticmethod(lambda slot, job: None if job.student == "student-001" else report())
    with Slots(tiny_course, ["double"], "cpu", 1) as slots:
        results = {job.student: report for job, report in slots.run([job(1), job(2)])}
    assert results["student-001"].findings[0].code == "grader-fault"
    assert results["student-002"].verdict is Verdict.PASSED
    assert len(stand_in.made) == 3  # the third is for the second job


def test_a_slot_that_ends_while_it_is_idle_costs_no_job_a_try(tiny_course, stand_in):
    with Slots(tiny_course, ["double"], "cpu", 1) as slots:
        list(slots.run([job(1)]))
        stand_in.made[0].ended = True
        ((_, done),) = slots.run([job(2)])
    assert done.verdict is Verdict.PASSED
    assert stand_in.made[0].closed


def test_slots_that_never_start_end_the_batch(tiny_course, stand_in, monkeypatch):
    monkeypatch.setattr(stand_in, "say", lambda self, message: self.theirs.close())
    with (
        Slots(tiny_course, ["double"], "cpu", 1) as slots,
        pytest.raises(IsolationError, match="ended before its first job"),
    ):
        list(slots.run([job(1)]))
    assert len(stand_in.made) == 2  # one may have been killed by accident


def test_a_slot_that_cannot_go_on_says_why(tiny_course, stand_in):
    stand_in.first = SlotFailed(CourseError("tests/hidden/test_double.py cannot be collected"))
    with (
        Slots(tiny_course, ["double"], "cpu", 2) as slots,
        pytest.raises(CourseError, match="cannot be collected"),
    ):
        list(slots.run([job(1)]))


def test_a_slot_that_is_late_is_replaced(tiny_course, stand_in, monkeypatch):
    monkeypatch.setattr(stand_in, "give", lambda self, task, exercise: _late(self, task))
    with Slots(tiny_course, ["double"], "cpu", 1) as slots:
        ((_, done),) = slots.run([job(1)])
    assert done.findings[0].code == "grader-fault"


def _late(slot, task):
    slot.task, slot.deadline = task, time.monotonic()
