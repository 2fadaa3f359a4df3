"""A job that goes to several devices, or needs one to itself: its results are one report."""

from random import Random

import pytest

from grader.batch.devices import pools
from grader.batch.pools import Pool
from grader.batch.slots import Slots
from grader.findings import DeviceOutOfMemory
from grader.report.model import ExerciseReport, TestReport
from grader.verdicts import Blame, Verdict, Visibility
from tests.grader.batch.stand_in import Nothing, job, report, students

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
