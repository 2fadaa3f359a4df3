"""Probes: a worker tries what it must not be able to do, and says what came of it.

A self-test worker runs these before any student code does. Each probe of a
layer gets through exactly when that layer is not there, whatever other layers
stand behind it, so no layer can be lost unnoticed; the others try what student
code would try, and all layers together must stop them. The judge judges, and
looks for itself where it can. Harmless: what gets through is undone at once.
All that they need is imported with this module, before the worker is walled off.
"""

import errno
import mmap
import os
import resource
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import MappingProxyType

from grader.sandbox import attempts
from grader.sandbox.attempts import PTRACE_SEIZE, Seen, children, reason, touched
from grader.sandbox.namespaces import HOST, NEWUSER
from grader.sandbox.policy import MB
from grader.sandbox.root import GUARDED
from grader.sandbox.syscalls import named, prctl

PR_GET_NO_NEW_PRIVS = 39
GROUP = "grader-"
"""What the names of our control groups begin with (`grader.sandbox.cgroups`)."""

HELD_SECONDS = 0.5
"""Long enough for several looks, on a busy machine too (`grader.worker.watch`)."""

NOBODY = 0x3FFF_FFFF
"""A process id that no system gives out."""

CALLS: Sequence[tuple[str, tuple[object, ...], str]] = (
    ("ptrace", (PTRACE_SEIZE, NOBODY, 0, 0), "processes may be traced"),
    ("execve", (b"/nowhere/to/be/found", None, None), "programs may be started"),
    ("unshare", (NEWUSER,), "a user namespace could be made, with all capabilities in it"),
)
"""System calls that nothing else refuses with EPERM, and what it means when one is made."""


def run(name: str, arguments: Sequence[str]) -> Seen:
    """Try something.

    Args:
        name: One of `PROBES`.
        arguments: What it takes, as text.

    Returns:
        Whether it was held back, and what was seen. What could not be tried
        was not held: nothing is taken for granted.
    """
    try:
        return PROBES[name](*arguments)
    except Exception as error:  # noqa: BLE001 - the judge must hear of everything
        return False, f"it could not be tried: {type(error).__name__}: {error}"


# --- one layer each -----------------------------------------------------------


def processes(victim: str) -> Seen:
    """Process ids: is there a parent, or a process that the judge started?"""
    if parent := os.getppid():
        return False, f"its parent, process {parent}, can be seen"
    try:
        os.kill(int(victim), 0)
    except ProcessLookupError:
        return True, "no such process"
    except PermissionError:
        pass  # it may not be signalled, but it is there
    return False, f"process {victim} can be seen"


def network(judges: str) -> Seen:
    """Network: is it the judge's, or does a route lead anywhere?

    Interfaces say nothing: with some drivers every new namespace has tunnels.
    """
    if judges and _namespace("net") == judges:
        return False, "its network is the machine's"
    routes = _lines("/proc/self/net/route")[1:]
    return not routes, f"a route through {routes[0].split()[0]} can be seen" if routes else "no route"


def segments(judges: str) -> Seen:
    """IPC: are there shared memory segments? The judge made one."""
    if judges and _namespace("ipc") == judges:
        return False, "its queues and segments are the machine's"
    found = _lines("/proc/sysvipc/shm")[1:]
    return not found, f"{len(found)} segments of shared memory can be seen" if found else "none to be seen"


def machine_name(judges: str, name: str) -> Seen:
    """Host name: is it the machine's?"""
    if judges and _namespace("uts") == judges:
        return False, "the machine's name can be read"
    own = os.uname().nodename
    if own == name and own != HOST.decode():
        return False, f"the machine's name, {own}, can be read"
    return True, f"it is called {own}"


def names(*paths: str) -> Seen:
    """Private root: is any of these files of the judge's side there?"""
    for path in paths:
        try:
            os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            return False, f"the way to {path} can be seen ({error.strerror})"
        return False, f"{path} can be seen"
    return True, "no such file"


def open_files(most: str) -> Seen:
    """Limits: open more files than allowed."""
    opened: list[int] = []
    try:
        for _ in range(int(most)):
            opened.append(os.dup(1))
    except OSError as error:
        return error.errno == errno.EMFILE, reason(error)
    finally:
        for descriptor in opened:
            os.close(descriptor)
    return False, f"{most} files more could be opened"


