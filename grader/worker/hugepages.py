"""Make what the zygote holds cheap to fork: huge pages instead of small ones.

A fork copies the page tables of all memory that was written to, and the end of a
worker takes them down again: 3 ms of each worker's 5 ms for the 200 MiB that torch
and Python hold in small pages, 0.3 ms in huge ones. Collapsing them costs half a
second, once, which a batch has back after 200 workers. A page that a worker writes
to is still copied as a small one.
"""

import ctypes
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from grader.sandbox.syscalls import libc

COLLAPSE = 25
"""MADV_COLLAPSE of madvise(2), Linux 6.1 and newer."""

HUGE = 2 << 20
"""Bytes of a huge page on x86-64, and on aarch64 with small pages of 4 KiB."""

_MAPPING = re.compile(r"([0-9a-f]+)-([0-9a-f]+) rw.p \S+ \S+ (\d+) *(.*)")


def collapse() -> None:
    """Put this process's anonymous memory into huge pages, where the system can do that."""
    with suppress(OSError):  # no /proc to look at: then everything stays as it is
        for begin, size in _anonymous(Path("/proc/self/maps").read_text()):
            libc().madvise(ctypes.c_void_p(begin), ctypes.c_size_t(size), COLLAPSE)


def _anonymous(maps: str) -> Iterator[tuple[int, int]]:
    """Where whole huge pages fit into the anonymous memory of a process, and how many bytes of them."""
    for line in maps.splitlines():
        found = _MAPPING.fullmatch(line)
        if found is None or found[3] != "0" or found[4].startswith(("[stack", "[v")):
            continue
        begin = -(-int(found[1], 16) // HUGE) * HUGE
        size = int(found[2], 16) // HUGE * HUGE - begin
        if size > 0:
            yield begin, size
