"""Control groups: real ones where they can be had; version 2 with a directory for a kernel."""

import ctypes
import errno
import mmap
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.sandbox import cgroups
from grader.sandbox.cgroups import Group, Parents, Place, chosen, group_name, parents, places

MB = 1 << 20
LIMIT = 64 * MB
STEP = 4 * MB

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="control groups are Linux's")


# --- real groups ---------------------------------------------------------------


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


def descriptors() -> set[int]:
    listing = os.listdir("/proc/self/fd")
    return {int(name) for name in listing if os.path.exists(f"/proc/self/fd/{name}")}


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


# --- where groups might be made --------------------------------------------------

V1_MOUNTS = """\
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory
36 31 0:33 / /sys/fs/cgroup/devices rw,relatime - cgroup cgroup rw,devices
39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
"""
V2_MOUNT = "29 23 0:26 {root} {point} rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"


def paths(own: str, mounts: str) -> list[tuple[int, str]]:
    return [(place.version, place.path) for place in places(own, mounts)]


def test_version_1_has_a_group_of_its_own_for_each_controller():
    found = places("8:pids:/\n5:devices:/x\n4:memory:/jobs/a:b\n0::/\n", V1_MOUNTS)
    assert found == [
        Place(1, frozenset({"memory"}), "/sys/fs/cgroup/memory/jobs/a:b"),
        Place(1, frozenset({"pids"}), "/sys/fs/cgroup/pids"),
    ]


def test_controllers_of_version_1_may_share_a_mount_and_a_mount_may_show_a_part():
    shared = "35 31 0:32 /docker/7 /sys/my\\040groups rw - cgroup cgroup rw,memory,pids\n"
    both = frozenset({"memory", "pids"})
    assert places("4:memory,pids:/docker/7/in\n", shared) == [Place(1, both, "/sys/my groups/in")]
    assert places("4:memory,pids:/docker/7\n", shared) == [Place(1, both, "/sys/my groups")]
    assert places("4:memory,pids:/docker/77\n", shared) == []


def test_version_2_has_the_group_itself_and_the_one_above():
    assert paths("0::/user.slice/a.scope\n", V2_MOUNT.format(root="/", point="/sys/fs/cgroup")) == [
        (2, "/sys/fs/cgroup/user.slice/a.scope"),
        (2, "/sys/fs/cgroup/user.slice"),
    ]


def test_nothing_above_the_mount_is_thought_of():
    assert paths("0::/\n", V2_MOUNT.format(root="/", point="/sys/fs/cgroup")) == [(2, "/sys/fs/cgroup")]
    assert paths("0::/pod/7\n", V2_MOUNT.format(root="/pod/7", point="/cg")) == [(2, "/cg")]
    assert paths("0::/../other\n", V2_MOUNT.format(root="/", point="/cg")) == []


def test_where_there_are_no_control_groups_there_is_no_place(tmp_path):
    assert places("", "") == []
    assert places("0::/\n", "23 1 8:1 / / rw - ext4 /dev/sda rw\n") == []
    assert chosen([]) is None
    assert chosen([Place(2, frozenset({"memory"}), str(tmp_path / "missing"))]) is None


# --- version 2, and version 1 without swap accounting, with a directory for a kernel ----------------


VERSION_2 = {
    "cgroup.procs": "", "memory.max": "", "memory.swap.max": "", "memory.oom.group": "",
    "memory.events": "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\noom_group_kill 0\n",
    "pids.max": "", "pids.events": "max 0\n",
}  # fmt: skip
VERSION_1 = {
    "cgroup.procs": "", "tasks": "", "memory.limit_in_bytes": "", "memory.swappiness": "",
    "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n",
}  # fmt: skip


