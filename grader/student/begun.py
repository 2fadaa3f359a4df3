"""A worker that was ordered, and what it was ordered with.

Workers of equal terms are interchangeable until one of them is loaded: so one
can be ordered before anybody needs it.
"""

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from grader.student.orders import Ordered
from grader.wire.caps import Caps


class WorkerLimits(Protocol):
    """What a worker is limited to; `grader.course.Limits` is one."""

    @property
    def memory_mb(self) -> int:
        """Memory beyond what torch itself takes, in MiB."""

    @property
    def file_mb(self) -> int:
        """The largest file, in MiB."""

    @property
    def processes(self) -> int:
        """Processes and threads at once."""

    @property
    def open_files(self) -> int:
        """Open descriptors of a process."""

    @property
    def scratch_mb(self) -> int:
        """What fits into its folder, shared memory included, in MiB."""

    @property
    def device_memory_mb(self) -> int:
        """Memory of a CUDA device, in MiB."""

    @property
    def return_mb(self) -> int:
        """The largest answer, in MiB."""

    @property
    def return_items(self) -> int:
        """The most values in an answer."""

    @property
    def return_depth(self) -> int:
        """How deep an answer may be nested."""

    @property
    def output_kb(self) -> int:
        """How much of what is printed is kept, in KiB."""


class Terms(NamedTuple):
    """What a worker is forked with, besides its folder; workers of equal terms are interchangeable."""

    memory_mb: int
    file_mb: int
    processes: int
    open_files: int
    scratch_mb: int
    device_memory_mb: int
    device: str
    return_mb: int
    return_items: int
    return_depth: int

    @classmethod
    def of(cls, limits: WorkerLimits, device: str) -> "Terms":
        """The terms of a worker of these limits that uses this device."""
        caps = limits.return_mb, limits.return_items, limits.return_depth
        room = limits.memory_mb, limits.file_mb, limits.processes, limits.open_files, limits.scratch_mb
        # On the CPU it makes no difference, and workers are to be interchangeable.
        on_device = limits.device_memory_mb if device.startswith("cuda") else 0
        return cls(*room, on_device, device, *caps)

    @property
    def caps(self) -> Caps:
        """What is accepted in the worker's answers."""
        return Caps(payload_bytes=self.return_mb << 20, items=self.return_items, depth=self.return_depth)


@dataclass(frozen=True)
class Begun:
    """A worker that was ordered, and nobody has heard of yet."""

    terms: Terms
    scratch: Path | None
    channel: socket.socket
    output: int
    ordered: Ordered

    def close(self) -> None:
        """Close the judge's ends."""
        self.channel.close()
        os.close(self.output)

    @property
    def untouched(self) -> bool:
        """Whether nothing has happened to it since it was ready.

        Code of a student ran beside it, under the same user: it may have killed
        it, or put something where it would import it from.
        """
        try:
            self.channel.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
            return False  # it hung up, or said more than that it is ready
        except BlockingIOError:
            pass
        except OSError:
            return False
        if self.scratch is None:
            return True  # nobody else can reach its folder
        try:
            folder = os.open(self.scratch, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            return False
        try:
            return not os.listdir(folder)
        finally:
            os.close(folder)
