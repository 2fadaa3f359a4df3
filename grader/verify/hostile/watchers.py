"""What canaries are watched by: sockets that count who calls, a process that notes
signals, shared memory that remembers what was in it.

They run on the trusted side, as the user who runs the grader, in reach of
student code where nothing walls it off. They answer nobody.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import selectors
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

SEGMENT_BYTES = 4096
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where the system keeps it
_IPC_CREAT, _IPC_RMID, _SHM_RDONLY = 0o1000, 0, 0o10000


class Listeners:
    """Sockets of several kinds, and who called them."""

    KINDS: ClassVar[tuple[str, ...]] = ("tcp4", "tcp6", "udp4", "unix", "abstract")

    def __init__(self, root: Path) -> None:
        self._root = root
        self._selector = selectors.DefaultSelector()
        self._called: dict[str, set[str]] = {}
        self._sockets: list[socket.socket] = []
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._selector.register(self._woken, selectors.EVENT_READ, None)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wake.close()
        self._thread.join(5)
        for each in (*self._sockets, self._woken):
            each.close()
        self._selector.close()

    def listen(self, kind: str, student: str) -> str:
        """A socket for `student` alone; returns its port, path or name, '0' where there is no such kind."""
        families = {"tcp6": socket.AF_INET6, "unix": socket.AF_UNIX, "abstract": socket.AF_UNIX}
        what = socket.SOCK_DGRAM if kind == "udp4" else socket.SOCK_STREAM
        name = f"hostile-{secrets.token_hex(6)}"
        addresses: dict[str, str | tuple[str, int]] = {
            "tcp6": ("::1", 0),
            "unix": str(self._root / name),
            "abstract": f"\0{name}",
        }
        try:
            listening = socket.socket(families.get(kind, socket.AF_INET), what)
            listening.bind(addresses.get(kind, ("127.0.0.1", 0)))
        except OSError:
            return "0"  # a machine without IPv6
        if kind == "unix":
            os.chmod(str(addresses[kind]), 0o777)  # noqa: S103 - within everybody's reach, on purpose
        if what == socket.SOCK_STREAM:
            listening.listen(8)
        listening.setblocking(False)
        self._sockets.append(listening)
        self._selector.register(listening, selectors.EVENT_READ, (kind, student))
        port = listening.getsockname()
        return str(port[1]) if kind in ("tcp4", "tcp6", "udp4") else str(addresses[kind]).lstrip("\0")

    def called(self, student: str) -> list[str]:
        """The kinds of `student`'s sockets that somebody called."""
        return sorted(self._called.get(student, ()))

    def _watch(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    return
                kind, student = key.data
                assert isinstance(key.fileobj, socket.socket)
                try:
                    if key.fileobj.type == socket.SOCK_STREAM:
                        key.fileobj.accept()[0].close()
                    else:
                        key.fileobj.recv(100)
                except OSError:
                    continue  # it hung up again: it has called all the same
                finally:
                    self._called.setdefault(student, set()).add(kind)


_VICTIM = """
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
kept = os.environ["HOSTILE_VICTIM"]
os.write(1, b"ready\\n")
while True:
    told = signal.sigwaitinfo(signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP})
    os.write(1, b"%d\\n" % told.si_signo)
"""


class Victim:
    """A process that notes every signal that it gets, with a token in its memory."""

    def __init__(self, token: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _VICTIM],
            env={"HOSTILE_VICTIM": token},
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.pid = self._process.pid
        assert self._process.stdout is not None
        self._process.stdout.readline()
        os.set_blocking(self._process.stdout.fileno(), False)
        self._nice = os.getpriority(os.PRIO_PROCESS, self.pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdout is not None
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    def suffered(self) -> list[str]:
        """What was done to it, one word each: 'killed', 'stopped', 'signalled', 'slowed'."""
        if self._process.poll() is not None:
            return ["killed"]
        done = []
        if _state(self.pid) in ("T", "t"):
            done.append("stopped")
        assert self._process.stdout is not None
        if self._process.stdout.read():
            done.append("signalled")
        if os.getpriority(os.PRIO_PROCESS, self.pid) != self._nice:
            done.append("slowed")
        return done


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


class Segment:
    """Shared memory with a token in it: a POSIX name, or a System V key.

    Attributes:
        kind: 'posix' or 'sysv'.
        name: The name, or the key in decimal digits; '0' where there is no such memory.
    """

    def __init__(self, kind: str, token: str) -> None:
        self.kind = kind
        self._content = token.encode().ljust(SEGMENT_BYTES, b"\0")
        self._path = SHARED_MEMORY / f"hostile-{secrets.token_hex(6)}"
        self._id = -1
        self.name = "0"
        if kind == "posix":
            if self._path.parent.is_dir():
                self._path.write_bytes(self._content)
                self._path.chmod(0o666)
                self.name = self._path.name
        else:
            key = 0x20000000 | secrets.randbits(27)
            self._id = _libc().shmget(key, SEGMENT_BYTES, _IPC_CREAT | 0o666)
            if self._id >= 0:
                _write(self._id, self._content)
                self.name = str(key)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.kind == "posix":
            self._path.unlink(missing_ok=True)
        elif self._id >= 0:
            _libc().shmctl(self._id, _IPC_RMID, None)

    def changed(self) -> bool:
        """Whether it is gone, or holds something else."""
        if self.name == "0":
            return False
        if self.kind == "posix":
            return not self._path.is_file() or self._path.read_bytes() != self._content
        return _read(self._id) != self._content


def segment_exists(key: int) -> bool:
    """Whether there is a System V segment of that key; removes it."""
    found = _libc().shmget(key, 0, 0)
    if found < 0:
        return False
    _libc().shmctl(found, _IPC_RMID, None)
    return True


def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    libc.shmat.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
    libc.shmdt.argtypes = (ctypes.c_void_p,)
    return libc


def _write(identifier: int, content: bytes) -> None:
    address = _libc().shmat(identifier, None, 0)
    ctypes.memmove(address, content, len(content))
    _libc().shmdt(address)


def _read(identifier: int) -> bytes:
    address = _libc().shmat(identifier, None, _SHM_RDONLY)
    if address in (None, ctypes.c_void_p(-1).value):
        return b""
    content = ctypes.string_at(address, SEGMENT_BYTES)
    _libc().shmdt(address)
    return content
