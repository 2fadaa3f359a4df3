"""Deaths: whatever student code does, the judge gets a finding in time and the next test runs."""

import os
import signal
import time
from pathlib import Path

import pytest
import torch

from grader.findings import Crashed, OutOfMemory, TimedOut
from grader.verdicts import Blame, Verdict
from tests.grader.student.deaths import failure_of, lives, source


@pytest.mark.parametrize(
    ("body", "how"),
    [
        ("os._exit(3)", "exit status 3"),
        ("os._exit(0)", "exit status 0"),
        ("os.abort()", "signal SIGSEGV"),  # process 1 cannot send itself SIGABRT: libc ends it another way
        ("ctypes.string_at(0)", "signal SIGSEGV"),
        ("threading.Thread(target=os._exit, args=(5,)).start(); time.sleep(30)", "exit status 5"),
        ("os.fork() or time.sleep(60)\nos._exit(6)", "exit status 6"),
        (
            "os.fork() and os._exit(7)\nfor i in range(1000): os.closerange(0, 64); time.sleep(60)",
            "exit status 7",
        ),
    ],
)
def test_a_process_that_ends_is_a_crash(make, body, how):
    lives(make(source(body), "f", "ok"), Verdict.CRASHED, Crashed(call="f()", how=how))


@pytest.mark.parametrize(
    ("body", "how"),
    [
        ("os.kill(os.getpid(), 11)", "signal SIGSEGV"),
        ("os.kill(os.getpid(), signal.SIGTERM)", "signal SIGTERM"),
        ("os.abort()", "signal SIGABRT"),
        ("os.kill(os.getpid(), 9)", "signal SIGKILL"),
    ],
)
def test_a_signal_to_itself_is_a_crash_where_a_worker_is_not_process_1(make_bare, body, how):
    lives(make_bare(source(body), "f", "ok"), Verdict.CRASHED, Crashed(call="f()", how=how))


def test_no_signal_of_its_own_stops_a_worker_that_is_process_1(make):
    body = "for number in (9, 11, 15, 19): os.kill(os.getpid(), number)\nreturn os.getpid()"
    assert make(source(body)).f().value == 1


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "time.sleep(60)",
        "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65)); time.sleep(60)",
        "while True: print('x'); time.sleep(0.001)",
        "while True: os.kill(os.getpid(), signal.SIGSTOP)",  # the end of an earlier worker may wake it
        "os.fork() or os.setsid()\ntime.sleep(60)",
    ],
)
def test_what_does_not_end_is_stopped_in_time(make, body):
    student = make(source(body), "f", "ok", call_seconds=0.8, printed_mb=1_000_000)
    student.load()
    started = time.monotonic()
    lives(student, Verdict.TIMED_OUT, TimedOut(call="f()", what="call", seconds=0.8))
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("before", "verdict"), [("", Verdict.TIMED_OUT), ("os.close(3)", Verdict.CRASHED)], ids=["open", "closed"]
)
def test_a_first_thread_that_ends_alone_holds_nobody(make, before, verdict):
    """The kernel says that such a process is ending, and it never does."""
    exit_of_one_thread = 60 if os.uname().machine == "x86_64" else 93
    body = f"""
def others():
    time.sleep(0.2)
    {before or "pass"}
    time.sleep(60)

threading.Thread(target=others).start()
ctypes.CDLL(None).syscall({exit_of_one_thread}, 0)
"""
    student = make(source(body), "f", "ok", call_seconds=1.0)
    started = time.monotonic()
    failure = failure_of(student.f)
    assert (failure.verdict, failure.blame) == (verdict, Blame.STUDENT)
    assert time.monotonic() - started < 10
    assert student.ok(1).value == 1


def test_a_worker_that_does_not_read_does_not_hold_the_judge(make_bare):
    """The request is larger than the socket holds, and nobody takes it."""
    body = "pid = os.getpid()\nif not os.fork(): time.sleep(0.1); os.kill(pid, signal.SIGSTOP); os._exit(0)"
    student = make_bare(source(body), "f", "ok", call_seconds=1.5)
    student.f()
    time.sleep(0.3)
    failure = failure_of(student.ok, torch.zeros(10_000_000))
    assert failure.finding == TimedOut(call="ok(tensor[10000000] float32)", what="call", seconds=1.5)


@pytest.mark.parametrize(
    ("limits", "what", "seconds"),
    [
        ({"call_seconds": 0.3, "test_seconds": 5.0}, "call", 0.3),
        ({"call_seconds": 5.0, "test_seconds": 0.3}, "test", 0.3),
        ({"call_seconds": 5.0, "test_seconds": 5.0, "exercise_seconds": 0.4}, "exercise", 0.4),
    ],
)
def test_the_finding_names_the_limit_that_was_passed(make, limits, what, seconds):
    student = make(source("while True: pass"), "f", "ok", **limits)
    failure = failure_of(student.f)
    assert failure.finding == TimedOut(call="f()", what=what, seconds=seconds)


