"""Real control groups, where they can be had: what is over a limit is killed or refused, and counted."""

import ctypes
import mmap
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from grader.sandbox import cgroups
from grader.sandbox.cgroups import Group, Parents, group_name, parents
from tests.grader.sandbox.descriptors import descriptors

MB = 1 << 20
LIMIT = 64 * MB
STEP = 4 * MB


pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="control groups are Linux's")


@pytest.fixture(scope="module")
def found() -> Iterator[Parents]:
    got = parents()
    if got is None:
        pytest.skip("no control group can be made here: neither version 1 nor a delegated version 2")
    yield got
    got.close()


@pytest.fixture
def needs(found):
    def check(controller: str) -> None:
        if controller not in found.controllers:
            pytest.skip(f"only {found.detail} can be had here")

    return check


@pytest.fixture
def group(found) -> Iterator[Group]:
    made = found.make(group_name("test"), LIMIT, 8)
    yield made
    assert made.remove(), "something is still in it"
    assert not left_behind(found)


def left_behind(found: Parents) -> list[str]:
    ours = group_name("")
    return [n for each in found._hierarchies for n in os.listdir(each.directory) if n.startswith(ours)]


def in_group(group: Group, does: Callable[[], object]) -> int:
    """The wait status of a child that joins and then does something, for ten seconds at most."""
    pid = os.fork()
    if pid == 0:
        status = 70
        try:
            signal.alarm(10)
            group.join()
            does()
            status = 0
        finally:
            os._exit(status)
    return os.waitpid(pid, 0)[1]


def fill(size: int, flags: int = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) -> mmap.mmap:
    area = mmap.mmap(-1, size, flags=flags)
    for start in range(0, size, STEP):
        area[start : start + STEP] = bytes(STEP)
    return area


def fill_file() -> None:
    descriptor = os.memfd_create("shared")
    for _ in range(0, 2 * LIMIT, STEP):
        os.write(descriptor, bytes(STEP))


def fill_in_child() -> None:
    if not (pid := os.fork()):
        try:
            fill(2 * LIMIT)
        finally:
            os._exit(0)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        os.kill(os.getpid(), os.WTERMSIG(status))


