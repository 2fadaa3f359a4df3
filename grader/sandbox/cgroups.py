"""Control groups: memory and processes of a worker counted together with all that it starts.

Version 1 and version 2 are used wherever this process may make groups beside
or below its own; whether it may is tried, never guessed. Every file is reached
through directory descriptors that were opened at the start, since the zygote
later loses sight of /sys. Nothing here kills, and nothing touches a group
whose name does not begin with `grader-`.
"""

import errno
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

CONTROLLERS = ("memory", "pids")
"""What is limited, in this order."""

REMOVAL_SECONDS = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128)
"""Waits between attempts to remove a group: the kernel lets go of a killed process a moment later."""

_TRIAL_BYTES = 64 << 20
_TRIAL_PROCESSES = 16
_NAME = re.compile(r"grader-([0-9]+)-[a-z0-9]+")
_DIRECTORY = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | os.O_CLOEXEC


def group_name(label: int | str, owner: int | None = None) -> str:
    """The name of a group that belongs to this process, or to `owner` as the machine numbers it.

    `label` is a number or a lower-case word.
    """
    return f"grader-{os.getpid() if owner is None else owner}-{label}"


@dataclass(frozen=True)
class Place:
    """A directory below which groups might be made.

    Attributes:
        version: 1 or 2.
        controllers: What is counted there, if groups can be made.
        path: The directory.
    """

    version: int
    controllers: frozenset[str]
    path: str


def places(own: str, mounts: str) -> list[Place]:
    """Where groups might be made, the best first.

    Args:
        own: The text of /proc/self/cgroup.
        mounts: The text of /proc/self/mountinfo.
    """
    groups = {}
    for line in own.splitlines():
        _, names, group = line.split(":", 2)
        groups.update(dict.fromkeys(names.split(","), group))
    found: list[Place] = []
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        root, point = (_unescaped(field) for field in before.split(" ")[3:5])
        kind, _, options = after.split(" ", 2)
        named = frozenset(options.split(",")) & frozenset(CONTROLLERS)
        if kind == "cgroup" and named and (path := _seen(groups.get(min(named)), root, point)):
            found.append(Place(1, named, path))
        elif kind == "cgroup2" and (path := _seen(groups.get(""), root, point)):
            # A group of version 2 that has processes cannot limit groups below it; one beside it can be had
            # where the parent is ours too, as in a user's slice.
            above = [os.path.dirname(path)] if path != point else []
            found += [Place(2, frozenset(CONTROLLERS), each) for each in (path, *above)]
    return found


def _seen(group: str | None, root: str, point: str) -> str | None:
    """Where `group` is in a mount of `root` at `point`, or None if it is not in it."""
    inside = root.rstrip("/") + "/"
    if group is None or ".." in group.split("/") or not (group.rstrip("/") + "/").startswith(inside):
        return None
    return os.path.join(point, group[len(inside) :]).rstrip("/")


def _unescaped(field: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), field)


@dataclass(frozen=True)
class _Hierarchy:
    """A directory in which groups can be made, kept open."""

    version: int
    controllers: frozenset[str]
    directory: int

    @property
    def entrance(self) -> str:
        # With "0" the caller enters alone, and a moment after a fork that is the whole process. Through
        # `tasks` that takes microseconds; `cgroup.procs`, the only way in version 2, takes a lock of the
        # whole machine that now and then makes everyone wait for 10 ms and more.
        return "tasks" if self.version == 1 else "cgroup.procs"

    def limit(self, group: int, memory_bytes: int, pids: int) -> None:
        """Set the limits of a new group, given its directory."""
        if "memory" in self.controllers:
            (_limit_memory_1 if self.version == 1 else _limit_memory_2)(group, memory_bytes)
        if "pids" in self.controllers:
            _write(group, "pids.max", pids)

    def counts(self, group: int) -> tuple[int, int]:
        """Out-of-memory kills and refused forks in a group, given its directory."""
        kills = forks = 0
        if "memory" in self.controllers:
            events = "memory.oom_control" if self.version == 1 else "memory.events"
            kills = _counter(group, events, "oom_kill")
        if "pids" in self.controllers:
            forks = _counter(group, "pids.events", "max")
        return kills, forks


