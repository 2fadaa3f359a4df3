"""Where control groups might be made, and both versions of them with a directory for a kernel."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.sandbox import cgroups
from grader.sandbox.cgroups import Parents, Place, chosen, group_name, parents, places
from tests.grader.sandbox.descriptors import descriptors

LIMIT = 64 << 20

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="control groups are Linux's")


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