def test_a_process_within_its_limit_is_left_alone(group, needs):
    needs("memory")
    assert in_group(group, lambda: fill(LIMIT // 2)) == 0
    assert group.counts() == (0, 0)


@pytest.mark.parametrize(
    "use",
    [
        lambda: fill(2 * LIMIT),
        lambda: fill(2 * LIMIT, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS),
        fill_file,
        fill_in_child,
    ],
    ids=["private", "shared", "tmpfs", "child"],
)
def test_too_much_memory_of_any_kind_is_killed_and_counted(group, needs, use):
    needs("memory")
    assert os.WTERMSIG(in_group(group, use)) == signal.SIGKILL
    assert group.counts()[0] >= 1


def test_two_children_within_the_limit_each_are_over_it_together(group, needs):
    needs("memory")
    (told, tell), (held, hold) = os.pipe(), os.pipe()
    first = os.fork()
    if first == 0:
        try:
            signal.alarm(10)
            os.close(hold)
            group.join()
            area = fill(LIMIT * 3 // 4)
            os.write(tell, b"1")
            os.read(held, 1)
            os._exit(len(area) == 0)
        finally:
            os._exit(70)
    try:
        assert os.read(told, 1) == b"1"
        assert group.counts() == (0, 0)
        second = in_group(group, lambda: fill(LIMIT * 3 // 4))
    finally:
        for descriptor in (told, tell, held, hold):
            os.close(descriptor)
        _, status = os.waitpid(first, 0)
    assert signal.SIGKILL in {os.WTERMSIG(each) for each in (status, second) if os.WIFSIGNALED(each)}
    assert group.counts()[0] >= 1


def fork_many(told: int) -> None:
    """Forks until it is refused, twenty times at most; tells how often it was granted."""
    children = []
    try:
        for _ in range(20):
            if not (pid := os.fork()):
                time.sleep(10)
                os._exit(0)
            children.append(pid)
    except BlockingIOError:
        os.write(told, b"refused %d" % len(children))
    finally:
        for pid in children:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def test_forks_over_the_cap_are_refused_and_counted(group, needs):
    needs("pids")
    read, write = os.pipe()
    assert in_group(group, lambda: fork_many(write)) == 0
    os.close(write)
    assert os.read(read, 100) == b"refused 7"  # it is one of the eight itself
    os.close(read)
    assert group.counts() == (0, 1)


def test_a_group_with_a_process_stays_and_goes_with_it(found, monkeypatch):
    monkeypatch.setattr(cgroups, "REMOVAL_SECONDS", (0.001, 0.001))
    group = found.make(group_name("busy"), LIMIT, 8)
    told, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            group.join()
            os.write(tell, b"1")
            time.sleep(10)
        finally:
            os._exit(0)
    os.close(tell)
    try:
        assert os.read(told, 1) == b"1"
        assert group.has(pid)
        assert not group.has(os.getpid())
        assert not group.remove()
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(told)
    again = found.make(group_name("busy"), LIMIT, 8)  # what is left of that name gives way
    assert again.remove()
    assert again.remove(), "twice does no harm"
    assert not left_behind(found)


def test_a_child_that_is_not_in_every_group_is_found_out(group):
    assert cgroups._enters(group.join, group.has)
    assert not cgroups._enters(lambda: None, group.has)
    assert not cgroups._enters(lambda: os.write(-1, b"0"), group.has)
    assert cgroups._enters(lambda: os.write(group._entrances[0], b"0"), group.has) == (
        len(group._entrances) == 1
    )


def test_what_a_killed_grader_left_is_swept_and_the_rest_stays(found):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    names = {"dead": f"grader-{gone.pid}-1", "alive": group_name("sweep"), "other": f"other-{gone.pid}-1"}
    member = found.make(f"grader-{gone.pid}-2", LIMIT, 8)
    for name in names.values():
        for each in found._hierarchies:
            os.mkdir(name, dir_fd=each.directory)
    try:
        assert in_group(member, found.sweep) == 0
        assert listed(found, member.name)
        assert not listed(found, names["dead"])
        assert listed(found, names["alive"])
        assert listed(found, names["other"])
    finally:
        for name in names.values():
            for each in found._hierarchies:
                cgroups._removed(each.directory, name, ())
        assert member.remove()


def listed(found: Parents, name: str) -> bool:
    """Whether a group of that name is in every hierarchy; in some of them alone it must not be."""
    has = {name in os.listdir(each.directory) for each in found._hierarchies}
    assert len(has) == 1
    return has.pop()


def test_descriptors_are_not_inherited_and_none_is_left(found):
    before = descriptors()
    group = found.make(group_name("fds"), LIMIT, 8)
    assert not any(os.get_inheritable(each) for each in descriptors() - before)
    group.remove()
    assert descriptors() == before
    again = parents()
    again.close()
    assert descriptors() == before


CLONE_NEWNS, MS_REC_PRIVATE, MNT_DETACH = 0x20000, (1 << 14) | (1 << 18), 2


def work_without_sys(found: Parents) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    assert not libc.unshare(CLONE_NEWNS)
    assert not libc.mount(b"none", b"/", None, MS_REC_PRIVATE, None)
    assert not libc.umount2(b"/sys", MNT_DETACH)
    assert not os.path.exists("/sys/fs/cgroup")
    group = found.make(group_name("unseen"), LIMIT, 8)
    assert os.WTERMSIG(in_group(group, lambda: fill(2 * LIMIT))) == signal.SIGKILL
    assert group.counts()[0] >= 1
    assert group.remove()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can take /sys away")
def test_all_of_it_works_when_sys_is_out_of_sight(found, needs):
    needs("memory")
    pid = os.fork()
    if pid == 0:
        status = 70
        try:
            work_without_sys(found)
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(pid, 0)[1] == 0
