"""Memory of workers that have no control group: looked at from outside, several times a second.

The kernel limits a process by itself only for what is private to it. What a
worker shares with its children, and how many of those there are, shows in
/proc alone. A look is cheap as long as little is used: only then is the
kernel asked to divide shared pages among those who share them.
"""

import os
from collections.abc import Iterator

SECONDS = 0.05
"""Between two looks: memory is taken at up to a few GiB a second, so that is how much may be missed."""

_PAGE = os.sysconf("SC_PAGE_SIZE")
_OURS = ("Pss_Anon:", "Pss_Shmem:")


class Watch:
    """What the workers of one zygote use; made when it has imported everything."""

    def __init__(self) -> None:
        self._files = _shared("self")
        # Of the pages that a worker has from the zygote, this much counts for the worker at most.
        self._granted = _resident("self") - self._files

    def over(self, pid: int, limit: int) -> bool:
        """Whether a worker and all that it started use more than `limit` bytes.

        Args:
            pid: The worker's process id, as /proc has it.
            limit: In bytes.
        """
        family = list(_family(pid))
        allowed = limit + self._granted
        if sum(_resident(each) - self._files for each in family) <= allowed:
            return False
        return sum(map(_share, family)) > allowed


def _family(pid: int) -> Iterator[int]:
    """A process and its descendants."""
    waiting = [pid]
    while waiting:
        yield (found := waiting.pop())
        try:
            threads = os.listdir(f"/proc/{found}/task")
        except OSError:
            continue  # it ended while we were looking
        for thread in threads:
            waiting += map(int, _text(f"/proc/{found}/task/{thread}/children").split())


def _resident(pid: int | str) -> int:
    """Bytes of memory that a process has mapped and touched, whoever shares them."""
    return _statm(pid, 1)


def _shared(pid: int | str) -> int:
    """Bytes of that which are files or shared memory."""
    return _statm(pid, 2)


def _statm(pid: int | str, field: int) -> int:
    fields = _text(f"/proc/{pid}/statm").split()
    return int(fields[field]) * _PAGE if len(fields) > field else 0


def _share(pid: int) -> int:
    """Bytes of memory that a process uses, a page that n processes share counted as an n-th."""
    lines = _text(f"/proc/{pid}/smaps_rollup").splitlines()
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith(_OURS))


def _text(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
