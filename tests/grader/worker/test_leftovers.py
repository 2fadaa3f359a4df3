"""Memory of a device is clean before student code can look into it."""

import pytest
import torch

from grader.worker import leftovers
from grader.worker.leftovers import wipe


def test_the_cpu_is_left_to_the_system(monkeypatch):
    monkeypatch.setattr(torch, "zeros", None)
    assert wipe("cpu") == 0


class Device:
    """So much memory, in pieces that only some sizes fit into."""

    def __init__(self, pieces):
        self.free = list(pieces)
        self.taken = 0

    def zeros(self, size, *, dtype, device):
        assert (dtype, device) == (torch.uint8, "cuda")
        for index, room in enumerate(self.free):
            if room >= size:
                self.free[index] -= size
                self.taken += size
                return torch.empty(size, dtype=dtype, device="meta")
        raise torch.OutOfMemoryError


def test_all_that_is_free_is_written_over_however_small_its_pieces_are(monkeypatch):
    device = Device([3 << 30, 5 << 20, (1 << 20) - 1, 700 << 20])
    given_back = []
    monkeypatch.setattr(leftovers.torch, "zeros", device.zeros)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda device: None)
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: given_back.append(device.taken))
    assert wipe("cuda") == device.taken == (3 << 30) + (5 << 20) + (700 << 20)
    assert given_back == [device.taken]
    assert sum(device.free) < 1 << 20


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_worker_does_not_find_what_another_left():
    left = torch.full((256 << 20,), 7, dtype=torch.uint8, device="cuda")
    torch.cuda.synchronize()
    del left
    torch.cuda.empty_cache()
    assert wipe("cuda") > 256 << 20
    assert not torch.empty(256 << 20, dtype=torch.uint8, device="cuda").any()
