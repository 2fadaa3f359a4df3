"""Bait: things of the judge's that a self-test worker must not get at.

A file and a folder that anybody may write, sockets that anybody may connect
to, a segment of shared memory, a process to signal and to trace. What happened
to them the judge sees for itself, whatever the worker says. Exists for a
fraction of a second, never where a submission is, and is gone even if the
judge is killed (but for the folder, which another grader removes).
"""

import os
import secrets
import socket
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from grader.sandbox.policy import zygote_environment
from grader.sandbox.remains import Folder
from grader.sandbox.syscalls import named

TEXT = b"Nobody but the judge may read this.\n"

PATIENCE = "import sys; sys.stdin.read()"
"""What the victim does: it ends with the judge, which holds the other end."""

_CREATE, _REMOVE = 0o1000, 0


class Bait:
    """The bait, laid out while the `with` block runs.

    Attributes:
        canary: A file that anybody may read, in a folder that anybody may enter.
        prize: A file that anybody may write, in a folder where anybody may make another.
        neighbour: The path of that other one.
        port: Where a TCP socket listens, on this machine alone; None where there is none.
        abstract: The name of a socket without a file; None where there are none.
        path: A socket's file, which anybody may connect to.
        victim: The process id of the process to signal and to trace.
    """

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            made = Folder()
            stack.callback(made.remove)
            folder = made.path
            folder.chmod(0o755)
            self.canary = _file(folder / "canary", 0o644)
            self._open = folder / "open"
            self._open.mkdir()
            self._open.chmod(0o777)
            self.prize = _file(self._open / "prize", 0o666)
            self.neighbour = self._open / "neighbour"
            self._listen(folder / "socket")
            for each in self._sockets.values():
                stack.callback(each.close)
            self._victim = _victim()
            stack.callback(_end, self._victim)
            self.victim = self._victim.pid
            segment = _segment()
            if segment is not None:
                stack.callback(named, "shmdt", segment)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _listen(self, path: Path) -> None:
        name = f"grader-{secrets.token_hex(8)}"
        self._sockets: dict[str, socket.socket] = {}
        self.port: int | None = None
        self.abstract: str | None = None
        with suppress(OSError):  # no network at all: nothing to be connected to
            self._sockets["tcp"] = _listener(socket.AF_INET, ("127.0.0.1", 0))
            self.port = self._sockets["tcp"].getsockname()[1]
        if sys.platform.startswith("linux"):
            self._sockets["abstract"] = _listener(socket.AF_UNIX, b"\0" + name.encode())
            self.abstract = name
        self._sockets["path"] = _listener(socket.AF_UNIX, str(path))
        path.chmod(0o777)
        self.path = path

    # --- what the judge sees ----------------------------------------------------

    def changed(self) -> str:
        """What was written where the prize is; '' if nothing was."""
        names = sorted(each.name for each in self._open.iterdir())
        if names != [self.prize.name]:
            return "files were made or removed"
        return "" if self.prize.read_bytes() == TEXT else "a file was changed"

    def knocked(self, kind: str) -> str:
        """Whether anybody connected to the 'tcp', 'abstract' or 'path' socket; '' if not."""
        with suppress(BlockingIOError):
            self._sockets[kind].accept()[0].close()
            return "its socket was connected to"
        return ""

    def harmed(self) -> str:
        """What happened to the victim; '' if nothing did."""
        if self._victim.poll() is not None:
            return "the process was ended"
        with (
            suppress(OSError),
            open(f"/proc/{self.victim}/status", encoding="ascii", errors="replace") as file,
        ):
            for line in file:
                if line.startswith("TracerPid:") and line.split()[1] != "0":
                    return "the process is traced"
        return ""


def _file(path: Path, mode: int) -> Path:
    path.write_bytes(TEXT)
    path.chmod(mode)
    return path


def _listener(family: int, address: tuple[str, int] | str | bytes) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.bind(address)
        listener.listen(4)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def _victim() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", PATIENCE],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=zygote_environment(os.environ),
        cwd="/",
    )


def _end(victim: subprocess.Popen[bytes]) -> None:
    assert victim.stdin is not None, "asked for"
    victim.stdin.close()
    victim.kill()
    victim.wait()


def _segment() -> int | None:
    """A segment of shared memory that goes with this process, as its address; None if it cannot be had."""
    try:
        segment = named("shmget", 0, 4096, _CREATE | 0o600)
        try:
            return named("shmat", segment, 0, 0)
        finally:
            # It stays in sight as long as somebody is attached.
            named("shmctl", segment, _REMOVE, 0)
    except OSError:
        return None
