"""One exercise in this process, the devices, and what cannot be run."""

import pytest
import torch

from grader.errors import CourseError, UsageError
from grader.judge.devices import chosen, environment
from grader.judge.run import check_exercise
from grader.sandbox.layers import LayerFound, posture
from grader.sandbox.policy import REQUIRED
from grader.verdicts import Isolation, Layer, Verdict, Visibility
from tests.grader.tiny import SOLUTION, bundle_of


def test_check_runs_the_visible_tests_only(tiny_course):
    report = check_exercise(tiny_course, tiny_course.exercise("double"), bundle_of(SOLUTION))
    assert report.verdict == Verdict.PASSED
    assert [test.name for test in report.tests] == ["test_example", "test_assert"]
    assert {test.visibility for test in report.tests} == {Visibility.VISIBLE}


def test_a_visible_test_that_is_missing_is_one_sentence(tiny_course):
    gone = tiny_course.exercise("double").model_copy(update={"visible_tests": tiny_course.root / "gone.py"})
    with pytest.raises(CourseError, match=r"gone\.py is missing"):
        check_exercise(tiny_course, gone, bundle_of(SOLUTION))


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
