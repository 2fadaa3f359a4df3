"""Which CUDA devices there are, and the pools that follow."""

from __future__ import annotations

import subprocess

import pytest
import torch

from grader.batch import devices
from grader.batch.devices import cuda_devices, pools
from grader.batch.pools import Pool
from grader.errors import IsolationError, UsageError


@pytest.mark.parametrize(
    ("device", "found", "expected"),
    [
        ("cpu", None, [Pool("cpu", 3)]),
        ("auto", (), [Pool("cpu", 3)]),
        ("all", (), [Pool("all", 3)]),  # its rows for cuda say `not run`
        ("auto", ("0", "1"), [Pool("cuda", 2, "0"), Pool("cuda", 2, "1")]),
        ("cuda", ("GPU-7",), [Pool("cuda", 2, "GPU-7")]),
        ("all", ("0",), [Pool("cpu", 3), Pool("cuda", 2, "0")]),
    ],
)
def test_pools(device, found, expected):
    assert pools(device, 3, 2, lambda: found) == tuple(expected)


def test_cuda_that_is_not_there_is_told():
    with pytest.raises(UsageError, match="--device auto"):
        pools("cuda", 3, 2, tuple)


@pytest.mark.parametrize(
    ("said", "visible", "expected"),
    [
        ("0\n", None, ()),
        ("2\n", None, ("0", "1")),
        ("2\n", "3,5", ("3", "5")),
        ("1\n", "3, -1, 5", ("3",)),  # CUDA stops at the first that is not there
        ("1\n", "MIG-1", ("MIG-1",)),
    ],
)
def test_devices_are_named_as_whoever_runs_it_named_them(monkeypatch, said, visible, expected):
    monkeypatch.setattr(
        devices.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess((), 0, said, "")
    )
    environment = {} if visible is None else {"CUDA_VISIBLE_DEVICES": visible}
    assert cuda_devices(environment) == expected


def test_a_torch_that_cannot_be_asked_is_told(monkeypatch):
    monkeypatch.setattr(devices.sys, "executable", "/nowhere/python")
    with pytest.raises(IsolationError, match=r"CUDA devices there are: .*/nowhere/python"):
        cuda_devices({})


@pytest.mark.slow
def test_torch_says_what_is_here():
    assert len(cuda_devices()) == torch.cuda.device_count()
