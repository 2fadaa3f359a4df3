"""What a grader leaves on the machine if it is killed, and how others of its kind remove it.

A folder for workers is locked as long as the process that made it lives; the
lock goes with the process, however that ends. A control group has the number
of its zygote in its name. So whoever comes later knows what nobody needs any
more. Nothing is touched that has another name or another owner.
"""

import errno
import fcntl
import os
import re
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from grader.sandbox import cgroups

PREFIX = "grader-scratch-"
_NAME = re.compile(PREFIX + r"[a-z0-9_]{8}")
_DIRECTORY = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | os.O_CLOEXEC

GROUP_SECONDS = 5.0
"""How long processes that were killed may take to be gone from their groups."""


class Folder:
    """A folder among the machine's temporary ones, which everybody may pass through but not list.

    Attributes:
        path: Where it is.
    """

    def __init__(self) -> None:
        while True:
            self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
            try:
                self._lock = os.open(self.path, _DIRECTORY)
            except FileNotFoundError:
                continue  # somebody who sweeps came before the lock
            with suppress(OSError):  # a file system without locks: then nobody else can have it either
                fcntl.flock(self._lock, fcntl.LOCK_EX)
            if os.fstat(self._lock).st_nlink:
                break
            os.close(self._lock)
        self.path.chmod(0o711)  # each worker may be another user; its own folder is shut for others

    def remove(self) -> None:
        """Remove it with all that is in it, as far as that goes; once is enough, twice does no harm."""
        remove(self.path)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def remove(folder: str | Path) -> None:
    """Remove a folder with all that is in it, as far as that goes."""
    with suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)


def remove_folder_of(scratch: str) -> None:
    """Remove the `Folder` in which a worker's scratch lies; nothing if that is no such folder."""
    folder = Path(scratch).parent
    if _NAME.fullmatch(folder.name):
        remove(folder)


def sweep_folders() -> None:
    """Remove the folders of ours whose makers are gone."""
    try:
        temporary = tempfile.gettempdir()
        names = [name for name in os.listdir(temporary) if _NAME.fullmatch(name)]
    except OSError:
        return  # where there is nothing for temporary files, there are none
    for name in names:
        path = os.path.join(temporary, name)
        with suppress(OSError):  # it went meanwhile, or it is another user's
            folder = os.open(path, _DIRECTORY)
            try:
                if os.fstat(folder).st_uid == os.geteuid():
                    fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)  # an error while its maker lives
                    remove(path)
            finally:
                os.close(folder)


def sweep_groups(owner: int) -> bool:
    """Remove the control groups of a zygote that has ended; its processes may be about to.

    Args:
        owner: Its process id, as the machine numbers it.

    Returns:
        Whether none is left.
    """
    try:
        with open("/proc/self/cgroup") as own, open("/proc/self/mountinfo") as mounts:
            places = {place.path for place in cgroups.places(own.read(), mounts.read())}
    except OSError:
        return True  # no /proc, no groups
    deadline = time.monotonic() + GROUP_SECONDS
    while left := [path for place in places for path in _groups(place, owner) if not _gone(path)]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.02)
    return not left


def _groups(place: str, owner: int) -> list[str]:
    beginning = cgroups.group_name("", owner)
    try:
        return [os.path.join(place, name) for name in os.listdir(place) if name.startswith(beginning)]
    except OSError:
        return []


def _gone(group: str) -> bool:
    """Remove a group, unless it has a process; whether there is nothing to wait for."""
    try:
        os.rmdir(group)
    except OSError as error:
        return error.errno != errno.EBUSY  # it went meanwhile, or it is not ours to remove
    return True
