"""Memory of workers without a control group is watched: all that they started and share counts once."""

import mmap
import os
import signal
import time
from contextlib import contextmanager

import pytest

from grader.worker import watch
from grader.worker.watch import Watch
from tests.grader.sandbox.elsewhere import linux
from tests.grader.worker.driver import running

MB = 1 << 20
pytestmark = linux


@contextmanager
def child(act):
    """A child that has done `act` and waits."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        kept = act()
        os.write(writing, b"+")
        time.sleep(60)
        os._exit(len(kept or ()))
    os.close(writing)
    assert os.read(reading, 1) == b"+"
    os.close(reading)
    try:
        yield pid
    finally:
        family = list(watch._family(pid))
        for each in family:
            os.kill(each, signal.SIGKILL)
        os.waitpid(pid, 0)


def shared(mb):
    memory = mmap.mmap(-1, mb * MB)
    for page in range(0, mb * MB, 4096):
        memory[page] = 1
    return memory


def in_children(act, count):
    for _ in range(count):
        reading, writing = os.pipe()
        if os.fork() == 0:
            kept = act()
            os.write(writing, b"+")
            time.sleep(60)
            os._exit(len(kept or ()))
        os.read(reading, 1)


@pytest.mark.parametrize(
    "act",
    [
        lambda: bytearray(os.urandom(1) * (300 * MB)),
        lambda: shared(300),
        lambda: in_children(lambda: bytearray(os.urandom(1) * (80 * MB)), 4),
        lambda: in_children(lambda: shared(80), 4),
    ],
    ids=["private", "shared", "children", "shared in children"],
)
def test_what_is_used_in_any_way_counts(act):
    seen = Watch()
    seen._granted = 0
    with child(act) as pid:
        assert seen.over(pid, 200 * MB)
        assert not seen.over(pid, 2000 * MB)


def test_what_children_share_counts_once():
    """Six children that have 200 MB mapped, all of it their parent's."""
    seen = Watch()

    def act():
        memory = bytearray(os.urandom(1) * (200 * MB))
        in_children(lambda: None, 6)
        return memory

    with child(act) as pid:
        assert sum(map(watch._resident, watch._family(pid))) > 1200 * MB
        assert not seen.over(pid, 300 * MB)


def test_who_is_gone_uses_nothing():
    with child(lambda: None) as pid:
        pass
    assert not Watch().over(pid, 0)


BODY = """
import mmap, os, time
def shared(mb):
    memory = mmap.mmap(-1, mb << 20)
    for page in range(0, mb << 20, 4096):
        memory[page] = 1
    time.sleep(5)
    return mb
"""


def test_a_worker_that_takes_too_much_is_ended_for_it(tmp_path):
    from tests.grader.worker.driver import Worker

    with running() as zygote:
        worker = Worker(zygote, tmp_path, memory_mb=64)
        worker.load(BODY, "shared")
        began = time.monotonic()
        assert worker.call("shared", 900) is None
        assert time.monotonic() - began < 4.5
        ended = worker.close()
        assert (os.WTERMSIG(ended.status), ended.oom_kills) == (signal.SIGKILL, 1)
        other = Worker(zygote, tmp_path, memory_mb=64)
        other.load(BODY.replace("time.sleep(5)", ""), "shared")
        assert other.value("shared", 64) == 64
        assert other.close().oom_kills == 0