def _limit_memory_1(group: int, memory_bytes: int) -> None:
    _write(group, "memory.limit_in_bytes", memory_bytes)
    try:
        _write(group, "memory.memsw.limit_in_bytes", memory_bytes)
    except FileNotFoundError:  # swap is not counted here; then nothing of the group shall go there
        _write(group, "memory.swappiness", 0)


def _limit_memory_2(group: int, memory_bytes: int) -> None:
    _write(group, "memory.max", memory_bytes)
    for name, value in (("memory.swap.max", 0), ("memory.oom.group", 1)):
        try:
            _write(group, name, value)
        except FileNotFoundError:  # a kernel without swap, or before 4.19, which kills one process alone
            continue


class Group:
    """A group of one worker, made by `Parents.make`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._seats: list[tuple[_Hierarchy, int]] = []
        self._entrances: list[int] = []

    def open(self, hierarchy: _Hierarchy, memory_bytes: int, pids: int) -> None:
        """Make the group in one hierarchy; what was made is known to `remove` even if this fails."""
        try:
            os.mkdir(self.name, 0o755, dir_fd=hierarchy.directory)
        except FileExistsError:  # of a process of the same number that was killed
            os.rmdir(self.name, dir_fd=hierarchy.directory)
            os.mkdir(self.name, 0o755, dir_fd=hierarchy.directory)
        group = os.open(self.name, _DIRECTORY, dir_fd=hierarchy.directory)
        self._seats.append((hierarchy, group))
        hierarchy.limit(group, memory_bytes, pids)
        self._entrances.append(os.open(hierarchy.entrance, os.O_WRONLY | os.O_CLOEXEC, dir_fd=group))

    def join(self) -> None:
        """Enter the group; for a child that was forked a moment ago and has one thread.

        Raises:
            OSError: The kernel refused; the child is not limited.
        """
        for entrance in self._entrances:
            os.write(entrance, b"0")

    def has(self, pid: int) -> bool:
        """Whether a process is in the group, wherever it was made."""
        return all(str(pid) in _read(group, "cgroup.procs").split() for _, group in self._seats)

    def counts(self) -> tuple[int, int]:
        """How many processes were killed for memory, and how many forks were refused."""
        counts = [hierarchy.counts(group) for hierarchy, group in self._seats]
        return sum(kills for kills, _ in counts), sum(forks for _, forks in counts)

    def remove(self) -> bool:
        """Remove the group, whose processes have ended; once is enough, and twice does no harm.

        Returns:
            False if it still has a process after all waits; it then stays for `Parents.sweep`.
        """
        gone = True
        while self._entrances:
            os.close(self._entrances.pop())
        while self._seats:
            hierarchy, group = self._seats.pop()
            os.close(group)
            gone = _removed(hierarchy.directory, self.name, REMOVAL_SECONDS) and gone
        return gone


class Parents:
    """Where groups can be made, found and tried by `parents`."""

    def __init__(self, hierarchies: Sequence[_Hierarchy]) -> None:
        self._hierarchies = tuple(hierarchies)

    @property
    def controllers(self) -> frozenset[str]:
        """What is limited: memory, pids or both."""
        return frozenset[str]().union(*(each.controllers for each in self._hierarchies))

    @property
    def detail(self) -> str:
        """In short, for a report: 'v1 memory pids'."""
        words: dict[str, None] = {}
        for controller in CONTROLLERS:
            for each in self._hierarchies:
                if controller in each.controllers:
                    words |= {f"v{each.version}": None, controller: None}
        return " ".join(words)

    def make(self, name: str, memory_bytes: int, pids: int) -> Group:
        """Make a group.

        Args:
            name: As `group_name` gives it.
            memory_bytes: What its processes may use together, with shared memory and swap.
            pids: How many processes and threads it may have.

        Raises:
            OSError: It cannot be made; nothing is left of it.
        """
        assert _NAME.fullmatch(name), "sweep() must know it again"
        group = Group(name)
        try:
            for hierarchy in self._hierarchies:
                group.open(hierarchy, memory_bytes, pids)
        except BaseException:
            group.remove()
            raise
        return group

    def sweep(self) -> None:
        """Remove the groups that graders left behind when they were killed.

        A group stays if the process in its name exists or if it has a member.
        """
        for hierarchy in self._hierarchies:
            for name in os.listdir(hierarchy.directory):
                match = _NAME.fullmatch(name)
                if match and not _exists(int(match[1])):
                    _removed(hierarchy.directory, name, waits=())

    def close(self) -> None:
        """Close the directories; groups that were made can still be joined, but not removed."""
        for hierarchy in self._hierarchies:
            os.close(hierarchy.directory)
        self._hierarchies = ()


def parents() -> Parents | None:
    """Find where this process can make groups, or None if it cannot.

    Each controller is tried: a group is made, a child enters it, the group is
    removed. Call it once, early: it forks, and it reads /proc and /sys.
    """
    if not sys.platform.startswith("linux"):
        return None
    try:
        with open("/proc/self/cgroup") as own, open("/proc/self/mountinfo") as mounts:
            candidates = places(own.read(), mounts.read())
    except OSError:
        return None  # no /proc, no groups
    return chosen(candidates)


def chosen(candidates: Sequence[Place]) -> Parents | None:
    """The first place for each controller that stands the trial, or None if there is none."""
    had: list[_Hierarchy] = []
    wanted = frozenset(CONTROLLERS)
    for place in candidates:
        if hierarchy := _opened(place, wanted):
            had.append(hierarchy)
            wanted -= hierarchy.controllers
    return Parents(had) if had else None


def _opened(place: Place, wanted: frozenset[str]) -> _Hierarchy | None:
    """A place with those of the wanted controllers that can be had there."""
    try:
        directory = os.open(place.path, _DIRECTORY)
    except OSError:
        return None
    possible = place.controllers & wanted
    if place.version == 2:
        possible &= _enabled(directory)
    tried = (_Hierarchy(place.version, frozenset({each}), directory) for each in sorted(possible))
    had = frozenset[str]().union(*(each.controllers for each in tried if _works(each)))
    if had:
        return _Hierarchy(place.version, had, directory)
    os.close(directory)
    return None


def _enabled(directory: int) -> frozenset[str]:
    """The controllers that groups below a group of version 2 have."""
    try:
        return frozenset(_read(directory, "cgroup.subtree_control").split())
    except OSError:
        return frozenset()


def _works(hierarchy: _Hierarchy) -> bool:
    """Whether a group can be made, entered by a child, counted and removed."""
    try:
        group = Parents((hierarchy,)).make(group_name("trial"), _TRIAL_BYTES, _TRIAL_PROCESSES)
    except OSError:
        return False
    try:
        entered = _enters(group.join, group.has) and group.counts() == (0, 0)
    except OSError:
        entered = False
    return group.remove() and entered


def _enters(join: Callable[[], None], has: Callable[[int], bool]) -> bool:
    """Whether a forked child that calls `join` is then in the group, as `has` sees it."""
    told, tell = os.pipe()
    held, hold = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            join()
            os.close(hold)
            os.write(tell, b"1")
            os.read(held, 1)  # until the parent has looked, or is gone
        finally:
            os._exit(0)
    os.close(tell)
    try:
        return os.read(told, 1) == b"1" and has(pid)
    finally:
        for descriptor in (hold, held, told):
            os.close(descriptor)
        os.waitpid(pid, 0)


def _removed(directory: int, name: str, waits: Sequence[float]) -> bool:
    """Whether a group is gone now; tried again after each wait as long as it has a process."""
    for wait in (*waits, None):
        try:
            os.rmdir(name, dir_fd=directory)
        except FileNotFoundError:
            return True
        except OSError as error:
            if error.errno not in (errno.EBUSY, errno.EACCES, errno.EPERM):
                raise
            if error.errno != errno.EBUSY or wait is None:
                return False
            time.sleep(wait)
        else:
            return True
    return False


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True  # another user's
    except (ProcessLookupError, OverflowError):
        return False
    return True


def _write(directory: int, name: str, value: int) -> None:
    descriptor = os.open(name, os.O_WRONLY | os.O_CLOEXEC, dir_fd=directory)
    try:
        os.write(descriptor, str(value).encode())
    finally:
        os.close(descriptor)


def _read(directory: int, name: str) -> str:
    descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=directory)
    try:
        return os.read(descriptor, 1 << 16).decode()
    finally:
        os.close(descriptor)


def _counter(directory: int, name: str, key: str) -> int:
    """One number of a file that has a name and a number on each line; 0 if it is not among them."""
    for line in _read(directory, name).splitlines():
        word, _, number = line.partition(" ")
        if word == key:
            return int(number)
    return 0
