"""The end of a worker, and of everything that it started.

A worker in a process id namespace of its own is that namespace's first
process: it is killed through a descriptor, which cannot come to mean another
process, and it can be reaped only when the namespace is empty. Without one,
what left its group becomes the zygote's child, and is killed from here.
"""

import os
import resource
import select
import signal
import sys
import time
from contextlib import suppress

from grader.sandbox.cgroups import Group
from grader.wire.messages import Ended

KILL_SECONDS = 5.0
"""How long to go on killing what a worker left behind; one stuck in the kernel cannot be helped."""

LAST_SECONDS = 0.5
"""Threads that are told to end have all heard of it by then; what they free may take longer."""

_MB = 1024 if sys.platform.startswith("linux") else 1024**2
"""What `ru_maxrss` counts a MiB with: KiB on Linux, bytes elsewhere."""

PF_EXITING = 0x4
"""A flag of a process in /proc, as Linux has it since ever."""


class Worker:
    """A worker that was forked.

    Args:
        child: Its process id, as the zygote sees it.
        group: Its control group, if it has one.
        memory_bytes: What it and all that it starts may use, beyond what torch itself takes.

    Attributes:
        pid: Its process id, as the machine sees it.
    """

    def __init__(self, child: int, group: Group | None, memory_bytes: int) -> None:
        self.memory_bytes = memory_bytes
        self._was_over = False
        self._child = child
        self._group = group
        self._process = os.pidfd_open(child) if hasattr(os, "pidfd_open") else None
        self.pid = child if self._process is None else _machine_pid(self._process, child)

    def end(self) -> Ended:
        """Kill it unless it is dead already, reap it, and say how it had ended by itself."""
        if _is_exiting(self.pid):
            # Its socket closes a moment before it can be waited for: how it died is worth that moment.
            self._leaves()
        done, status, usage = os.wait4(self._child, os.WNOHANG)
        self._kill()
        if not done:
            _, _, usage = os.wait4(self._child, 0)
        oom_kills, refused = int(self._was_over), 0
        if self._group is not None:
            oom_kills, refused = self._group.counts()
            self._group.remove()
        return Ended(
            pid=self.pid,
            status=status if done else None,
            cpu_seconds=usage.ru_utime + usage.ru_stime,
            own_rss_mb=max(0, usage.ru_maxrss - resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / _MB,
            oom_kills=oom_kills,
            refused_processes=refused,
        )

    def end_for_memory(self) -> None:
        """Kill it because it uses too much memory; `end` will say so."""
        self._was_over = True
        self._kill()

    def _leaves(self) -> None:
        """Wait until it can be reaped; no longer than a process takes all of whose threads are ending."""
        begun = time.monotonic()
        while (passed := time.monotonic() - begun) < KILL_SECONDS:
            if os.waitid(os.P_PID, self._child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                return
            if passed > LAST_SECONDS and not _is_exiting(self.pid, wholly=True):
                return  # its first thread ended alone, and the others never will
            if self._process is None:
                time.sleep(0.005)
            else:
                select.select([self._process], [], [], 0.05)

    def _kill(self) -> None:
        with suppress(ProcessLookupError, PermissionError):  # it is gone, or had not made its group yet
            os.killpg(self._child, signal.SIGKILL)
        if self._process is None:
            kill(self._child)
            return
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._process, signal.SIGKILL)
        os.close(self._process)
        self._process = None


def _machine_pid(process: int, otherwise: int) -> int:
    """The process id by which /proc, which may be that of a namespace above ours, knows a process."""
    try:
        with open(f"/proc/self/fdinfo/{process}", encoding="ascii") as info:
            return next(int(line.split()[1]) for line in info if line.startswith("Pid:"))
    except (OSError, StopIteration):
        return otherwise


def end_strays(workers: set[int]) -> None:
    """Kill and reap what ended workers left: processes that are ours now, but are no workers."""
    deadline = time.monotonic() + KILL_SECONDS
    while time.monotonic() < deadline:
        strays = _children() - workers
        if not strays:
            return
        for stray in strays:
            kill(stray)
        for stray in strays:
            # Its own children become ours with its end, and are seen in the next round.
            _reap(stray)


def kill(pid: int) -> None:
    """Kill a process, if it is there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        return


def _is_exiting(pid: int, *, wholly: bool = False) -> bool:
    """Whether a process is already on its way out, nobody having killed it from here.

    Its first thread shows that, unless it ended alone: `wholly` looks at all of them.
    """
    threads = [str(pid)]
    if wholly:
        try:
            threads = [f"{pid}/task/{thread}" for thread in os.listdir(f"/proc/{pid}/task")]
        except OSError:
            return True  # there is nothing of it any more
    found = [fields for fields in map(_status, threads) if len(fields) > 6]
    return all(int(fields[6]) & PF_EXITING for fields in found) and (wholly or bool(found))


def _status(pid: int | str) -> list[str]:
    """What the system says about a process, from its state on; empty if it says nothing."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as status:
            # After the command in brackets, which may hold anything.
            return status.read().rpartition(")")[2].split()
    except OSError:
        return []


def _children() -> set[int]:
    """Our child processes; none where the system does not tell (orphans are not ours there)."""
    me = os.getpid()
    try:
        with open(f"/proc/{me}/task/{me}/children", encoding="ascii") as children:
            return {int(word) for word in children.read().split()}
    except OSError:
        pass
    found: set[int] = set()
    try:
        names = [name for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return found
    for name in names:
        fields = _status(name)
        if len(fields) > 1 and int(fields[1]) == me:
            found.add(int(name))
    return found