def file_size(mb: str) -> Seen:
    """Limits: write a file larger than allowed. It is sparse, and takes no room."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with _file("probe-size") as descriptor:
        try:
            os.pwrite(descriptor, b"\0", int(mb) * MB)
        except OSError as error:
            return error.errno == errno.EFBIG, reason(error)
    return False, f"a file of more than {mb} MB could be written"


def mapped_memory(mb: str) -> Seen:
    """Limits: map more memory than allowed, without using it."""
    try:
        mmap.mmap(-1, int(mb) * MB, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except OSError as error:
        return error.errno == errno.ENOMEM, reason(error)
    return False, f"{mb} MB could be mapped"


def core_file() -> Seen:
    """Limits: may a crash leave a core file, or the limit be raised?"""
    most = max(resource.getrlimit(resource.RLIMIT_CORE), key=lambda limit: limit % (1 << 64))
    held = most in (0, 1)  # no core file is as small as a byte
    return held, "no core file" if held else "a core file may be written"


def user(judges: str) -> Seen:
    """User: is it the judge's, or does it still belong to groups?"""
    own = {_outside(uid) for uid in os.getresuid()}
    if int(judges) in own:
        return False, f"it runs as user {judges}, as the grader does"
    if groups := os.getgroups():
        return False, f"it still belongs to the groups {groups}"
    return True, f"user {min(own)}"


def capabilities() -> Seen:
    """Capabilities: is any left? The bounding set only ever limits, and some may not empty it."""
    sets = [line.split() for line in _lines("/proc/self/status") if line.startswith("Cap")]
    left = [f"{name[:-1]} {bits.lstrip('0')}" for name, bits in sets if int(bits, 16) and name != "CapBnd:"]
    if left or not sets:
        return False, f"it still has {', '.join(left)}" if left else "the system does not tell"
    return True, "none is left"


def gains() -> Seen:
    """Privileges: could a setuid program give some?"""
    if prctl(PR_GET_NO_NEW_PRIVS) == 1:
        return True, "none can be gained"
    return False, "a setuid program would give it privileges"


def guarded_file(canary: str) -> Seen:
    """Landlock: read a file that nothing else keeps shut."""
    path = GUARDED if os.path.lexists(GUARDED) else canary
    try:
        with open(path, "rb"):
            return False, f"{path} could be read"
    except OSError as error:
        return error.errno == errno.EACCES, reason(error)


def system_calls() -> Seen:
    """Seccomp: calls that nothing else refuses to a process without privileges."""
    if "Seccomp:\t2" not in _lines("/proc/self/status"):
        return False, "no filter of system calls is on"
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_STREAM):
        return False, "an internet socket could be made"
    for name, arguments, meaning in CALLS:
        try:
            named(name, *arguments)
        except OSError as error:
            if error.errno == errno.EPERM:
                continue
        return False, meaning
    return True, "refused"


def group() -> Seen:
    """Control group: is what it uses counted together, and with nobody else's?"""
    if any(line.rpartition("/")[2].startswith(GROUP) for line in _lines("/proc/self/cgroup")):
        return True, "it is in a group of its own"
    return False, "it is in no group of its own"


def spread_memory(shared_mb: str, each_mb: str) -> Seen:
    """Take memory in shares that no limit of one process counts together.

    One is shared memory, and two children hold one of their own each. It is held for a
    moment: where there is no control group, somebody looks only several times a second.
    """
    each = int(each_mb)
    with (
        touched(int(shared_mb), mmap.MAP_SHARED),
        children(2, lambda: touched(each, mmap.MAP_PRIVATE)) as ready,
    ):
        held = ready < 2
        if not held:
            time.sleep(HELD_SECONDS)
    total = int(shared_mb) + 2 * each
    return held, "a child process was ended" if held else f"{total} MB could be taken"


OF_LAYERS: Sequence[Callable[..., Seen]] = (
    *(processes, network, segments, machine_name, names, open_files, file_size, mapped_memory, core_file),
    *(user, capabilities, gains, guarded_file, system_calls, group, spread_memory),
)
"""The probes of one layer each."""

PROBES: Mapping[str, Callable[..., Seen]] = MappingProxyType(
    {each.__name__: each for each in (*OF_LAYERS, *attempts.ATTEMPTS)}
)
"""Every probe by its name."""


# --- how it is tried ------------------------------------------------------------------


def _lines(path: str) -> list[str]:
    """The lines of a file in /proc; none if it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()
    except OSError:
        return []


def _namespace(kind: str) -> str:
    """Which namespace this process is in, as the kernel numbers them; '' if it does not tell."""
    try:
        return os.readlink(f"/proc/self/ns/{kind}")
    except OSError:
        return ""


def _outside(uid: int) -> int:
    """What a user id of this user namespace is outside of it."""
    for line in _lines("/proc/self/uid_map"):
        inside, outside, length = map(int, line.split())
        if inside <= uid < inside + length:
            return outside + uid - inside
    return uid


@contextmanager
def _file(name: str) -> Iterator[int]:
    """A new file in the working directory, for as long as the block runs."""
    descriptor = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
        os.unlink(name)
