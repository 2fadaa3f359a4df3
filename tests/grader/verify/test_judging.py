"""Trials in, reports out: each once, those on the same terms together, and a busy machine that ends."""

import subprocess
import time
from importlib import import_module

import pytest

from grader.findings import TimedOut
from grader.judge.job import Manner
from grader.student.conditions import Conditions
from grader.verdicts import Verdict
from grader.verify import judging, verify
from grader.verify.effort import Effort
from grader.verify.judging import Bench, Trial, busy
from grader.verify.report import Claim
from tests.grader.tiny import SOLUTION, make_course
from tests.grader.verify.judged import a_test, judged, program

RIGHT = program()


class NoSlots:
    """In the place of slots: notes what it was started with and what it judged."""

    def __init__(self, log, *terms, **more):
        self.log, self.terms = log, (*terms[2:], more.get("conditions"))

    def __enter__(self):
        return self

    def __exit__(self, *ending):
        self.log.append(("closed", self.terms))

    def run(self, jobs):
        for job in jobs:
            self.log.append((job.secret, self.terms))
            yield job, judged(a_test())


@pytest.fixture
def log(monkeypatch):
    noted = []
    monkeypatch.setattr(judging, "Slots", lambda *terms, **more: NoSlots(noted, *terms, **more))
    return noted


def test_trials_on_the_same_terms_share_slots_and_the_usual_ones_are_first(tiny_course, log):
    conditions = Conditions(threads=2)
    told = []
    trials = [
        Trial(RIGHT, 0, conditions=conditions),
        Trial(RIGHT, 1),
        Trial(RIGHT, 1),
        Trial(RIGHT, 2, slots=1),
    ]
    with Bench(tiny_course, ["double"], "cpu", 2, lambda *said: told.append(said)) as bench:
        found = [trial.seed for trial, _ in bench.judged([*trials, Trial(RIGHT, 3, slots=2)])]
    assert found == [1, 3, 0, 2]  # each once
    usual, other, one = ("cpu", 2, None), ("cpu", 2, conditions), ("cpu", 1, Conditions())
    assert log == [
        ("verify 1", usual),
        ("verify 3", usual),
        ("verify 0", other),
        ("closed", other),
        ("verify 2", one),
        ("closed", one),
        ("closed", usual),
    ]
    assert told == [("double, reference", done, 4) for done in (1, 2, 3, 4)]


@pytest.mark.parametrize(("cuda", "devices"), [((), {"cpu", "simulated"}), (("0",), {"auto", "cpu", "both"})])
def test_without_cuda_what_must_run_on_the_processor_shares_slots_with_the_rest(
    tmp_path, log, monkeypatch, cuda, devices
):
    proving = import_module("grader.verify.verify")  # the package's `verify` is the function
    monkeypatch.setattr(proving, "cuda_devices", lambda: cuda)
    monkeypatch.setattr(proving, "STATIC", ())
    course = make_course(tmp_path, **{"reference/double/unportable/stays.py": SOLUTION})
    verify(course, effort=Effort("little", references=1, disturbed=False, sample=False))
    assert {device for _, (device, *_) in log} == devices


LATE = judged(a_test("test_shape"), a_test(verdict=Verdict.TIMED_OUT))
UNLOADED = judged(a_test(verdict=Verdict.NOT_RUN)).model_copy(
    update={"findings": (TimedOut(what="import", seconds=2.0),)}
)
HASTY = Manner(in_haste=True)


@pytest.mark.parametrize("late", [LATE, UNLOADED])
def test_what_runs_out_of_time_in_haste_is_judged_again_without(tiny_course, log, monkeypatch, late):
    asked, told, right = [], [], judged(a_test())

    def run(self, jobs):
        for job in jobs:
            asked.append((job.secret, job.manner.in_haste))
            yield job, late if job.secret == "verify 1" and job.manner.in_haste else right

    monkeypatch.setattr(NoSlots, "run", run)
    trials = [Trial(RIGHT, seed, HASTY) for seed in range(3)]
    with Bench(tiny_course, ["double"], "cpu", 2, lambda *said: told.append(said[1:])) as bench:
        found = list(bench.judged(trials))
    assert asked == [("verify 0", True), ("verify 1", True), ("verify 2", True), ("verify 1", False)]
    assert [trial for trial, _ in found] == [trials[0], trials[2], trials[1]]  # as they were asked for
    assert all(report == right for _, report in found)
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_what_runs_out_of_time_without_haste_has_run_out_of_time(tiny_course, log, monkeypatch):
    monkeypatch.setattr(NoSlots, "run", lambda self, jobs: ((job, LATE) for job in jobs))
    with Bench(tiny_course, ["double"], "cpu", 2, lambda *said: None) as bench:
        assert [report for _, report in bench.judged([Trial(RIGHT)])] == [LATE]
        assert [report for _, report in bench.judged([Trial(RIGHT, 1, HASTY)])] == [LATE]


def test_what_is_judged_again_has_the_same_inputs_and_is_another_job():
    once, again = Trial(RIGHT).job, Trial(RIGHT, again=1).job
    assert (once.student, once.secret) == (again.student, again.secret)
    assert once != again
    assert Trial(RIGHT, 1).job.secret != once.secret
    assert Trial(RIGHT, manner=Manner(order=1)).job.manner.order == 1
    assert Trial(program(Claim.ACCEPTED, "loops")).job.student == "accepted: loops"


def test_only_the_usual_terms_are_usual():
    assert Trial(RIGHT, 3, Manner(explain=False)).is_usual
    others = ({"busy": True}, {"slots": 1}, {"device": "simulated"}, {"conditions": Conditions(threads=2)})
    assert not any(Trial(RIGHT, **other).is_usual for other in others)


def test_a_busy_machine_is_busy_and_ends(monkeypatch):
    started = []
    popen = subprocess.Popen
    monkeypatch.setattr(
        judging.subprocess,
        "Popen",
        lambda *given, **more: started.append(popen(*given, **more)) or started[-1],
    )
    with busy():
        assert started
        assert all(process.poll() is None for process in started)
    assert all(process.poll() is not None for process in started)


def test_a_busy_process_ends_by_itself(monkeypatch):
    spin = judging.SPIN.replace(str(judging.BUSY_SECONDS), "0.1")
    monkeypatch.setattr(judging, "SPIN", spin)
    begun = time.monotonic()
    with busy():
        pass
    assert time.monotonic() - begun < 60
    assert subprocess.run(["python3", "-I", "-c", spin], timeout=60, check=False).returncode == 0
