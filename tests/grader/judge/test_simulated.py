"""Judging on the simulated device: what is sure is said, and nothing else."""

import pytest

from grader.findings import DeviceDiffers, ExceptionRaised, NotRun
from grader.judge.job import Manner
from grader.student.launch import Zygote
from grader.verdicts import Blame, Verdict
from tests.grader.tiny import SOLUTION

DEVICE = "simulated"

BRIEFLY = Manner(explain=False, replay=False)

ADDS = SOLUTION.replace("return x * times", "return x + torch.zeros(x.shape)").replace(
    "def", "import torch\n\ndef", 1
)
LEAVES = ADDS.replace("return x + torch.zeros(x.shape)", "y = torch.zeros(x.shape); y[...] = x; return y")
ASKS = SOLUTION.replace("return x * times", "return x * times if x.sum().item() > 0 else x * times")
DIES = ADDS.replace("return x + torch.zeros(x.shape)", "import os; os.abort()")


@pytest.fixture(scope="module")
def simulating():
    """A far side that has loaded what a simulated device needs."""
    with Zygote(simulated=True) as zygote:
        yield zygote


def seen(report):
    return {(test.verdict, *(getattr(f, "detail", f.code) for f in test.findings)) for test in report.tests}


def test_a_right_program_is_followed_and_no_test_passes(judge, simulating):
    report = judge(SOLUTION, devices=(DEVICE,), zygote=simulating, manner=BRIEFLY)
    followed = [test for test in report.tests if test.findings == (_there(test),)]
    assert {test.name for test in followed} >= {"test_numbers", "test_matrix", "test_gradient"}
    assert all(test.verdict is Verdict.NOT_RUN for test in report.tests)
    assert {test.device for test in report.tests} == {DEVICE}
    assert report.score == 0


def _there(test):
    return NotRun(reason="simulated", detail="there", call=test.findings[0].call)


def test_two_devices_that_meet_are_an_error_with_the_line(judge, simulating):
    report = judge(ADDS, devices=(DEVICE,), zygote=simulating, manner=BRIEFLY)
    finding = report.tests[0].findings[0]
    assert isinstance(finding, ExceptionRaised)
    assert finding.kind == "device"
    assert "x + torch.zeros(x.shape)" in finding.frames[-1].text
    assert report.tests[0].blame is Blame.STUDENT


def test_a_result_that_is_left_on_the_processor_is_told(judge, simulating):
    finding = judge(LEAVES, devices=(DEVICE,), zygote=simulating, manner=BRIEFLY).tests[0].findings[0]
    assert isinstance(finding, DeviceDiffers)
    assert (finding.yours, finding.expected) == ("cpu", "cuda")


@pytest.mark.parametrize(
    "source", [ASKS, DIES, "def double(x, times=2):\n    return 1 / 0\n"], ids=["asks", "dies", "breaks"]
)
def test_whatever_else_happens_says_nothing(judge, simulating, source):
    assert seen(judge(source, devices=(DEVICE,), zygote=simulating, manner=BRIEFLY)) == {
        (Verdict.NOT_RUN, "unclear")
    }


def test_a_worker_cannot_say_that_it_simulates(judge):
    forged = SOLUTION.replace("return x * times", "forge()").replace(
        "def double",
        "import gc\n\ndef forge():\n"
        "    from grader.wire.messages import Simulated\n"
        "    from grader.worker import child\n"
        "    worker = next(o for o in gc.get_objects() if type(o) is child.Worker)\n"
        "    child.Worker.reply = lambda self, request, payload: (Simulated(request.number, ('cuda',)), [])\n"
        "\ndef double",
        1,
    )
    report = judge(forged)
    assert report.score == 0
    assert any(finding.code == "broke-protocol" for test in report.tests for finding in test.findings)
