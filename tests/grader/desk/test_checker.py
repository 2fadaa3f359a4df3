"""The warm checker: a real process, asked again and again, and however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from grader.desk.checker import Checker
from grader.desk.current import CurrentCourse
from grader.errors import CourseError, GraderError
from grader.judge.run import check_exercise
from grader.verdicts import Verdict
from tests.grader.tiny import EXERCISE, SOLUTION, VISIBLE, bundle_of, make_course

RIGHT = bundle_of(SOLUTION)
WRONG = bundle_of("def double(x, times=2):\n    return x\n")
SLOW = bundle_of("import time\n\ndef double(x, times=2):\n    time.sleep(60)\n")

MORE = """
def test_mine(student):
    \"\"\"One that I wrote.\"\"\"
    expect(student.double(torch.tensor([3.0]))).matches(torch.tensor([6.0], dtype=torch.float64))
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return make_course(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def double(course):
    """The exercise, whose files are put back afterwards."""
    exercise = course.exercise("double")
    yield exercise
    exercise.visible_tests.write_text(VISIBLE)
    (exercise.folder / "exercise.toml").write_text(EXERCISE)


@pytest.fixture(scope="module")
def checker(course):
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)  # as students have it
        running = Checker(course)
    with running:
        yield running


def pid_of(checker):
    return checker._process._program.process.pid


def test_a_process_checks_one_after_the_other(checker, double):
    before = pid_of(checker)
    verdicts = [checker.check(double, bundle).verdict for bundle in (RIGHT, WRONG, RIGHT)]
    assert verdicts == [Verdict.PASSED, Verdict.WRONG_ANSWER, Verdict.PASSED]
    assert pid_of(checker) == before


def test_it_says_what_a_cold_check_says(checker, course, double):
    def said(report):
        return report.model_dump(exclude={"seconds": True, "tests": {"__all__": {"seconds"}}})

    warm, cold = checker.check(double, WRONG), check_exercise(course, double, WRONG)
    assert said(warm) == said(cold.for_student(course.reveal))


def test_another_seed_draws_other_inputs(checker, double):
    double.visible_tests.write_text(
        VISIBLE.replace("(student):", "(student, rng):", 1).replace(
            "torch.tensor([2.0]))).", "rng.normal(3)))."
        )
    )
    sent = bundle_of("def double(x, times=2):\n    print(x.tolist())\n    return 2 * x\n")
    first, same, other = (checker.check(double, sent, seed=seed).tests[0].output for seed in (1, 1, 2))
    assert first == same != other


def test_tests_that_changed_are_collected_anew_within_the_same_second(checker, double):
    assert len(checker.check(double, RIGHT).tests) == 2
    double.visible_tests.write_text(VISIBLE + MORE)
    assert [test.title for test in checker.check(double, RIGHT).tests][2:] == ["One that I wrote"]
    # As long as before, so that neither size nor the second tells.
    double.visible_tests.write_text(VISIBLE + MORE.replace("[6.0]", "[7.0]"))
    mine = checker.check(double, RIGHT).tests[2]
    assert mine.verdict is Verdict.WRONG_ANSWER, mine.findings
    assert not (double.folder / "__pycache__").exists()


def test_a_test_file_that_cannot_be_collected_is_said_and_mended(checker, double):
    before = pid_of(checker)
    double.visible_tests.write_text(VISIBLE + "\ndef test_half(\n")
    with pytest.raises(CourseError, match=r"test_double\.py cannot be collected: SyntaxError"):
        checker.check(double, RIGHT)
    double.visible_tests.unlink()
    with pytest.raises(CourseError, match=r"test_double\.py is missing"):
        checker.check(double, RIGHT)
    double.visible_tests.write_text(VISIBLE)
    assert checker.check(double, RIGHT).verdict is Verdict.PASSED
    assert pid_of(checker) == before


def test_an_exercise_that_changed_is_read_again(checker, double):
    manifest = double.folder / "exercise.toml"
    relu = bundle_of("import torch\n\ndef double(x, times=2):\n    torch.relu(x)\n    return 2 * x\n")
    assert checker.check(double, relu).verdict is Verdict.FORBIDDEN
    manifest.write_text(EXERCISE.replace('forbidden = ["relu"]', "").partition("[forbidden.relu]")[0])
    assert checker.check(double, relu).verdict is Verdict.PASSED
    manifest.write_text(EXERCISE.replace("title", "titel"))
    with pytest.raises(CourseError, match="titel"):
        checker.check(double, RIGHT)


