"""What student code would try, and all layers together must stop.

Reading, writing, connecting, signals, tracing, more processes and memory than
allowed, and a look at what was left lying about. Each returns whether it was
held back, and what was seen; arguments are text, and name things that the
judge made for this. What gets through is undone at once, or harmless. Runs in
a self-test worker, as `grader.sandbox.probes` tells it to.
"""

import mmap
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import NoReturn

from grader.sandbox.policy import MB, PASSED_ON, worker_policy
from grader.sandbox.syscalls import named

Seen = tuple[bool, str]
"""Whether the wall held, and what was seen."""

VARIABLES = frozenset(PASSED_ON).union(
    worker_policy("/", {}, memory_mb=1, file_mb=1, processes=1).environment
)
"""What may stand in a worker's environment, and in what its zygote was started with."""

STANDARD = frozenset(range(4))
"""Nothing to read, the output twice, and the channel to the judge."""

PTRACE_SEIZE = 0x4206

_PAGE = 4096


# --- files, sockets, processes ------------------------------------------------------


def read(*paths: str) -> Seen:
    """Read files and list folders of the judge's side."""
    why = ""
    for path in paths:
        for attempt in (os.listdir, _first_byte):
            try:
                attempt(path)
            except NotADirectoryError:
                continue
            except OSError as error:
                why = why or reason(error)
                continue
            return False, f"{path} could be read"
    return True, why


def write(canary: str, neighbour: str) -> Seen:
    """Change a file, make one beside it, and open a library of the interpreter to change it."""
    why = ""
    for path, flags in (
        (canary, os.O_WRONLY | os.O_APPEND),
        (neighbour, os.O_WRONLY | os.O_CREAT),
        (os.__file__, os.O_WRONLY),
    ):
        try:
            descriptor = os.open(path, flags, 0o600)
        except OSError as error:
            why = why or reason(error)
            continue
        if path == canary:
            os.write(descriptor, b"changed")
        os.close(descriptor)
        return False, f"{path} could be opened for writing"
    return True, why


def connect(kind: str, address: str) -> Seen:
    """Connect to a socket of the judge's: 'tcp' and a port, 'abstract' and a name, 'path' and a path."""
    where: tuple[str, int] | str | bytes
    family, where = socket.AF_UNIX, address
    if kind == "tcp":
        family, where = socket.AF_INET, ("127.0.0.1", int(address))
    elif kind == "abstract":
        where = b"\0" + address.encode()
    try:
        with socket.socket(family, socket.SOCK_STREAM) as dialled:
            dialled.settimeout(1.0)
            dialled.connect(where)
    except OSError as error:
        return True, reason(error)
    return False, "it was connected"


def send_signal(victim: str) -> Seen:
    """End a process that the judge started."""
    try:
        os.kill(int(victim), signal.SIGTERM)
    except OSError as error:
        return True, reason(error)
    return False, f"process {victim} could be ended"


def trace(victim: str) -> Seen:
    """Trace a process that the judge started."""
    try:
        named("ptrace", PTRACE_SEIZE, int(victim), 0, 0)
    except OSError as error:
        return True, reason(error)
    return False, f"process {victim} could be traced"


def others_in_proc() -> Seen:
    """Look for other processes in /proc."""
    try:
        others = {int(name) for name in os.listdir("/proc") if name.isdigit()} - {os.getpid()}
    except OSError as error:
        return True, reason(error)
    return not others, f"{len(others)} processes can be seen" if others else "no other process"


# --- what was left lying about ------------------------------------------------------


def descriptors() -> Seen:
    """Look for files that were left open, or lead out of the private root."""
    most = min(resource.getrlimit(resource.RLIMIT_NOFILE)[1] % (1 << 64), 1 << 16)
    opened = {descriptor for descriptor in range(most) if _is_open(descriptor)}
    if left := sorted(opened - STANDARD):
        return False, f"descriptors are open: {', '.join(map(str, left))[:200]}"
    folders = [descriptor for descriptor in opened if os.path.isdir(f"/proc/self/fd/{descriptor}")]
    return not folders, "a descriptor is a folder" if folders else "none but those it needs"


def environment() -> Seen:
    """Look for variables that the policy does not name; also those that the zygote was started with."""
    present = set(os.environ)
    with suppress(OSError), open("/proc/self/environ", "rb") as block:
        present |= {os.fsdecode(each.partition(b"=")[0]) for each in block.read().split(b"\0") if each}
    others = sorted(present - VARIABLES)
    return (
        not others,
        f"variables are set: {', '.join(others)[:200]}" if others else "none but those it needs",
    )


def import_path(*folders: str) -> Seen:
    """Look for a folder to import from that is one of these, or that holds one."""
    for place in map(os.path.realpath, sys.path):
        for folder in folders:
            if os.path.commonpath([place, folder]) == place:
                return False, f"modules are imported from {place}"
    return True, "no folder of the course"


# --- more than allowed --------------------------------------------------------------


def fork_many(most: str) -> Seen:
    """Have so many child processes at once."""
    with children(int(most), nullcontext) as ready:
        held = ready < int(most)
    return held, f"no more than {ready}" if held else f"{ready} child processes could be had"


def take_memory(mb: str) -> Seen:
    """Take so much memory in one process."""
    try:
        with touched(int(mb), mmap.MAP_PRIVATE):
            return False, f"{mb} MB could be taken"
    except OSError as error:
        return True, reason(error)


ATTEMPTS: Sequence[Callable[..., Seen]] = (
    *(read, write, connect, send_signal, trace, others_in_proc),
    *(descriptors, environment, import_path, fork_many, take_memory),
)
"""All of them."""


# --- how it is tried ----------------------------------------------------------------


@contextmanager
def touched(mb: int, sharing: int) -> Iterator[None]:
    """So much memory, every page of it used, for as long as the block runs."""
    with mmap.mmap(-1, mb * MB, flags=sharing | mmap.MAP_ANONYMOUS) as memory:
        memory[::_PAGE] = bytes(mb * MB // _PAGE)
        yield


@contextmanager
def children(count: int, holding: Callable[[], AbstractContextManager[object]]) -> Iterator[int]:
    """So many children at once, as far as they can be had; yields how many hold what they should."""
    ready, tell = os.pipe()
    wait, release = os.pipe()
    born: list[int] = []
    try:
        with suppress(OSError):  # one more is refused
            for _ in range(count):
                child = os.fork()
                if child == 0:
                    _hold(holding, tell, wait, release)
                born.append(child)
        os.close(tell)
        told = 0
        while told < len(born) and os.read(ready, 1):  # nothing to read: all others have ended
            told += 1
        yield told
    finally:
        for descriptor in (ready, wait, release):
            os.close(descriptor)
        for child in born:
            os.waitpid(child, 0)


def _hold(
    holding: Callable[[], AbstractContextManager[object]], tell: int, wait: int, release: int
) -> NoReturn:
    """Be one of `children`."""
    try:
        os.close(release)  # or its end would never be seen
        with holding():
            os.write(tell, b".")
            os.close(tell)
            os.read(wait, 1)
    finally:
        os._exit(0)


def reason(error: OSError) -> str:
    """What the system said."""
    return error.strerror or str(error)


def _first_byte(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(1)


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