def test_the_clock_of_a_test_starts_anew_and_that_of_the_exercise_does_not(make):
    student = make("import time\ndef f(n):\n    time.sleep(n)", test_seconds=2.5, exercise_seconds=4)
    for title in ("one", "two", "three"):
        student.begin_test("cpu", title)
        student.f(1)
    assert 0 < student.time_left <= 1
    student.begin_test("cpu", "four")
    assert failure_of(student.f, 30).finding == TimedOut(call="f(30)", what="exercise", seconds=4)
    assert student.time_left == 0


def test_time_in_the_judge_is_not_the_students(make):
    student = make("def f():\n    return 1", test_seconds=1.5)
    student.f()
    time.sleep(1.7)
    assert student.f().value == 1


@pytest.mark.parametrize(
    "body",
    [
        "return torch.zeros(200_000_000)",
        "return [bytes(1_000_000) for _ in range(1000)]",
        "raise MemoryError",
        "raise RuntimeError('[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate')",
    ],
)
def test_too_much_memory_is_said_to_be_that(make, body):
    student = make(source(body), "f", "ok", memory_mb=300)
    failure = failure_of(student.f)
    assert failure.verdict is Verdict.OUT_OF_MEMORY
    assert failure.finding == OutOfMemory(call="f()", limit_mb=300)
    assert student.ok(1).value == 1


def test_what_outlives_a_worker_is_killed_with_it(make, tmp_path):
    """Children of children, in sessions of their own, deaf to signals."""
    body = """
for i in range(3):
    if not os.fork():
        os.setsid()
        for number in range(1, 32):
            try: signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError): pass
        os.fork()
        while True: time.sleep(60)
time.sleep(0.2)
return os.getpid()
"""
    student = make(source(body), "f", "ok")
    before = processes()
    student.f()
    assert len(processes() - before) >= 6
    student.close()
    deadline = time.monotonic() + 5
    while processes() - before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not processes() - before


def processes():
    """Processes of workers, by their descent from this test: id and start time."""
    mine = {os.getpid()}
    table = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        table[int(stat.parent.name)] = (int(fields[1]), fields[19], fields[0])
    found, grew = set(), True
    while grew:
        more = {pid for pid, (parent, _, _) in table.items() if parent in mine} - mine
        mine |= more
        found |= more
        grew = bool(more)
    return {(pid, table[pid][1]) for pid in found if table[pid][2] != "Z"}


def test_the_process_above_a_worker_is_out_of_its_reach(make):
    in_sight = "[name for name in os.listdir('/proc') if name.isdigit()]"
    student = make(source(f"return os.getppid(), os.getpid(), {in_sight}"))
    assert student.f().value == (0, 1, ["1"])


def test_killing_the_zygote_costs_the_killer_one_test_where_it_is_in_reach(make_bare):
    make = make_bare
    other = make("def f():\n    return 2")
    assert other.f().value == 2
    student = make(source("os.kill(os.getppid(), 9); time.sleep(60)"), "f", "ok")
    lives(student, Verdict.CRASHED, Crashed(call="f()", how="the process above it was killed"))
    failure = failure_of(other.f)  # had its worker in the same zygote; the judge replays such a failure
    assert failure.verdict is Verdict.CRASHED
    assert other.f().value == 2


def test_dying_between_calls_is_seen_at_the_next(make):
    student = make(source("threading.Timer(0.1, os._exit, (9,)).start()"), "f", "ok")
    student.f()
    time.sleep(0.3)
    assert failure_of(student.ok, 1).finding == Crashed(call="ok(1)", how="exit status 9")


def test_nothing_survives_a_worker_without_a_root_of_its_own(make_bare):
    student = make_bare(
        """
        import os
        seen = []
        def f():
            seen.append(1)
            open("note", "a").write("x")
            others = set(os.listdir("..")) - {os.path.basename(os.getcwd())}
            files = [file for folder in others for file in os.listdir(f"../{folder}")]
            return len(seen), os.path.getsize("note"), files
        """
    )
    assert student.f().value == (1, 1, [])
    assert student.f().value == (2, 2, [])
    folder = student._session._line.folder
    student.restart()
    assert not folder.exists()
    assert student.f().value == (1, 1, [])


def test_nothing_survives_a_worker(make):
    student = make(
        """
        import os
        def f():
            known = {"note", "work.py"}
            found = [sorted(known & {*os.listdir(place)}) for place in (".", "/tmp", "/dev/shm")]
            for place in (".", "/tmp", "/dev/shm"):
                open(f"{place}/note", "a").write("x")
            return found
        """
    )
    assert student.f().value == [["work.py"], [], []]
    assert student.f().value == [["note", "work.py"], ["note"], ["note"]]
    student.restart()
    assert student.f().value == [["work.py"], [], []]


def test_signals_from_a_worker_do_not_reach_the_judge(make_bare):
    make = make_bare
    seen = []
    old = signal.signal(signal.SIGINT, lambda *_: seen.append("SIGINT"))
    try:
        student = make(source("os.killpg(0, signal.SIGINT); time.sleep(0.1)"), "f", "ok")
        failure_of(student.f)
    finally:
        signal.signal(signal.SIGINT, old)
    assert not seen
