"""Namespaces: what a process can see and reach of the machine, besides files.

A user namespace gives an ordinary user the right to make the others; root has
it anyway. Process ids are special: a new namespace of them holds for children
only, so the zygote makes one, forks its worker into it as process 1, and goes
back. When process 1 ends, the kernel ends all others in the namespace.
"""

import os
import sys

from grader.sandbox.syscalls import named, prctl

NEWNS = 0x0002_0000
NEWUTS = 0x0400_0000
NEWIPC = 0x0800_0000
NEWUSER = 0x1000_0000
NEWPID = 0x2000_0000
NEWNET = 0x4000_0000

_SET_CHILD_SUBREAPER = 36

HOST = b"grader"
"""The name of the machine inside."""

SYS_ADMIN = 21
"""The capability that makes namespaces; see capabilities(7)."""


def unshare(flags: int) -> None:
    """Leave the namespaces that `flags` name for new ones; OSError if that is refused."""
    named("unshare", flags)


def name_machine() -> None:
    """Give the machine a name of no meaning; in a UTS namespace of our own."""
    unshare(NEWUTS)
    named("sethostname", HOST, len(HOST))


def may_make_namespaces() -> bool:
    """Whether this process has CAP_SYS_ADMIN, so that it needs no user namespace."""
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:
            effective = next(line for line in status if line.startswith("CapEff:"))
    except (OSError, StopIteration):
        return False
    return bool(int(effective.split()[1], 16) >> SYS_ADMIN & 1)


def own_user() -> None:
    """Enter a user namespace in which this process has every capability, under its own user id.

    The process must have one thread only. Nobody else is mapped: a file of any
    other user is nobody's in there.

    Raises:
        OSError: User namespaces are switched off, or not for us.
    """
    uid, gid = os.getuid(), os.getgid()
    unshare(NEWUSER)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def adopt_orphans() -> bool:
    """Become the parent of every orphan among our descendants; whether the system can do that."""
    if not sys.platform.startswith("linux"):
        return False
    prctl(_SET_CHILD_SUBREAPER, 1)
    return True


class ProcessIds:
    """Namespaces of process ids, one for each worker.

    Raises:
        OSError: The system has no such namespaces.
    """

    def __init__(self) -> None:
        self._own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)

    def fork(self) -> int:
        """Fork a child that is process 1 of a new namespace; returns as `os.fork` does.

        Raises:
            OSError: No namespace or process can be had.
        """
        unshare(NEWPID)
        pid = -1
        try:
            pid = os.fork()
        finally:
            if pid != 0:
                named("setns", self._own, NEWPID)  # later children are born where we are
        return pid
