"""Bounds of a process that fuzzes: memory above what it has now, and what it used."""

import resource
from pathlib import Path


def hold(memory_mb: int) -> int:
    """Let this process have so much more memory than it has now; the MB resident before.

    Beyond it, allocations fail: a MemoryError, which no decoder may hide.
    """
    limit = (_status("VmData") << 10) + (memory_mb << 20)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    return _status("VmRSS") >> 10


def _status(field: str) -> int:
    """A field of this process's status, in kB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))