def test_a_process_that_was_killed_is_said_and_replaced(checker, double):
    checker.check(double, RIGHT)
    checker.ask(double, SLOW)
    os.kill(pid_of(checker), signal.SIGKILL)
    with pytest.raises(GraderError, match="ended by signal 9; check again"):
        checker._wait()
    assert checker.check(double, RIGHT).verdict is Verdict.PASSED


@pytest.mark.slow
def test_ctrl_c_ends_the_process_and_the_next_check_starts_another(checker, double):
    checker.check(double, RIGHT)
    before = pid_of(checker)
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        checker.check(double, SLOW)
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)
    assert checker.check(double, RIGHT).verdict is Verdict.PASSED


def test_a_newer_request_cuts_off_the_one_at_hand(checker, double):
    patient = EXERCISE.replace("call_seconds = 1.0", "call_seconds = 60.0").replace("3.0", "90.0")
    (double.folder / "exercise.toml").write_text(patient)
    checker.check(double, RIGHT)
    before = pid_of(checker)
    checker.ask(double, SLOW)
    time.sleep(0.5)
    assert checker.there() is None
    for bundle in (RIGHT, SLOW, WRONG):
        checker.ask(double, bundle)
    begun = time.monotonic()
    assert checker._wait().verdict is Verdict.WRONG_ANSWER
    assert time.monotonic() - begun < 20  # one call of SLOW would be given up after 60 s
    assert not checker.is_asked
    assert checker.check(double, RIGHT).verdict is Verdict.PASSED
    assert pid_of(checker) == before


@pytest.mark.slow
def test_a_test_of_her_own_that_never_ends_is_given_up_for_a_newer_request(checker, double, monkeypatch):
    checker.check(double, RIGHT)
    before = pid_of(checker)
    monkeypatch.setattr("grader.desk.checker.STUCK_SECONDS", 0.5)
    double.visible_tests.write_text(VISIBLE + "\ndef test_mine():\n    while True:\n        pass\n")
    checker.ask(double, RIGHT)
    time.sleep(1)
    assert checker.there() is None
    double.visible_tests.write_text(VISIBLE)
    checker.ask(double, WRONG)
    assert checker._wait().verdict is Verdict.WRONG_ANSWER
    assert pid_of(checker) != before


@pytest.mark.slow
def test_a_device_that_is_not_there_is_said(course, monkeypatch, tmp_path):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    with (
        Checker(course, "cuda") as checker,
        pytest.raises(GraderError, match="No CUDA device is there"),
    ):
        checker.check(course.exercise("double"), RIGHT)


def test_a_process_that_cannot_start_says_why(course, monkeypatch):
    monkeypatch.setattr("grader.desk.checker._MODULE", "grader.desk.nowhere")
    with Checker(course) as checker, pytest.raises(GraderError, match=r"with status 1; .* No module named"):
        checker.check(course.exercise("double"), RIGHT)


def test_no_python_is_said(course, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(GraderError, match="Python cannot be started for a checker"):
        Checker(course)


def test_a_process_that_says_nothing_is_ended(checker, double, monkeypatch):
    checker.check(double, RIGHT)
    before = pid_of(checker)
    monkeypatch.setattr("grader.desk.checker.GRACE_SECONDS", -1000.0)
    with pytest.raises(GraderError, match="gave no answer in time"):
        checker.check(double, SLOW)
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)


def test_a_course_is_read_again_only_when_a_file_changed(course, double):
    current = CurrentCourse(course)
    assert current.now() is course
    (double.folder / "exercise.toml").write_text(EXERCISE.replace('"Double"', '"Twice"'))
    assert current.now().exercise("double").title == "Twice"
    assert current.now() is current.now()


PARENT = """
import os, sys, time
from pathlib import Path
from grader.course import read_course
from grader.desk.checker import Checker
checker = Checker(read_course(Path(sys.argv[1]), staff=False))
print(checker._process._program.process.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.slow
def test_it_does_not_outlive_whoever_started_it(course):
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(course.root)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        time.sleep(0.5)
        parent.kill()
    end = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()
