"""What a run has left on the machine, told apart from what others do there at the same time.

Orphans of everything that is started meanwhile become children of this
process, so that none is overlooked. Files, groups and segments count if they
carry the number of a process that was seen below this one, or if the lock of
whoever made them is gone. Nothing is removed.
"""

import errno
import fcntl
import os
import re
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest

from grader.sandbox.syscalls import prctl

SUBREAPER = 36
PATIENCE = 8.0
"""A few seconds; a busy machine takes most of them."""

GROUPS = Path("/sys/fs/cgroup")
SHARED = Path("/dev/shm")
SEGMENTS = Path("/proc/sysvipc/shm")
FOLDER = re.compile(r"grader-[a-z0-9_-]{8,}")


class Remaining:
    """Watches what is left; used as a context manager.

    Attributes:
        seen: Every process that `look` has found below this one.
        started: Those whose exit status somebody waits for.
    """

    def __enter__(self):
        prctl(SUBREAPER, 1)
        self._before = set(below(os.getpid()))
        self._mounts = Path("/proc/self/mountinfo").read_text().splitlines()
        self._folders = set(folders())
        self._shared = set(SHARED.iterdir())
        self.seen = set()
        self.started = set()
        return self

    def __exit__(self, kind, error, trace):
        for pid in self.processes():  # of a test that failed; each is below us, and started by us
            with suppress(ProcessLookupError):
                os.kill(pid, 9)
        prctl(SUBREAPER, 0)

    def look(self):
        """Remember which processes there are."""
        found = self.processes()
        self.seen |= found
        return found

    def processes(self):
        """Our descendants that run, with what was adopted; the dead among those are buried."""
        found = set()
        for pid, (parent, state) in below(os.getpid()).items():
            if pid in self._before:
                continue
            if state not in "ZX":
                found.add(pid)
            elif parent == os.getpid() and pid not in self.started:
                os.waitpid(pid, os.WNOHANG)
        return found

    def left(self):
        """What is left, one phrase each."""
        self.look()
        mounts = Path("/proc/self/mountinfo").read_text().splitlines()
        return [
            *(f"process {pid}: {command(pid)}" for pid in self.processes()),
            *(f"mount {line}" for line in mounts if line not in self._mounts),
            *(f"group {path}" for path in groups(self.seen)),
            *(f"folder {path}" for path in folders() if path not in self._folders and forsaken(path)),
            *(f"file {path}" for path in set(SHARED.iterdir()) - self._shared if self._made(path)),
            *(f"segment {line}" for line in segments() if int(line.split()[4]) in self.seen),
        ]

    def nothing(self, patience=PATIENCE):
        """Fail if something is still there after `patience` seconds."""
        deadline = time.monotonic() + patience
        while left := self.left():
            if time.monotonic() > deadline:
                pytest.fail("left behind: " + "; ".join(left[:10]) + f" ({len(left)} in all)")
            time.sleep(0.05)

    def _made(self, path):
        return any(re.search(rf"\D{pid}(\D|$)", path.name) for pid in self.seen) or path.name == "huge"


def below(ancestor):
    """Parent and state of every process below one."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                fields = Path(f"/proc/{name}/stat").read_bytes().rpartition(b")")[2].split()
            except OSError:
                continue
            parents[int(name)] = int(fields[1]), fields[0].decode()
    found, layer = {}, {ancestor}
    while layer:
        layer = {pid for pid, (parent, _) in parents.items() if parent in layer}
        found |= {pid: parents[pid] for pid in layer}
    return found


def children(pid):
    """The children of a process, oldest first."""
    return sorted(each for each, (parent, _) in below(pid).items() if parent == pid)


def command(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")[:120]
    except OSError:
        return "gone"


def groups(pids):
    """The control groups of graders with one of these numbers."""
    found = []
    for folder, names, _ in os.walk(GROUPS):
        for name in names:
            match = re.fullmatch(r"grader-(\d+)-[a-z0-9]+", name)
            if match and int(match[1]) in pids:
                found.append(os.path.join(folder, name))
    return found


def folders():
    """The temporary folders that graders made."""
    return [path for path in Path(tempfile.gettempdir()).iterdir() if FOLDER.fullmatch(path.name)]


def forsaken(folder):
    """Whether nobody holds a folder any more."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        return error.errno != errno.ENOENT
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return folder.exists()


def segments():
    """The segments of System V shared memory."""
    return SEGMENTS.read_text().splitlines()[1:] if SEGMENTS.exists() else []
