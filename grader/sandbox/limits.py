"""Enforcement: the calling process gives up what the policy does not grant.

Runs in a worker right after the fork, before a byte of student code arrives.
Only what the operating system has is used; a limit that cannot be set on this
system is left out of the layers that are returned, never silently counted.
Whatever else fails raises OSError: a worker that is not confined must not run.
"""

import ctypes
import fcntl
import os
import resource
import signal
import sys
import sysconfig
import tempfile
from functools import cache
from pathlib import Path

from grader.errors import IsolationError
from grader.sandbox.policy import Limit, Policy

CHANNEL = 3
"""The descriptor of the channel to the judge in a confined worker."""

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38


def confine(policy: Policy, *, parent: int, channel: int, output: int) -> tuple[str, ...]:
    """Confine the calling process for the rest of its life.

    Afterwards descriptor 0 is /dev/null, 1 and 2 are `output`, `CHANNEL` is
    `channel`, and no other is open.

    Args:
        policy: What is granted.
        parent: Process id of the zygote; if it is gone, so are we.
        channel: Descriptor of the socket to the judge.
        output: Descriptor of the pipe for everything printed.

    Returns:
        Names of the layers that are on.

    Raises:
        OSError: Something that the policy asks for was refused.
        IsolationError: The zygote ended meanwhile.
    """
    layers = []
    if _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL):
        layers.append("pdeathsig")
    if os.getppid() != parent:
        raise IsolationError("The zygote ended while it was forking a worker.")
    os.setsid()
    _arrange_descriptors(channel, output)
    os.environ.clear()
    os.environ.update(policy.environment)
    os.chdir(policy.scratch)
    os.umask(0o077)
    _tidy_interpreter(policy.scratch)
    layers += ["session", "descriptors", "environment", "scratch"]
    names = [limit.resource for limit in policy.limits if _apply(limit)]
    layers.append(f"rlimits({' '.join(names)})")
    if _prctl(_PR_SET_NO_NEW_PRIVS, 1):
        layers.append("no_new_privs")
    return tuple(layers)


def adopt_orphans() -> bool:
    """Become the parent of every orphan among our descendants; whether the system can do that."""
    return _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def tasks_of_this_user() -> int | None:
    """How many threads this user has on the whole machine now, or None if the system does not tell."""
    me, count = os.getuid(), 0
    try:
        for entry in os.scandir("/proc"):
            if entry.name.isdigit():
                try:
                    if entry.stat().st_uid == me:
                        count += len(os.listdir(f"/proc/{entry.name}/task"))
                except OSError:
                    continue  # it ended while we were looking
    except OSError:
        return None
    return count or None


def present_data() -> int | None:
    """Bytes of private writable memory that this process has mapped, or None if not on Linux."""
    try:
        statm = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return None
    try:
        return int(os.read(statm, 200).split()[5]) * resource.getpagesize()
    finally:
        os.close(statm)


def _arrange_descriptors(channel: int, output: int) -> None:
    # First out of the way of 0 to 3, which are about to be replaced.
    channel = fcntl.fcntl(channel, fcntl.F_DUPFD_CLOEXEC, 64)
    output = fcntl.fcntl(output, fcntl.F_DUPFD_CLOEXEC, 64)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.dup2(channel, CHANNEL, inheritable=False)
    try:
        opened = [int(name) for name in os.listdir("/dev/fd")]
    except OSError:
        opened = list(range(4096))
    for descriptor in opened:
        if descriptor > CHANNEL:
            try:
                os.close(descriptor)
            except OSError:
                continue  # the one that listed them


def _tidy_interpreter(scratch: str) -> None:
    """Make Python forget where the grader lives and whom it was started by."""
    tempfile.tempdir = None
    sys.argv[:] = [""]
    sys.path[:] = [scratch, *importable(tuple(sys.path))]
    sys.dont_write_bytecode = True
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)


@cache
def importable(paths: tuple[str, ...]) -> list[str]:
    """`paths` without the folder that the grader runs from, unless that is where packages are installed.

    In a checkout it holds the references and the hidden tests beside the grader.
    """
    checkout = {str(Path(__file__).resolve().parents[2])}
    checkout -= {os.path.realpath(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
    return [path for path in paths if path and os.path.realpath(path) not in checkout]


def _apply(limit: Limit) -> bool:
    """Set one limit, no higher than the hard limit that we have; whether this system knows it."""
    number = getattr(resource, f"RLIMIT_{limit.resource.upper()}", None)
    amount = limit.amount
    if limit.above_present:
        present = present_data()
        if present is None:
            return False
        amount += present
    if number is None:
        return False
    _, hard = resource.getrlimit(number)
    if hard != resource.RLIM_INFINITY:
        amount = min(amount, hard)
    resource.setrlimit(number, (amount, amount))
    return True


def _prctl(option: int, value: int) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    return bool(_libc().prctl(option, ctypes.c_ulong(value), 0, 0, 0) == 0)


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
