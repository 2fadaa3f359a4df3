"""The queue of the slots, over stand-ins that answer as they are told: no process is started."""

from __future__ import annotations

import time
from itertools import pairwise
from multiprocessing import Pipe
from random import Random

import pytest

from grader.batch.devices import pools
from grader.batch.engine import ASK_AGAIN_SECONDS
from grader.batch.pools import Pool
from grader.batch.slot import SlotFailed, SlotReady
from grader.batch.slots import SPARES, Slots
from grader.errors import CourseError, IsolationError
from grader.findings import DeviceOutOfMemory
from grader.judge.devices import environment
from grader.judge.job import Job
from grader.report.model import ExerciseReport, TestReport
from grader.sandbox.layers import posture
from grader.verdicts import Blame, Verdict, Visibility
from tests.grader.tiny import SOLUTION, bundle_of

BUNDLE = bundle_of(SOLUTION)


def job(number):
    return Job(f"student-{number:03}", "double", BUNDLE)


def report(**other):
    fields = {
        "name": "double",
        "title": "Double",
        "verdict": Verdict.PASSED,
        "score": 0.0,
        "max_score": 0.0,
        "files": ("double.py",),
        "notes": (),
        "findings": (),
        "tests": (),
        "seconds": 0.0,
    }
    return ExerciseReport(**fields | other)


class Nothing:
    """What a slot says that goes on judging."""


class StandIn:
    """A slot without a process, which answers each job at once by `behave(slot, job)`."""

    made: list[StandIn]
    behave = staticmethod(lambda slot, job: report())
    first: object = None

    def __init__(self, course, exercises, pool, confinement):
        self.pool, self.environment, self.task, self.begun = pool, None, None, 0.0
        self.pid, self.asleep = -len(self.made) - 1, False
        self.deadline = time.monotonic() + 10
        self.connection, self.theirs = Pipe()
        self.closed = self.ended = False
        found = posture()
        here = environment("cpu", found)
        if pool.device == "cuda":
            here = here.model_copy(update={"devices": (f"cuda (no. {pool.visible})",)})
        self.say(self.first or SlotReady(here, found.on))
        self.made.append(self)

    is_idle = property(lambda self: self.environment is not None and self.task is None)

    is_busy = property(lambda self: self.task is not None)

    def say(self, message):
        if message is Nothing:
            return
        if message is None:
            self.theirs.close()
        else:
            self.theirs.send(message)

    def has_ended(self):
        return self.ended

    def give(self, task, exercise):
        self.task = task
        self.deadline = time.monotonic() + 10
        self.say(self.behave(self, task.job))

    def receive(self):
        try:
            return self.connection.recv()
        except EOFError:
            return None

    def dismiss(self):
        self.connection.close()

    def close(self):
        self.dismiss()
        self.theirs.close()
        self.closed = True


@pytest.fixture
def stand_in(monkeypatch):
    own = type("Own", (StandIn,), {"made": []})
    monkeypatch.setattr("grader.batch.slots.Slot", own)
    return own


def students(results):
    return [job.student for job, _ in results]


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


# --- slots that sleep ----------------------------------------------------------------


def test_those_that_sleep_leave_their_places_and_take_them_back(tiny_course, stand_in, monkeypatch):
    """Two slots fall asleep for good in their first jobs; the rest of the class does not wait."""
    monkeypatch.setattr("grader.batch.slots.has_room_for_a_spare", lambda: True)
    busy = []

    def behave(slot, job):
        busy.append(sum(each.is_busy and not each.asleep for each in stand_in.made))
        return Nothing if job.student in ("student-000", "student-001") else report()

    stand_in.behave = staticmethod(behave)
    with Slots(tiny_course, ["double"], "cpu", 2) as slots:
        results = slots.run(job(i) for i in range(20))
        monkeypatch.setattr(slots, "_watch", Looking())
        done = [next(results)[0].student for _ in range(18)]
        sleepers = [slot for slot in stand_in.made if slot.asleep]
        assert [slot.task.job.student for slot in sleepers] == ["student-000", "student-001"]
        for slot in sleepers:
            slot.say(report())
        done += students(results)
    assert len(set(done)) == 20
    assert len(stand_in.made) == 4
    assert max(busy) == 2


def test_spares_end_somewhere(tiny_course, stand_in, monkeypatch):
    monkeypatch.setattr("grader.batch.slots.has_room_for_a_spare", lambda: True)
    stand_in.behave = staticmethod(lambda slot, job: Nothing)
    watch = Looking(20)
    with Slots(tiny_course, ["double"], "cpu", 2) as slots:
        monkeypatch.setattr(slots, "_watch", watch)
        with pytest.raises(Enough):
            next(slots.run(job(i) for i in range(100)))
        assert len(stand_in.made) == 2 + 2 * SPARES


def test_without_memory_there_are_no_spares(tiny_course, stand_in, monkeypatch):
    monkeypatch.setattr("grader.batch.slots.has_room_for_a_spare", lambda: False)
    stand_in.behave = staticmethod(lambda slot, job: Nothing)
    with Slots(tiny_course, ["double"], "cpu", 2) as slots:
        monkeypatch.setattr(slots, "_watch", Looking(20))
        with pytest.raises(Enough):
            next(slots.run(job(i) for i in range(100)))
        assert len(stand_in.made) == 2


class Enough(Exception):
    """So often was looked."""


