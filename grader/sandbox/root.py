"""A private root: the few folders that a worker may see, and nothing else.

The zygote builds it once, after it has imported all that its workers need: the
interpreter and the libraries read-only, four devices, no course, no home, no
checkout of the grader. Each worker adds a /proc that shows its own processes
and one sized tmpfs, which is its home, its /tmp and its /dev/shm, and which is
gone when its last process is. Nothing outside is ever mounted writable.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass

from grader.sandbox import namespaces
from grader.sandbox.syscalls import named

SCRATCH = "/scratch"
HOME = f"{SCRATCH}/home"
"""A worker's home and working directory."""

WRITABLE = {HOME: HOME, "/tmp": f"{SCRATCH}/tmp", "/dev/shm": f"{SCRATCH}/shm"}  # noqa: S108 - a private one
"""Where a worker may write, and the folder of its tmpfs that is seen there."""

GUARDED = "/.guarded"
"""A file that file permissions leave open, so that a self-test can see Landlock keep it shut."""

FILES = 4096
"""Files and folders that fit into a worker's scratch, besides its size: each costs the kernel memory."""

_PROC = "/.proc"
_LINKS = {"/dev/fd": "/proc/self/fd", "/dev/stdin": "/proc/self/fd/0", "/dev/stdout": "/proc/self/fd/1"}
_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT = 1, 2, 4, 8, 32
_BIND, _MOVE, _REC, _PRIVATE = 1 << 12, 1 << 13, 1 << 14, 1 << 18
_DETACH = 2
_AT_RECURSIVE = 0x8000
_MOST_LINKS = 40


@dataclass(frozen=True)
class Layout:
    """What a private root shows.

    Attributes:
        folders: Real folders and files, shown where they are; none lies in another.
        links: Symbolic links on the way to them, each with its target.
        nodes: Devices.
    """

    folders: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    nodes: tuple[str, ...]

    @property
    def covered(self) -> tuple[str, ...]:
        """Folders that lie where a worker's own tmpfs is seen, and must be shown again on top of it."""
        return tuple(f for f in self.folders if any(f.startswith(f"{place}/") for place in WRITABLE))


def layout(paths: Iterable[str], nodes: Iterable[str]) -> Layout:
    """What to show so that every path of `paths` leads where it leads now; missing ones are left out."""
    links: dict[str, str] = {}
    reals = set()
    for path in paths:
        if os.path.exists(path):
            reals.add(_followed(os.path.abspath(path), links))
    folders: list[str] = []
    for real in sorted(reals):
        if not any(real == shown or real.startswith(f"{shown}/") for shown in folders):
            folders.append(real)
    shown = tuple(f"{folder}/" for folder in folders)
    outside = {link: target for link, target in links.items() if not link.startswith(shown)}
    present = tuple(node for node in nodes if os.path.exists(node))
    return Layout(tuple(folders), tuple(sorted(outside.items())), present)


def _followed(path: str, links: dict[str, str]) -> str:
    """Where `path` leads; every link on the way is added to `links`."""
    here, left = "", [part for part in path.split("/") if part]
    for _ in range(len(left) + _MOST_LINKS * 16):
        if not left:
            break
        part = left.pop(0)
        if part == "..":
            here = os.path.dirname(here).rstrip("/")
            continue
        candidate = f"{here}/{part}"
        if not os.path.islink(candidate):
            here = candidate
            continue
        target = os.readlink(candidate)
        links[candidate] = target
        here = "" if target.startswith("/") else here
        left = [part for part in target.split("/") if part not in ("", ".")] + left
    return here


# --- once, in the zygote --------------------------------------------------------


def enter(shown: Layout) -> None:
    """Leave the machine's files for a root that shows only `shown`, for good.

    Afterwards everything is read-only, and the working directory is /.

    Raises:
        OSError: The system refuses one of the steps; the process must not go on.
    """
    namespaces.unshare(namespaces.NEWNS)
    _mount(None, "/", None, _REC | _PRIVATE)
    # A stage that hides none of the sources: once it is the root, the old root is whole below it.
    stage = next(place for place in ("/tmp", "/mnt", "/run", "/dev") if os.path.isdir(place))  # noqa: S108
    _mount("tmpfs", stage, "tmpfs", _NOSUID | _NODEV, "mode=755,size=1m")
    os.mkdir(f"{stage}/old")
    os.mkdir(f"{stage}/new")
    _pivot(stage, f"{stage}/old")
    os.chdir("/")
    _mount("tmpfs", "/new", "tmpfs", _NOSUID | _NODEV, "mode=755,size=1m")
    _build(shown, "/old", "/new")
    os.chdir("/new")
    _pivot(".", ".")
    _unmount(".")
    os.chdir("/")
    _mount(None, "/", None, _REMOUNT | _BIND | _RDONLY | _NOSUID | _NODEV)


