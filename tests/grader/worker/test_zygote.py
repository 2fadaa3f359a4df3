"""The zygote: it forks, ends, and leaves nothing behind."""

import os
import signal
import time

import pytest
import torch

from grader.wire.messages import Ended, Ready, Survey, Surveyed
from tests.grader.worker.driver import Worker, running, shared


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def gone(pid: int, patience: float = 5.0) -> bool:
    deadline = time.monotonic() + patience
    while alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_a_worker_says_what_the_survey_says(worker, zygote):
    found = zygote.order(Survey())
    assert found == Surveyed(found.layers)
    assert {each.name for each in found.layers if each.on} == {"rlimits", "no new privileges"}
    assert worker.ready == Ready(("rlimits", "no new privileges"))


def test_workers_are_processes_of_their_own(start):
    first, second = start(), start()
    for worker, value in ((first, 1), (second, 2)):
        worker.load(f"import os\ndef f(): return [os.getpid(), {value}]\n", "f")
    assert first.value("f") == [first.pid, 1]
    assert second.value("f") == [second.pid, 2]


@pytest.mark.parametrize(
    ("death", "signalled", "code"),
    [
        ("os._exit(3)", None, 3),
        ("os.kill(os.getpid(), signal.SIGSEGV)", signal.SIGSEGV, None),
        ("os.kill(os.getpid(), signal.SIGKILL)", signal.SIGKILL, None),
    ],
)
def test_how_a_worker_died_by_itself_is_told(worker, zygote, death, signalled, code):
    worker.load(f"import os, signal\ndef f(): {death}\n", "f")
    assert worker.call("f") is None
    ended = zygote.end(worker.pid)
    assert ended.status is not None
    if signalled is None:
        assert os.waitstatus_to_exitcode(ended.status) == code
    else:
        assert os.WTERMSIG(ended.status) == signalled


def test_a_worker_that_runs_is_killed(worker, zygote):
    ended = zygote.end(worker.pid)
    assert ended.status is None
    assert not alive(worker.pid)


def test_memory_is_what_a_worker_takes_beyond_the_zygotes(worker, zygote):
    worker.load("def f(): return len(b'x' * (300 << 20))\n", "f")
    worker.call("f")
    assert 150 < zygote.end(worker.pid).own_rss_mb < 400  # not all that the zygote has is inherited


def test_cpu_time_is_measured(worker, zygote):
    worker.load("def f():\n    total = 0\n    for i in range(3_000_000): total += i\n    return total\n", "f")
    worker.call("f")
    assert zygote.end(worker.pid).cpu_seconds > 0.05


def test_a_pid_that_is_no_worker_is_left_alone(zygote):
    assert zygote.end(os.getpid()) == Ended(os.getpid(), None, 0.0, 0.0)
    assert alive(os.getpid())


ESCAPE = """
import os, signal, time

def f():
    'Leave processes behind that are no longer in the group, and refuse to end politely.'
    reading, writing = os.pipe()
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            if os.fork() == 0:
                os.setsid()
            os.write(writing, b'%d ' % os.getpid())
            time.sleep(600)
            os._exit(0)
    pids = b''
    while pids.count(b' ') < 6:
        pids += os.read(reading, 100)
    return [int(pid) for pid in pids.split()]
"""


def test_everything_that_a_worker_started_ends_with_it(start, zygote):
    bystander, worker = start(), start()
    bystander.load("def f(): return 'still here'\n", "f")
    worker.load(ESCAPE, "f")
    pids = worker.value("f")
    assert len(pids) == 6
    assert all(alive(pid) for pid in pids)
    zygote.end(worker.pid)
    assert not any(alive(pid) for pid in pids)
    assert bystander.value("f") == "still here"


def test_all_workers_go_when_the_socket_closes(tmp_path):
    with running() as zygote:
        worker = Worker(zygote, tmp_path)
        worker.load(ESCAPE, "f")
        pids = [worker.pid, *worker.value("f")]
        zygote.close()
        assert zygote.process.returncode == 0
        assert all(gone(pid) for pid in pids)
        worker.hang_up()


def test_all_workers_go_when_the_zygote_is_killed(tmp_path):
    with running() as zygote:
        worker = Worker(zygote, tmp_path)
        zygote.process.kill()
        assert gone(worker.pid)
        worker.hang_up()


def test_a_warm_zygote_spares_workers_late_imports_and_survives_its_backward_pass(tmp_path):
    source = """
import sys, torch
def late(): return ["torch._dynamo" in sys.modules, "sympy" in sys.modules]
def f(x):
    x.requires_grad_()
    x.exp().sum().backward()
    return x.grad
"""
    worker = Worker(shared("--warm"), tmp_path)
    worker.load(source, "late", "f")
    assert worker.value("late") == [True, True]
    x = torch.randn(4, 3)
    assert torch.equal(worker.value("f", x), x.exp())
    worker.close()
