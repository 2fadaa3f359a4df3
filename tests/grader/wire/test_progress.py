"""A process shows a number in its name, and whatever else stands there is no number."""

import ctypes
import os
import sys

import pytest

from grader.wire import progress
from grader.wire.progress import show, shown

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes have names on Linux")


@pytest.fixture(autouse=True)
def _own_name():
    with open("/proc/self/comm", "rb") as file:
        before = file.read().strip()
    yield
    ctypes.CDLL(None).prctl(15, before, 0, 0, 0)


def test_what_is_shown_is_seen():
    show(123456)
    assert shown(os.getpid()) == 123456


@pytest.mark.parametrize("name", [b"python", b"request", b"request x", b"request -1", b"", b"request 1 2"])
def test_any_other_name_is_no_number(name):
    ctypes.CDLL(None).prctl(15, name, 0, 0, 0)
    assert shown(os.getpid()) is None


def test_a_process_that_is_gone_shows_nothing():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    assert shown(pid) is None


def test_where_processes_have_no_name_nothing_is_shown(monkeypatch):
    show(7)
    monkeypatch.setattr(progress, "_libc", None)
    show(8)
    assert shown(os.getpid()) == 7
