"""Limits by name: whatever student code uses too much of, the finding says what, and how much there is.

Every attack here is bounded: it asks for a little more than a limit that was made small.
"""

import os
import signal
import threading
import time

import pytest

from grader.findings import (
    FileTooLarge,
    OutOfMemory,
    ScratchFull,
    TooManyOpenFiles,
    TooManyProcesses,
    TooMuchOutput,
)
from grader.student.failures import StudentFailed
from grader.verdicts import Blame, Layer, Verdict


def source(body):
    lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
    imports = "import io, mmap, multiprocessing, numpy, os, threading, time, torch"
    return f"{imports}\ndef ok(x):\n    return x\ndef f():\n{lines}\n"


def failure_of(make, body, **limits):
    """How `f` fails; `ok` works afterwards."""
    student = make(source(body), "f", "ok", **limits)
    with pytest.raises(StudentFailed) as caught:
        student.f()
    assert student.ok(1).value == 1
    return caught.value


@pytest.mark.parametrize(
    "body",
    [
        "return [open('/dev/null') for _ in range(200)]",
        "return [os.dup(1) for _ in range(200)]",
        "return [torch.zeros(3).share_memory_() for _ in range(200)]",
    ],
)
def test_open_files(make, body):
    failure = failure_of(make, body, open_files=64)
    assert failure.finding == TooManyOpenFiles(call="f()", limit=64)
    assert failure.verdict is Verdict.ERROR


@pytest.mark.parametrize(
    "body",
    [
        "open('x', 'wb').write(bytes(4 << 20))",
        "torch.save(torch.zeros(1 << 20), 'x')",
        "numpy.save('x', numpy.zeros(1 << 19))",
        "numpy.zeros(1 << 19).tofile('x')",
        "torch.zeros(1 << 20).share_memory_()",
    ],
)
def test_a_file_that_is_too_large(make, body):
    failure = failure_of(make, body, file_mb=2)
    assert failure.finding == FileTooLarge(call="f()", limit_mb=2)
    assert failure.verdict is Verdict.ERROR


@pytest.mark.parametrize(
    "body",
    [
        "for i in range(8): open(f'x{i}', 'wb').write(bytes(1 << 20))",
        "for i in range(8): open(f'/tmp/x{i}', 'wb').write(bytes(1 << 20))",
        "return [torch.zeros(1 << 18).share_memory_() for _ in range(8)]",
    ],
)
def test_no_room_is_left(make, zygote, body):
    if Layer.PRIVATE_ROOT not in zygote.posture.on:
        pytest.skip("files have a room of their own only in a private root")
    failure = failure_of(make, body, scratch_mb=4)
    assert failure.finding == ScratchFull(call="f()", limit_mb=4)
    assert failure.verdict is Verdict.ERROR


THREADS = """
stop = threading.Event()
try:
    for _ in range(60): threading.Thread(target=stop.wait, daemon=True).start()
finally:
    stop.set()
"""
CHILDREN = """
children = []
try:
    for _ in range(60):
        children.append(os.fork())
        if not children[-1]: time.sleep(20); os._exit(0)
finally:
    for child in children: os.kill(child, 9)
"""


@pytest.mark.parametrize("body", [THREADS, CHILDREN])
def test_processes(make, zygote, body):
    if not {Layer.CGROUP, Layer.UID} & zygote.posture.on:
        pytest.skip("processes are counted for each worker only in a group or under a user id of its own")
    failure = failure_of(make, body, processes=40)
    assert failure.finding == TooManyProcesses(call="f()", limit=40)
    assert failure.verdict is Verdict.ERROR


CHILD = """
for _ in range(3):
    if not os.fork():
        held = bytearray(150 << 20)
        for i in range(0, len(held), 4096): held[i] = 1
        time.sleep(20)
        os._exit(0)
os.wait()
time.sleep(20)
"""
SHARED = """
held = [mmap.mmap(-1, 50 << 20) for _ in range(20)]
for each in held:
    for i in range(0, len(each), 4096): each[i] = 1
"""


