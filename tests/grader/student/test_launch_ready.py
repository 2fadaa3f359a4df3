"""Workers that are kept ready, and workers whose end nobody waits for."""

import os
import select
import signal
import time
from pathlib import Path

import pytest

from grader.course.manifest import Limits
from grader.sandbox.policy import Confinement
from grader.student.launch import Zygote
from grader.verdicts import Isolation
from grader.wire.messages import End, Load, Loaded, SourceFile

PROCESS = Confinement.demanded(Isolation.PROCESS)
SOURCE = b"import os\ndef f(): pass\n"


@pytest.fixture(scope="module")
def shared():
    with Zygote(warm=True, confinement=PROCESS) as zygote:
        yield zygote


@pytest.fixture
def warm(shared):
    """A warm zygote that has forgotten what was asked of it, so that tests do not depend on each other."""
    shared.settle()
    if shared._standby is not None:
        standby, shared._standby = shared._standby, None
        shared._drop(standby)
    shared._terms = None
    return shared


def waiting(zygote):
    """The process id of the worker that is kept ready."""
    return zygote._orders.collect(zygote._standby.ordered).pid


def gone(pid, patience=5.0):
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


def works(line):
    line.ask([(Load(1, ("a.py",), (SourceFile("a.py", SOURCE),), ()), ())])
    answer, _ = line.answer(time.monotonic() + 10)
    return isinstance(answer, Loaded)


def open_descriptors():
    return len(os.listdir("/proc/self/fd"))


def test_the_next_worker_is_the_one_that_was_kept_ready(warm):
    first = warm.fork(Limits(), "cpu")
    pid, scratch = waiting(warm), warm._standby.scratch
    second = warm.fork(Limits(), "cpu")
    assert (second.pid, second.folder) == (pid, scratch)
    assert works(first)
    assert works(second)
    warm.end(first)
    warm.end(second)


def test_a_worker_that_was_kept_ready_holds_no_descriptor_of_another(warm):
    lines = [warm.fork(Limits(), "cpu") for _ in range(2)]
    waiting(warm)
    for line in lines:
        descriptors = {path.name: os.readlink(path) for path in Path(f"/proc/{line.pid}/fd").iterdir()}
        assert sorted(descriptors) == ["0", "1", "2", "3"]
    sockets = {os.readlink(f"/proc/{line.pid}/fd/3") for line in lines}
    pipes = {os.readlink(f"/proc/{line.pid}/fd/1") for line in lines}
    assert len(sockets) == len(pipes) == 2
    for line in lines:
        warm.end(line)


@pytest.mark.parametrize(
    ("limits", "device"),
    [(Limits(memory_mb=512), "cpu"), (Limits(return_depth=3), "cpu"), (Limits(), "cuda")],
)
def test_other_limits_or_another_device_get_another_worker(warm, limits, device):
    warm.dismiss(warm.fork(Limits(), "cpu"))
    kept, scratch = waiting(warm), warm._standby.scratch
    line = warm.fork(limits, device)
    assert line.pid != kept
    warm.settle()
    assert gone(kept)
    assert works(line)
    assert warm._standby is None  # the terms have just changed: the next ones are anybody's guess
    warm.dismiss(line)
    warm.dismiss(warm.fork(limits, device))
    assert (warm._standby is not None) == (device == "cpu")  # CUDA: it would use the device
    warm.settle()
    assert not scratch.exists()


def test_limits_that_no_worker_knows_of_do_not_cost_the_one_that_is_ready(warm):
    warm.dismiss(warm.fork(Limits(), "cpu"))
    kept = waiting(warm)
    line = warm.fork(Limits(call_seconds=1, output_kb=1), "cpu")
    assert line.pid == kept
    warm.dismiss(line)


@pytest.mark.usefixtures("quickly")
def test_a_zygote_that_is_not_warm_keeps_none_ready():
    with Zygote() as zygote:
        for _ in range(2):
            zygote.dismiss(zygote.fork(Limits(), "cpu"))
            assert zygote._standby is None


def kill(zygote):
    os.kill(waiting(zygote), signal.SIGKILL)
    time.sleep(0.1)


def leave_a_module(zygote):
    waiting(zygote)
    (zygote._standby.scratch / "torch.py").write_text("raise SystemExit")


def remove_its_folder(zygote):
    waiting(zygote)
    zygote._standby.scratch.rmdir()


