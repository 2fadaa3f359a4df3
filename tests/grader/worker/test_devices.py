"""A CUDA device before student code runs and after each call; a stand-in answers for torch.cuda."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from grader.worker import devices

ILLEGAL = "CUDA error: an illegal memory access was encountered"


class Cuda:
    """A device of 8 GiB that writes down what is done to it."""

    def __init__(self, monkeypatch):
        self.done = []
        self.broken = None
        self.awake = True
        monkeypatch.setattr(devices, "wipe", lambda device: self.done.append(("wipe", device)))
        monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
        monkeypatch.setattr(torch.cuda, "is_initialized", lambda: self.awake)
        total = SimpleNamespace(total_memory=8 << 30)
        monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: total)
        monkeypatch.setattr(torch.cuda, "set_per_process_memory_fraction", self._cap)
        monkeypatch.setattr(torch.cuda, "synchronize", self._synchronize)

    def _cap(self, fraction, device):
        self.done.append(("cap", fraction, device))

    def _synchronize(self, device):
        self.done.append(("wait", device))
        if self.broken:
            raise RuntimeError(self.broken)


@pytest.fixture
def cuda(monkeypatch):
    return Cuda(monkeypatch)


@pytest.mark.parametrize(("megabytes", "fraction"), [(4096, 0.5), (1 << 20, 1.0), (512, 1 / 16)])
def test_a_device_is_wiped_whole_and_only_then_capped(cuda, megabytes, fraction):
    devices.prepare("cuda", megabytes)
    assert cuda.done == [("wipe", "cuda"), ("cap", fraction, "cuda")]


def test_a_device_that_a_neighbour_is_wiping_is_waited_for(cuda, monkeypatch):
    tries = []

    def wipe(device):
        tries.append(device)
        if len(tries) < 3:
            raise RuntimeError("CUDA error: out of memory")

    monkeypatch.setattr(devices, "wipe", wipe)
    monkeypatch.setattr(devices.time, "sleep", lambda seconds: None)
    devices.prepare("cuda", 4096)
    assert len(tries) == 3
    assert cuda.done == [("cap", 0.5, "cuda")]


@pytest.mark.parametrize("said", ["CUDA error: out of memory", "CUDA driver initialization failed"])
def test_a_device_that_stays_out_of_reach_ends_the_worker(cuda, monkeypatch, said):
    def wipe(device):
        raise RuntimeError(said)

    monkeypatch.setattr(devices, "wipe", wipe)
    monkeypatch.setattr(devices, "PATIENCE_SECONDS", -1.0)
    with pytest.raises(RuntimeError, match=said):
        devices.prepare("cuda", 4096)
    assert cuda.done == []


def test_the_cpu_is_left_alone(cuda):
    devices.prepare("cpu", 1)
    devices.settle("cpu")
    assert cuda.done == []


def test_without_cuda_there_is_nothing_to_do(monkeypatch, cuda):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    devices.prepare("cuda", 1)
    devices.settle("cuda")
    assert cuda.done == []


def test_a_device_that_nobody_used_is_not_woken(cuda):
    cuda.awake = False
    devices.settle("cuda")
    assert cuda.done == []


def test_what_broke_off_is_told_of_the_call_that_started_it(cuda):
    devices.settle("cuda")
    cuda.broken = ILLEGAL
    with pytest.raises(RuntimeError, match="illegal memory access"):
        devices.settle("cuda")


def test_an_error_of_the_device_is_graver_than_what_the_code_made_of_it(cuda):
    mine = ValueError("it did not work")
    assert devices.graver(mine, "cuda") is mine
    cuda.broken = f"{ILLEGAL}\nCompile with TORCH_USE_CUDA_DSA"
    assert str(devices.graver(mine, "cuda")).startswith(ILLEGAL)
    assert devices.graver(mine, "cpu") is mine


def test_the_same_error_keeps_the_lines_that_it_came_from(cuda):
    cuda.broken = f"{ILLEGAL}\nCompile with TORCH_USE_CUDA_DSA"
    first = RuntimeError(cuda.broken)
    assert devices.graver(first, "cuda") is first


needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")


@pytest.mark.cuda
@needs_cuda
def test_torch_keeps_to_the_cap():
    devices.prepare("cuda", 256)
    try:
        with pytest.raises(torch.OutOfMemoryError):
            torch.empty(512 << 20, dtype=torch.uint8, device="cuda")
        assert torch.empty(64 << 20, dtype=torch.uint8, device="cuda").numel() == 64 << 20
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0, "cuda")


def test_products_are_computed_in_float32():
    flags = (torch.backends.cuda.matmul, torch.backends.cudnn)
    before = [each.allow_tf32 for each in flags]
    try:
        for each in flags:
            each.allow_tf32 = True
        devices.full_precision()
        assert [each.allow_tf32 for each in flags] == [False, False]
    finally:
        for each, allowed in zip(flags, before, strict=True):
            each.allow_tf32 = allowed