@pytest.mark.parametrize("body", [CHILD, SHARED])
def test_memory_of_children_and_shared_memory_counts(make, body):
    failure = failure_of(make, body, memory_mb=200, call_seconds=5)
    assert failure.finding == OutOfMemory(call="f()", limit_mb=200)
    assert failure.verdict is Verdict.OUT_OF_MEMORY


@pytest.mark.parametrize("body", ["while True: print('x' * 1000)", "while True: os.write(2, b'x' * 100000)"])
def test_a_flood_of_printing(make, body):
    failure = failure_of(make, body, printed_mb=2)
    assert failure.finding == TooMuchOutput(call="f()", limit_mb=2)
    assert failure.verdict is Verdict.CRASHED


def test_a_flood_while_loading(make):
    student = make("while True: print('x' * 1000)", printed_mb=2)
    with pytest.raises(StudentFailed) as caught:
        student.load()
    assert caught.value.finding == TooMuchOutput(call=None, limit_mb=2)


def test_printing_less_costs_nothing_and_each_test_may_print_as_much(make):
    student = make(source("print('x' * 1_500_000)\nreturn 1"), "f", "ok", printed_mb=2, output_kb=1)
    for title in ("one", "two", "three"):
        student.begin_test("cpu", title)
        assert student.f().value == 1
        assert len(student.end_test()) < 2000


def test_a_flood_between_calls_is_seen_at_the_next(make):
    body = "threading.Thread(target=lambda: [os.write(1, b'x' * 10_000) for _ in range(10**6)]).start()"
    student = make(source(body), "f", "ok", printed_mb=2)
    student.f()
    time.sleep(0.2)

    def ask_on():
        for _ in range(2000):
            student.ok(1)

    with pytest.raises(StudentFailed) as caught:
        ask_on()
    assert caught.value.finding == TooMuchOutput(call="ok(1)", limit_mb=2)


def test_the_limit_of_what_comes_back_is_the_judges_own(make):
    """Whatever number the worker names."""
    body = """
from grader.wire import frames, messages
os.write(3, b"".join(frames.frame(messages.Refused(2, "items", 314))))
time.sleep(20)
"""
    student = make(source(body), "f", "ok", return_items=50)
    with pytest.raises(StudentFailed) as caught:
        student.f()
    assert (caught.value.finding.what, caught.value.finding.limit) == ("items", 50)


def test_what_a_worker_says_of_lines_is_checked(make):
    body = """
name = "got_" + str(314)
exec(compile(f"def {name}(): raise ValueError('m')", __file__, "exec"), globals())
globals()[name]()
"""
    failure = failure_of(make, body)
    assert [frame.function for frame in failure.finding.frames] == ["f", ""]


def test_what_a_worker_says_was_used_is_an_operator_of_torch(make):
    body = """
from grader.wire import frames, messages as m
use = m.ForbiddenUse("aten::got_3_14", ())
real = m.ForbiddenUse("aten::_softmax", ())
answer = m.Returned(2, m.Packed((m.IntNode(1),)), None, None, (), (use, real))
os.write(3, b"".join(frames.frame(answer)))
time.sleep(20)
"""
    student = make(source(body), "f", "ok", forbidden=[{"say": "softmax", "operators": ("*",)}])
    with pytest.raises(StudentFailed) as caught:
        student.f()
    assert caught.value.finding.what == ("aten::_softmax",)


@pytest.mark.parametrize("loading", [True, False])
def test_a_process_above_the_worker_that_is_lost_is_nobodys_fault_but_ours(make, zygote, loading):
    """Student code cannot see that process, so it cannot have ended it."""
    if Layer.PID not in zygote.posture.on:
        pytest.skip("student code can reach that process")
    student = make(f"import time\ntime.sleep({2 * loading})\ndef f():\n    time.sleep(2)\n    return 1\n")
    if not loading:
        student.load()
    threading.Timer(0.5, os.kill, (zygote._process.pid, signal.SIGKILL)).start()
    with pytest.raises(StudentFailed) as caught:
        student.f()
    assert (caught.value.verdict, caught.value.blame) == (Verdict.ERROR, Blame.GRADER)
    assert caught.value.finding.call == (None if loading else "f()")
    assert student.f().value == 1  # nothing is held against the file