class Kernel:
    """Makes the files of a new group, and takes them away again; `entered` says what a join does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, files: dict[str, str] | None = None) -> None:
        self.files = dict(files or VERSION_2)
        self.enters = True
        self.removals: list[int] = []  # errors that the next removals meet
        self._mkdir = os.mkdir
        monkeypatch.setattr(cgroups.os, "mkdir", self.mkdir)
        monkeypatch.setattr(cgroups.os, "rmdir", self.rmdir)
        monkeypatch.setattr(cgroups, "_enters", lambda join, has: self.enters)

    def mkdir(self, name: str, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
        self._mkdir(name, mode, dir_fd=dir_fd)
        for file, text in self.files.items() if dir_fd is not None else ():
            Path(f"/proc/self/fd/{dir_fd}", name, file).write_text(text)

    def rmdir(self, name: str, *, dir_fd: int) -> None:
        if self.removals:
            raise OSError(self.removals.pop(), "so the kernel says")
        folder = os.readlink(f"/proc/self/fd/{dir_fd}")
        subprocess.run(["rm", "-r", "--", f"{folder}/{name}"], check=True)


@pytest.fixture
def choose():
    got: list[Parents] = []

    def choose_and_keep(*candidates: Place) -> Parents | None:
        if found := chosen(candidates):
            got.append(found)
        return found

    yield choose_and_keep
    for each in got:
        each.close()


@pytest.fixture
def slice_of(tmp_path):
    def make(enabled: str, name: str = "slice") -> Place:
        (tmp_path / name).mkdir()
        (tmp_path / name / "cgroup.subtree_control").write_text(enabled + "\n")
        return Place(2, frozenset({"memory", "pids"}), str(tmp_path / name))

    return make


def test_version_2_limits_memory_swap_and_processes(monkeypatch, choose, slice_of):
    place = slice_of("cpu memory pids")
    Kernel(monkeypatch)
    found = choose(place)
    assert found.detail == "v2 memory pids"
    group = found.make(group_name(0), LIMIT, 8)
    folder = Path(place.path) / group.name
    wanted = {"memory.max": str(LIMIT), "memory.swap.max": "0", "memory.oom.group": "1", "pids.max": "8"}
    assert {name: (folder / name).read_text() for name in wanted} == wanted
    group.join()
    assert (folder / "cgroup.procs").read_text() == "0"
    (folder / "memory.events").write_text("oom 9\noom_kill 2\noom_group_kill 1\n")
    (folder / "pids.events").write_text("max 5\n")
    assert group.counts() == (2, 5)
    assert group.remove()
    assert sorted(each.name for each in Path(place.path).iterdir()) == ["cgroup.subtree_control"]


def test_a_kernel_without_swap_limits_memory_all_the_same(monkeypatch, choose, slice_of):
    place = slice_of("memory")
    kernel = Kernel(monkeypatch)
    del kernel.files["memory.swap.max"], kernel.files["memory.oom.group"]
    found = choose(place)
    assert found.detail == "v2 memory"
    assert found.controllers == {"memory"}


def test_version_1_without_swap_accounting_swaps_nothing(monkeypatch, choose, tmp_path):
    Kernel(monkeypatch, VERSION_1)
    found = choose(Place(1, frozenset({"memory"}), str(tmp_path)))
    group = found.make(group_name(0), LIMIT, 8)
    assert (tmp_path / group.name / "memory.limit_in_bytes").read_text() == str(LIMIT)
    assert (tmp_path / group.name / "memory.swappiness").read_text() == "0"
    group.join()
    assert (tmp_path / group.name / "tasks").read_text() == "0"
    group.remove()


def test_only_what_is_enabled_and_can_be_entered_is_had(monkeypatch, choose, slice_of):
    kernel = Kernel(monkeypatch)
    bare, full = slice_of("cpu", "bare"), slice_of("pids", "full")
    found = choose(bare, full)
    assert found.detail == "v2 pids"
    kernel.enters = False
    assert choose(bare, full) is None


def test_what_cannot_be_counted_or_limited_or_removed_is_not_had(monkeypatch, choose, slice_of):
    kernel, place = Kernel(monkeypatch), slice_of("memory")
    kernel.removals = [errno.EPERM]
    assert choose(place) is None
    for name in ("memory.max", "memory.events", "cgroup.procs"):
        kept = kernel.files.pop(name)
        assert choose(place) is None, name
        kernel.files[name] = kept
    assert choose(place) is not None


IN_EACH = (("above", "memory.max"), ("above", "pids.max"), ("own", "pids.max"))


def test_each_controller_comes_from_the_first_place_that_has_it(monkeypatch, choose, slice_of, tmp_path):
    Kernel(monkeypatch)
    found = choose(slice_of("pids", "own"), slice_of("memory pids", "above"))
    assert found.controllers == {"memory", "pids"}
    assert found.detail == "v2 memory pids"
    group = found.make(group_name(0), LIMIT, 8)
    limited = [Path(tmp_path, name, group.name, file).read_text() for name, file in IN_EACH]
    assert limited == [f"{LIMIT}", "", "8"]
    group.remove()


def test_a_group_that_cannot_be_made_whole_is_not_left(monkeypatch, choose, slice_of):
    kernel, place = Kernel(monkeypatch), slice_of("memory pids")
    found = choose(place)
    del kernel.files["pids.max"]
    before = descriptors()
    with pytest.raises(FileNotFoundError):
        found.make(group_name(0), LIMIT, 8)
    assert descriptors() == before
    assert [each.name for each in Path(place.path).iterdir()] == ["cgroup.subtree_control"]


def test_removal_waits_for_the_kernel_but_not_for_ever(monkeypatch, choose, slice_of):
    waits: list[float] = []
    monkeypatch.setattr(cgroups.time, "sleep", waits.append)
    kernel, place = Kernel(monkeypatch), slice_of("memory")
    found = choose(place)
    kernel.removals = [errno.EBUSY] * 3
    assert found.make(group_name(0), LIMIT, 8).remove()
    assert waits == list(cgroups.REMOVAL_SECONDS[:3])
    kernel.removals = [errno.EBUSY] * 100
    assert not found.make(group_name(1), LIMIT, 8).remove()
    assert sum(waits) < 1
    kernel.removals = [errno.EIO]
    with pytest.raises(OSError, match="so the kernel says"):
        found.make(group_name(2), LIMIT, 8).remove()


def test_a_system_without_control_groups_has_none(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert parents() is None