def _build(shown: Layout, old: str, new: str) -> None:
    for folder in shown.folders:
        _show(folder, old, new)
        _protect(new + folder)
    for link, target in shown.links:
        os.makedirs(os.path.dirname(new + link), exist_ok=True)
        os.symlink(target, new + link)
    for node in shown.nodes:
        _show(node, old, new)
        # Read-only is the node, not the device: who may write to it may also set its times, for everybody.
        _protect(new + node, _RDONLY | _NOSUID | _NOEXEC)
    for link, target in _LINKS.items():
        os.makedirs(os.path.dirname(new + link), exist_ok=True)
        os.symlink(target, new + link)
    for folder in (SCRATCH, _PROC, "/proc", "/tmp", "/dev/shm"):  # noqa: S108 - places in the new root
        os.makedirs(new + folder, exist_ok=True)
    with open(new + GUARDED, "wb") as file:  # not text: a codec that is not loaded is out of reach here
        file.write(b"Only Landlock keeps this file shut.\n")
    os.chmod(new + GUARDED, 0o644)
    # Still the machine's: without one in sight an ordinary user could not mount a fresh one.
    _mount(f"{old}/proc", f"{new}/proc", None, _BIND | _REC)


def _show(path: str, old: str, new: str) -> None:
    """Make a folder, file or device of the old root seen in the new one."""
    if os.path.isdir(old + path):
        os.makedirs(new + path, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(new + path), exist_ok=True)
        os.close(os.open(new + path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o644))
    _mount(old + path, new + path, None, _BIND | _REC)


def _protect(path: str, flags: int = _RDONLY | _NOSUID | _NODEV) -> None:
    """Make a mount read-only, with all that is mounted in it, and without devices and setuid programs."""
    attributes = flags.to_bytes(8, "little") + bytes(24)
    try:
        named("mount_setattr", -1, path.encode(), _AT_RECURSIVE, attributes, len(attributes))
    except OSError:  # before Linux 5.12
        _mount(None, path, None, _REMOUNT | _BIND | flags)


# --- in every worker ------------------------------------------------------------


def furnish(shown: Layout, scratch_mb: int, owner: tuple[int, int], *, own_processes: bool) -> None:
    """Give the calling process its own /proc and scratch; it leaves the zygote's mounts for a copy.

    Args:
        shown: What the root shows.
        scratch_mb: Size of the scratch, in MiB.
        owner: User and group to whom the scratch belongs.
        own_processes: Whether the process is in a process id namespace of its own.

    Raises:
        OSError: The system refuses one of the steps.
    """
    namespaces.unshare(namespaces.NEWNS)
    if own_processes:
        _mount("proc", _PROC, "proc", _NOSUID | _NODEV | _NOEXEC)
        _unmount("/proc")
        _mount(_PROC, "/proc", None, _MOVE)
    size = f"mode=755,size={scratch_mb}m,nr_inodes={FILES}"
    _mount("tmpfs", SCRATCH, "tmpfs", _NOSUID | _NODEV | _NOEXEC, size)
    again = [(folder, os.open(folder, os.O_PATH | os.O_CLOEXEC)) for folder in shown.covered]
    for place, folder in WRITABLE.items():
        os.mkdir(folder, 0o700)
        os.chown(folder, *owner)
        if place != folder:
            _mount(folder, place, None, _BIND)
    for folder, descriptor in again:
        os.makedirs(folder, mode=0o755)
        _mount(f"/proc/self/fd/{descriptor}", folder, None, _BIND | _REC)
        os.close(descriptor)


# --- system calls ------------------------------------------------------------------


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    encoded = [text.encode() if text is not None else None for text in (source, target, kind)]
    named("mount", *encoded, flags, data.encode() if data is not None else None)


def _unmount(target: str) -> None:
    named("umount2", target.encode(), _DETACH)


def _pivot(new: str, old: str) -> None:
    named("pivot_root", new.encode(), old.encode())