@pytest.mark.parametrize("harm", [kill, leave_a_module, remove_its_folder])
def test_a_worker_that_was_harmed_while_it_waited_is_not_used(warm, harm):
    line = warm.fork(Limits(), "cpu")
    kept = waiting(warm)
    harm(warm)
    warm.dismiss(line)
    line = warm.fork(Limits(), "cpu")
    assert line.pid != kept
    assert works(line)
    assert line.generation == warm._generation
    warm.end(line)
    assert gone(kept)


def test_a_worker_that_was_stopped_while_it_waited_goes_on_when_the_other_ends(warm):
    line = warm.fork(Limits(), "cpu")
    kept = waiting(warm)
    select.select([warm._standby.channel], [], [], 10)  # until it is ready
    os.kill(kept, signal.SIGSTOP)
    warm.dismiss(line)
    line = warm.fork(Limits(), "cpu")
    assert line.pid == kept
    assert works(line)
    warm.end(line)


@pytest.mark.usefixtures("quickly")
def test_a_zygote_that_dies_takes_the_waiting_worker_along():
    with Zygote(warm=True) as zygote:
        line = zygote.fork(Limits(), "cpu")
        kept = waiting(zygote)
        zygote._process.kill()
        zygote._process.wait()
        assert gone(kept)
        again = zygote.fork(Limits(), "cpu")
        assert (again.generation, again.pid != kept) == (line.generation + 1, True)
        assert works(again)
        zygote.dismiss(line)
        zygote.dismiss(again)
        zygote.settle()
        assert zygote._generation == again.generation


@pytest.mark.usefixtures("quickly")
def test_a_dead_zygote_is_noticed_by_a_dismissal():
    with Zygote() as zygote:
        line = zygote.fork(Limits(), "cpu")
        zygote._process.kill()
        zygote._process.wait()
        zygote.dismiss(line)
        zygote.settle()
        assert zygote._generation == line.generation + 1
        again = zygote.fork(Limits(), "cpu")
        assert works(again)
        zygote.end(again)


@pytest.mark.usefixtures("quickly")
def test_nothing_is_left_after_close():
    before = open_descriptors()
    zygote = Zygote(warm=True, confinement=PROCESS)
    lines = [zygote.fork(Limits(), "cpu") for _ in range(3)]
    pids = [waiting(zygote), *(line.pid for line in lines)]
    folder = lines[0].folder.parent
    (lines[0].folder / "left").mkdir()
    zygote.dismiss(lines[0])
    zygote.dismiss(lines[1])
    zygote.fork(Limits(), "cpu").close()
    process = zygote._process
    zygote.close()
    lines[2].close()
    assert process.returncode == 0
    assert all(gone(pid) for pid in pids)
    assert not folder.exists()
    assert open_descriptors() == before


def test_a_late_notice_belongs_to_its_worker(warm):
    """A worker that crashed is asked about after another was dismissed."""
    idle, crashed = warm.fork(Limits(), "cpu"), warm.fork(Limits(), "cpu")
    os.kill(crashed.pid, signal.SIGSEGV)
    assert crashed.ended(5)
    seconds = warm.cpu_seconds
    warm.dismiss(idle)
    assert warm.cpu_seconds == seconds
    ended = warm.end(crashed)
    assert ended.pid == crashed.pid
    assert os.WTERMSIG(ended.status) == signal.SIGSEGV
    assert warm.cpu_seconds > seconds + ended.cpu_seconds
    assert gone(idle.pid)


@pytest.mark.usefixtures("quickly")
def test_notices_that_are_swapped_are_not_believed():
    with Zygote(warm=True, confinement=PROCESS) as zygote:
        first, second = (zygote.fork(Limits(), "cpu") for _ in range(2))
        zygote.settle()
        generation = zygote._generation
        zygote._orders.send(End(first.pid))
        zygote._orders._awaited[-1].order = End(second.pid)
        assert zygote.end(second) is None
        assert zygote._generation == generation + 1
        zygote.dismiss(first)


def test_settling_counts_the_time_of_every_dismissed_worker(warm):
    line = warm.fork(Limits(), "cpu")
    source = b"for i in range(2_000_000): pass\ndef f(): pass\n"
    line.ask([(Load(1, ("a.py",), (SourceFile("a.py", source),), ()), ())])
    line.answer(time.monotonic() + 10)
    seconds = warm.cpu_seconds
    warm.dismiss(line)
    warm.settle()
    assert warm.cpu_seconds > seconds + 0.02


def test_the_files_of_a_dismissed_worker_are_gone_before_another_can_look(warm):
    line = warm.fork(Limits(), "cpu")
    assert works(line)
    assert (line.folder / "a.py").exists()
    warm.dismiss(line)
    assert not line.folder.exists()
