"""Faults of a CUDA device: what CUDA says becomes a finding, and the next test has a clean worker.

Where there is no device, student code says itself what CUDA would say.
"""

from __future__ import annotations

import pytest
import torch

from grader.findings import DeviceFault, DeviceOutOfMemory
from grader.student.failures import StudentFailed
from grader.student.launch import Zygote
from grader.verdicts import Blame, Verdict
from tests.grader.student.conftest import makes

SOURCE = """
    import torch

    broken = False

    def f(x):
        global broken
        if broken or x < 0:
            broken = True
            raise RuntimeError("CUDA error: device-side assert triggered")
        return x

    def full(x):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has a total")
"""


def failure_of(call, *args):
    with pytest.raises(StudentFailed) as caught:
        call(*args)
    return caught.value


def test_the_device_is_broken_for_one_worker_and_not_for_the_next(make):
    student = make(SOURCE, "f")
    assert student.f(1).value == 1
    failure = failure_of(student.f, -1)
    assert failure.finding == DeviceFault(call="f(-1)", how="assertion on the device")
    assert (failure.verdict, failure.blame) == (Verdict.CRASHED, Blame.STUDENT)
    assert student.f(2).value == 2


def test_a_file_that_breaks_it_while_it_loads_is_told_so(make):
    student = make("raise RuntimeError('CUDA error: an illegal memory access was encountered')\n", "f")
    assert failure_of(student.load).finding == DeviceFault(call="import", how="illegal memory access")
    assert not student._session.alive


def test_a_device_that_is_full_has_a_limit_of_its_own(make):
    student = make(SOURCE, "full", device_memory_mb=123)
    failure = failure_of(student.full, 1)
    assert failure.finding == DeviceOutOfMemory(call="full(1)", limit_mb=123)
    assert failure.verdict is Verdict.OUT_OF_MEMORY


@pytest.mark.slow
def test_a_test_that_breaks_the_device_costs_its_neighbours_nothing(judge):
    source = (
        "def double(x, times=2):\n"
        "    if getattr(x, 'ndim', 1) == 2:\n"
        "        raise RuntimeError('CUDA error: an illegal memory access was encountered')\n"
        "    if isinstance(x, str):\n"
        "        raise TypeError('text cannot be doubled')\n"
        "    return x * times\n"
    )
    report = judge(source)
    verdicts = {test.name: test.verdict for test in report.tests}
    assert verdicts.pop("test_matrix") is Verdict.CRASHED
    assert set(verdicts.values()) == {Verdict.PASSED}


# --- a real device -------------------------------------------------------------------

REAL = """
    import torch

    def ok(x):
        return x * 2

    def lookup(x):
        return torch.nn.functional.embedding(torch.tensor([99], device=x.device), x)

    def hides(x):
        try:
            torch.nn.functional.embedding(torch.tensor([99], device=x.device), x).sum().item()
        except RuntimeError:
            pass
        return 1

    def grows(x):
        return [torch.empty(1 << 28, device=x.device) for _ in range(16)]
"""


@pytest.fixture
def on_cuda():
    with Zygote(warm=True, cuda=True) as zygote:
        making = makes(zygote)
        student = next(making)(REAL, "ok", "lookup", "hides", "grows", device_memory_mb=2048)
        student.begin_test("cuda", "a test")
        yield student
        student.close()


@pytest.mark.parametrize("function", ["lookup", "hides"])
@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_an_index_out_of_range_on_a_real_device(on_cuda, function):
    x = torch.ones(3, 3)
    failure = failure_of(getattr(on_cuda, function), x)
    assert isinstance(failure.finding, DeviceFault)
    assert on_cuda.ok(x).value.device.startswith("cuda")


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_too_much_of_a_real_device(on_cuda):
    x = torch.ones(3, 3)
    assert isinstance(failure_of(on_cuda.grows, x).finding, DeviceOutOfMemory)
    assert on_cuda.ok(x).value.device.startswith("cuda")
