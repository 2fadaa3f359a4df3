"""What a run left on the machine: files, mounts, shared memory, control groups.

Looked at before and after; only what carries the run's own names counts,
because others work on the machine meanwhile. Trusted side; it removes what it
finds, so that a failed run is as clean as a good one.
"""

from __future__ import annotations

import importlib.util
import os
import stat
import subprocess
import sys
from collections.abc import Iterator, Set
from pathlib import Path

SHARED_FOLDERS = (
    *("/tmp", "/var/tmp", "/dev/shm"),  # noqa: S108 - these are looked at, nothing is put there
    *("/run", "/run/lock", "/", "/root", "/home", "/etc", "/dev", "/usr"),
)
"""Where things are left for others to find; looked into one level deep."""

GROUPS = Path("/sys/fs/cgroup")


def fingerprint(folder: Path) -> dict[str, str]:
    """Every path under `folder` with what is there, to see whether anything was changed.

    The time of the last change is the kernel's own; nobody but it can set it.
    """
    found = {}
    for path in folder.rglob("*"):
        name = os.fsencode(path.relative_to(folder)).decode("utf-8", "backslashreplace")
        status = path.lstat()
        found[name] = f"{status.st_mode:o}"
        if stat.S_ISREG(status.st_mode):
            found[name] += f" {status.st_ino} {status.st_size} {status.st_ctime_ns}"
    return {name: what for name, what in found.items() if "__pycache__" not in name}


def left(marker: str, root: Path) -> list[str]:
    """What is there that should not be, one phrase each; it is removed.

    Args:
        marker: What the names of all begin with that attacks make.
        root: The run's folder: no mount may lie under it.
    """
    return [*_files(marker), *_mounts(marker, root)]


def _files(marker: str) -> Iterator[str]:
    torch = importlib.util.find_spec("torch")
    packages = [*sys.path, os.path.dirname(os.__file__), os.path.dirname((torch and torch.origin) or "")]
    for folder in {*SHARED_FOLDERS, *packages, os.path.expanduser("~"), os.getcwd()} - {""}:
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        for name in names:
            if marker in name:
                path = Path(folder) / name
                _remove(path)
                yield f"the file {path}"


def _mounts(marker: str, root: Path) -> Iterator[str]:
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        if marker in line or str(root) in line:
            place = line.split()[4]
            subprocess.run(["umount", "-l", place], check=False, capture_output=True)
            yield f"a mount at {place}"


def groups(pids: Set[int]) -> list[str]:
    """The control groups that are named after one of these processes, one phrase each."""
    found = []
    for folder, names, _ in os.walk(GROUPS):
        for name in names:
            words = name.split("-")
            if words[0] == "grader" and len(words) > 1 and words[1].isdigit() and int(words[1]) in pids:
                found.append(f"the control group {folder}/{name}")
    return found


def _remove(path: Path) -> None:
    try:
        if path.is_dir() and not path.is_symlink():
            os.rmdir(path)
        else:
            path.unlink()
    except OSError:
        return  # it is told of in any case
