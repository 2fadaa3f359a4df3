"""Who waits for nothing is asleep; processes are real, or files like those of /proc."""

from __future__ import annotations

import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from grader.batch import sleeping
from grader.batch.sleeping import (
    AFTER_SECONDS,
    LOOK_SECONDS,
    SPARE_MB,
    Watch,
    has_room_for_a_spare,
    processor_seconds,
)

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(sleeping, "_clock", clock)
    return clock


@pytest.fixture
def used(monkeypatch):
    """Seconds of the processor that each process has used."""
    seconds = {}
    monkeypatch.setattr(sleeping, "processor_seconds", seconds.get)
    return seconds


def slot(pid, begun, busy=True):
    return SimpleNamespace(pid=pid, begun=begun, is_busy=busy, asleep=False)


def test_who_uses_no_processor_is_asleep_and_who_does_is_not(clock, used):
    idle, busy, unknown = slot(1, clock.now), slot(2, clock.now), slot(3, clock.now)
    watch = Watch()
    used.update({1: 5.0, 2: 5.0})
    clock.now += AFTER_SECONDS
    watch.look([idle, busy, unknown])
    assert not any(each.asleep for each in (idle, busy, unknown))  # one look says nothing
    clock.now += LOOK_SECONDS
    used.update({1: 5.01, 2: 5.5})
    watch.look([idle, busy, unknown])
    assert (idle.asleep, busy.asleep, unknown.asleep) == (True, False, False)
    clock.now += LOOK_SECONDS
    used.update({1: 5.9, 2: 5.5})
    watch.look([idle, busy, unknown])
    assert (idle.asleep, busy.asleep) == (False, True)


def test_nobody_looks_more_often_than_agreed(clock, used):
    one, watch = slot(1, clock.now - 60), Watch()
    used[1] = 5.0
    watch.look([one])
    clock.now += LOOK_SECONDS / 2
    watch.look([one])
    assert not one.asleep
    assert watch.next_look == clock.now + LOOK_SECONDS / 2


def test_a_job_that_has_just_begun_is_not_asleep_because_of_the_one_before(clock, used):
    one, watch = slot(1, clock.now - 60), Watch()
    used[1] = 5.0
    watch.look([one])
    clock.now += 3 * LOOK_SECONDS
    one.begun = clock.now - AFTER_SECONDS
    watch.look([one])
    assert not one.asleep
    one.is_busy = False
    clock.now += LOOK_SECONDS
    watch.look([one])
    assert not one.asleep


@linux
def test_what_a_process_and_its_children_use_is_added_up():
    burn = "import time\nwhile time.process_time() < 0.5: pass\n"
    parent = f"import subprocess, sys, time\nsubprocess.run([sys.executable, '-c', {burn!r}])\n"
    parent += "print(flush=True)\ntime.sleep(60)\n"
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE) as process:
        try:
            process.stdout.readline()
            time.sleep(0.05)
            assert processor_seconds(process.pid) >= 0.5
        finally:
            process.kill()
    assert processor_seconds(process.pid) is None


@linux
def test_who_is_running_now_is_not_asleep_however_little_it_gets():
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as process:
        try:
            deadline = time.monotonic() + 10
            while processor_seconds(process.pid) is not None:
                assert time.monotonic() < deadline
        finally:
            process.kill()


def test_where_the_system_does_not_tell_nobody_is_asleep(monkeypatch, tmp_path):
    monkeypatch.setattr(sleeping, "PROC", tmp_path)
    assert processor_seconds(1) is None
    assert not has_room_for_a_spare()


@pytest.mark.parametrize(("free", "left", "room"), [(4, 1 << 40, True), (1, 1 << 40, False), (4, 1, False)])
def test_a_spare_needs_memory_of_the_machine_and_of_the_container(monkeypatch, tmp_path, free, left, room):
    (tmp_path / "meminfo").write_text(f"MemTotal: 9 kB\nMemAvailable:  {free * SPARE_MB << 9} kB\n")
    monkeypatch.setattr(sleeping, "PROC", tmp_path)
    monkeypatch.setattr(sleeping, "_left_to_our_group", lambda: left)
    assert has_room_for_a_spare() is room
