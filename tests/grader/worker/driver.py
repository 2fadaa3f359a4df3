"""A bare judge for the tests of the far side: sockets and frames, nothing of grader.student."""

import atexit
import os
import socket
import subprocess
import sys
import time
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from grader.wire.caps import REQUEST_CAPS, Caps
from grader.wire.frames import FrameReader, PayloadCursor, decode_answer, decode_notice, frame
from grader.wire.messages import (
    Answer,
    Build,
    Call,
    End,
    Ended,
    EntryPoint,
    Fork,
    Gradient,
    HandleNode,
    Load,
    Notice,
    SourceFile,
)
from grader.wire.packing import pack
from grader.wire.unpacking import unpack
from grader.wire.values import HandleValue, TensorValue

PATIENCE = 30.0
"""Seconds that any answer may take; far more than needed, so that a busy machine fails no test."""


class Line:
    """One end of a socket that speaks frames."""

    def __init__(self, end: socket.socket):
        self._socket = end
        self._socket.settimeout(PATIENCE)
        self._reader = FrameReader(Caps())

    def send(self, message: Any, payload: Sequence[Any] = (), descriptors: Sequence[int] = ()) -> None:
        data = b"".join(bytes(part) for part in frame(message, payload))
        if descriptors:
            ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", descriptors))]
            sent = self._socket.sendmsg([data], ancillary)
            data = data[sent:]
        self._socket.sendall(data)

    def receive(self) -> tuple[bytes, memoryview] | None:
        while (received := self._reader.next()) is None:
            data = self._socket.recv(1 << 16)
            if not data:
                return None
            self._reader.feed(data)
        return received

    def close(self) -> None:
        self._socket.close()


class Zygote:
    """A running zygote."""

    def __init__(self, *arguments: str):
        ours, theirs = socket.socketpair()
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-I",
                "-m",
                "grader.worker.zygote",
                "--socket",
                str(theirs.fileno()),
                "--layers",
                "rlimits,no new privileges",
                *arguments,
            ],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "SECRET": "must not arrive"},
        )
        theirs.close()
        self.line = Line(ours)

    def order(self, message: Any, descriptors: Sequence[int] = ()) -> Notice:
        self.line.send(message, (), descriptors)
        received = self.line.receive()
        assert received is not None, "the zygote hung up"
        return decode_notice(received[0])

    def end(self, pid: int) -> Ended:
        notice = self.order(End(pid))
        assert isinstance(notice, Ended)
        return notice

    def close(self) -> None:
        self.line.close()
        self.process.wait(PATIENCE)


class Worker:
    """A forked worker and what it printed."""

    def __init__(self, zygote: Zygote, scratch: Path, memory_mb: int = 2048, file_mb: int = 16):
        self._zygote = zygote
        self._number = 0
        ours, theirs = socket.socketpair()
        self._pipe, output = os.pipe()
        order = Fork(str(scratch), memory_mb, file_mb, "cpu")
        self.pid = zygote.order(order, [theirs.fileno(), output]).pid
        theirs.close()
        os.close(output)
        self.line = Line(ours)
        self.ready = self.answer()

    def answer(self) -> Answer | None:
        received = self.line.receive()
        if received is None:
            return None
        head, self.payload = received
        return decode_answer(head)

    def ask(self, message: Any, payload: Sequence[Any] = ()) -> Any:
        self.line.send(message, payload)
        answer = self.answer()
        if answer is not None:
            assert answer.number == message.number
        return answer

    def load(
        self,
        source: str | bytes | dict[str, str | bytes],
        *names: str,
        main: Sequence[str] = ("task.py", "task.ipynb"),
        operators: Sequence[str] = (),
        autograd: bool = False,
        seconds: float = 10.0,
    ) -> Any:
        """Load `source` as task.py, or files by name, asking for entry points `names`."""
        files = source if isinstance(source, dict) else {"task.py": source}
        sent = tuple(
            SourceFile(name, text.encode() if isinstance(text, str) else text) for name, text in files.items()
        )
        entries = tuple(EntryPoint(name, tuple(operators), autograd) for name in names)
        self._number += 1
        return self.ask(Load(self._number, tuple(main), sent, entries, seconds))

    def call(
        self,
        name: str,
        *args: Any,
        handle: int | None = None,
        keep: bool = False,
        watch: bool = False,
        wrt: tuple[int, ...] | None = None,
        cotangent: Any = None,
        release: tuple[int, ...] = (),
        **kwargs: Any,
    ) -> Any:
        """Call an entry point, or a method of a live object."""
        payload: list[Any] = []

        def packed(value: Any) -> Any:
            nodes, data = pack(value, REQUEST_CAPS, keep=_as_node, layouts=True)
            payload.extend(data)
            return nodes

        sent, named = packed(tuple(args)), packed(kwargs)
        gradient = None if wrt is None else Gradient(wrt, packed(cotangent))
        self._number += 1
        message = Call(self._number, handle, name, sent, named, "cpu", keep, watch, gradient, release)
        return self.ask(message, payload)

    def value(self, *args: Any, **kwargs: Any) -> Any:
        """What a call returned, tensors as torch tensors."""
        return self.values(self.call(*args, **kwargs))[0]

    def values(self, answer: Any) -> tuple[Any, Any, Any]:
        """The value, the arguments and the gradients of an answer."""
        cursor = PayloadCursor(self.payload)
        parts = [
            None if part is None else unpack(part, cursor, Caps(), tensor=_data)
            for part in (answer.value, answer.arguments, answer.gradients)
        ]
        cursor.done()
        return parts[0], parts[1], parts[2]

    def build(self, blueprint: Any, **more: Any) -> HandleValue:
        arguments = blueprint.arguments() | more
        packed, payload = pack(arguments, REQUEST_CAPS, keep=_as_node, layouts=True)
        self._number += 1
        return self.values(self.ask(Build(self._number, blueprint.kind, packed, "cpu"), payload))[0]

    def output(self) -> str:
        """All that was printed so far."""
        os.set_blocking(self._pipe, False)
        text = b""
        while True:
            try:
                part = os.read(self._pipe, 1 << 16)
            except BlockingIOError:
                break
            if not part:
                break
            text += part
        return text.decode()

    def hang_up(self) -> None:
        """Close our ends of its socket and pipe."""
        self.line.close()
        os.close(self._pipe)

    def close(self) -> Ended:
        """Have it ended by its zygote."""
        ended = self._zygote.end(self.pid)
        self.hang_up()
        return ended


def _as_node(value: object) -> HandleNode | None:
    if isinstance(value, HandleValue):
        return HandleNode(value.handle, value.kind, value.type_name)
    return None


def _data(value: TensorValue) -> Any:
    return value.data


@cache
def shared(*arguments: str) -> Zygote:
    """A zygote for all tests of this process; workers leave no trace in it, so nobody minds."""
    zygote = Zygote(*arguments)
    atexit.register(zygote.close)
    return zygote


@contextmanager
def running(*arguments: str) -> Iterator[Zygote]:
    """A zygote of one's own, that is gone afterwards."""
    zygote = Zygote(*arguments)
    try:
        yield zygote
    finally:
        zygote.close()