class Looking:
    """Finds everybody asleep who is in the same job as at the last look."""

    def __init__(self, most=1000):
        self._left = most
        self._seen = {}

    @property
    def next_look(self):
        return time.monotonic() + 0.01

    def look(self, slots):
        self._left -= 1
        if not self._left:
            raise Enough
        for slot in slots:
            slot.asleep = slot.is_busy and self._seen.get(slot.pid) is slot.task
            self._seen[slot.pid] = slot.task


# --- devices -----------------------------------------------------------------------


FULL = DeviceOutOfMemory(limit_mb=4096)


def found(monkeypatch, *names):
    monkeypatch.setattr("grader.batch.slots.pools", lambda *wanted: pools(*wanted, lambda: names))


def row(device, *findings):
    verdict = Verdict.OUT_OF_MEMORY if findings else Verdict.PASSED
    return TestReport(
        name="test_double",
        title="Double",
        verdict=verdict,
        blame=Blame.STUDENT if findings else Blame.NOBODY,
        device=device,
        score=0.0 if findings else 4.0,
        max_score=4.0,
        visibility=Visibility.HIDDEN,
        findings=findings,
        seconds=0.0,
        output="",
    )


def on(device, *findings):
    test = row(device, *findings)
    return report(tests=(test,), score=test.score, max_score=4.0, verdict=test.verdict)


def test_with_all_devices_a_job_goes_to_each_and_its_report_is_one(tiny_course, stand_in, monkeypatch):
    found(monkeypatch, "0", "1")
    stand_in.behave = staticmethod(lambda slot, job: on(slot.pool.device))
    told = []
    with Slots(tiny_course, ["double"], "all", 2, started=told.append) as slots:
        results = list(slots.run(job(i) for i in range(20)))
        assert slots.environment.devices == ("cpu", "cuda (no. 0)", "cuda (no. 1)")
    assert sorted(students(results)) == [f"student-{i:03}" for i in range(20)]
    for _, whole in results:
        assert [test.device for test in whole.tests] == ["cpu", "cuda"]
        assert (whole.score, whole.max_score) == (4.0, 4.0)
    assert len(told) == 20
    assert sorted((s.pool.device, s.pool.visible) for s in stand_in.made) == [
        *[("cpu", None)] * 2,
        *[("cuda", "0"), ("cuda", "1")],
    ]


def test_a_slow_device_does_not_fill_the_memory(tiny_course, stand_in, monkeypatch):
    found(monkeypatch, "0")
    held = []

    def behave(slot, job):
        return on("cpu") if slot.pool.device == "cpu" else held.append(slot) or Nothing

    stand_in.behave = staticmethod(behave)
    asked = []

    def jobs():
        for number in range(100):
            asked.append(number)
            yield job(number)

    with Slots(tiny_course, ["double"], "all", 2) as slots:
        results = slots.run(jobs())
        monkeypatch.setattr(slots, "_take", _answering(slots._take, held))
        next(results)
    assert len(asked) <= 7  # twice as many as slots, and the one that is done


def _answering(take, held):
    """As `take`; once the processors' slots have done all they can, the GPU answers."""
    idle = []

    def answering(slot, message):
        if slot.pool.device == "cpu" and isinstance(message, ExerciseReport):
            idle.append(message)
            if len(idle) == 6:
                held[0].say(on("cuda"))
        return take(slot, message)

    return answering


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("alone", "verdict"), [((), Verdict.PASSED), ((FULL,), Verdict.OUT_OF_MEMORY)])
def test_where_a_device_was_full_the_job_has_it_to_itself_once(
    tiny_course, stand_in, monkeypatch, alone, verdict, seed
):
    found(monkeypatch, "0")
    chance, running, seen = Random(seed), {}, []

    def behave(slot, job):
        again = any(job.student == "student-003" for job, _ in seen) and job.student == "student-003"
        full = (alone if again else (FULL,)) if job.student == "student-003" else ()
        running[slot] = job, on("cuda", *full)
        seen.append((job, {job.student for job, _ in running.values()}))
        return Nothing

    stand_in.behave = staticmethod(behave)
    with Slots(tiny_course, ["double"], "cuda", 8, gpu_slots=3) as slots:
        messages = slots._messages

        def one_ends(asked_again):
            if running:
                slot = chance.choice(list(running))
                slot.say(running.pop(slot)[1])
            return messages(asked_again)

        monkeypatch.setattr(slots, "_messages", one_ends)
        results = {job.student: report for job, report in slots.run(job(i) for i in range(12))}
    assert results["student-003"].verdict is verdict
    assert len(results) == 12
    first, second = (index for index, (job, _) in enumerate(seen) if job.student == "student-003")
    assert len(seen[first][1]) > 1
    assert seen[second][1] == {"student-003"}
    assert all("student-003" not in beside for _, beside in seen[second + 1 :])
    assert len(stand_in.made) == 3


def test_a_job_that_had_the_device_to_itself_is_not_run_again(tiny_course, stand_in, monkeypatch):
    found(monkeypatch, "0")
    given = []
    stand_in.behave = staticmethod(lambda slot, job: given.append(job) or on("cuda", FULL))
    with Slots(tiny_course, ["double"], "cuda", 8) as slots:
        ((_, whole),) = slots.run([job(1)])
    assert whole.verdict is Verdict.OUT_OF_MEMORY
    assert len(given) == 1


def test_pools_see_their_own_device_only():
    present = {"HOME": "/root", "CUDA_VISIBLE_DEVICES": "0,1"}
    assert Pool("cpu", 2).environment(present) == present
    assert Pool("cuda", 1, "1").environment(present) == present | {"CUDA_VISIBLE_DEVICES": "1"}
