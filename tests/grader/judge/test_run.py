"""One exercise in this process, the devices, and what cannot be run."""

import pytest
import torch

from grader.errors import CourseError, UsageError
from grader.judge import run
from grader.judge.devices import chosen, environment
from grader.judge.job import own_job
from grader.judge.run import check_exercise, check_exercises
from grader.sandbox.layers import LayerFound, posture
from grader.sandbox.policy import REQUIRED
from grader.student.launch import Zygote
from grader.verdicts import Isolation, Layer, Verdict, Visibility
from tests.grader.tiny import SOLUTION, bundle_of


def test_check_runs_the_visible_tests_only(tiny_course):
    report = check_exercise(tiny_course, tiny_course.exercise("double"), bundle_of(SOLUTION))
    assert report.verdict == Verdict.PASSED
    assert [test.name for test in report.tests] == ["test_example", "test_assert"]
    assert {test.visibility for test in report.tests} == {Visibility.VISIBLE}


def test_a_visible_test_that_is_missing_is_one_sentence(tiny_course):
    gone = tiny_course.exercise("double").model_copy(update={"visible_tests": tiny_course.root / "gone.py"})
    course = tiny_course.model_copy(update={"exercises": (gone,)})
    with pytest.raises(CourseError, match=r"gone\.py is missing"):
        check_exercise(course, gone, bundle_of(SOLUTION))


def test_one_far_side_serves_all(tiny_course, monkeypatch):
    started, events = [], []

    class Counted(Zygote):
        def __init__(self, **options):
            started.append(self)
            super().__init__(**options)

    monkeypatch.setattr(run, "Zygote", Counted)
    jobs = [own_job("double", bundle_of(text)) for text in (SOLUTION, "def double(x, times=2): return x", "")]
    check_exercises(
        tiny_course,
        jobs,
        lambda report: events.append(report.verdict),
        begin=lambda job: events.append(jobs.index(job)),
    )
    assert events == [0, Verdict.PASSED, 1, Verdict.WRONG_ANSWER, 2, Verdict.ERROR]
    assert len(started) == 1


def test_what_a_receiver_raises_ends_the_run_and_comes_back(tiny_course):
    jobs = [own_job("double", bundle_of(SOLUTION))] * 2
    begun = []

    def full(report):
        raise BrokenPipeError(report.name)

    with pytest.raises(BrokenPipeError, match="double"):
        check_exercises(tiny_course, jobs, full, begin=begun.append)
    assert begun == jobs[:1]


def test_devices():
    cuda = torch.cuda.is_available()
    assert chosen("cpu") == ("cpu",)
    assert chosen("all") == ("cpu", "cuda")
    assert chosen("auto") == (("cuda",) if cuda else ("cpu",))
    with pytest.raises(UsageError, match=r"'gpu' is not a device.*cpu, cuda, auto, all"):
        chosen("gpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="says what happens without CUDA")
def test_cuda_asked_for_and_not_there():
    with pytest.raises(UsageError, match="No CUDA device is there"):
        chosen("cuda")
    assert environment("all", posture()).devices == ("cpu",)


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_the_same_submission_on_cpu_and_cuda(judge):
    report = judge(SOLUTION, devices=("cpu", "cuda"))
    assert (report.score, report.max_score) == (6, 6)
    assert {test.device for test in report.tests} == {"cpu", "cuda"}
    assert {test.verdict for test in report.tests} == {Verdict.PASSED}


def test_the_environment_says_what_grading_ran_on():
    on = [LayerFound(layer, True) for layer in REQUIRED[Isolation.CONTAINER]]
    seen = posture([*on, LayerFound(Layer.PID, False, "Operation not permitted")])
    found = environment("cpu", seen)
    assert found.torch == torch.__version__
    assert found.devices == ("cpu",)
    assert found.isolation_level is Isolation.CONTAINER
    assert found.isolation == seen.layers == ("rlimits", "no new privileges", "landlock", "seccomp")
    assert found.missing == seen.missing
    assert all(": " in missing for missing in found.missing)
