"""The worker's end of its line: requests come in, each gets one answer, whatever the worker is for.

A worker confines itself before it reads its first byte. Requests may arrive
together: they are carried out in order, and their answers leave together.
Nothing here knows what a request means, and nothing here imports torch.
"""

import os
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from grader.sandbox.confine import CHANNEL, Seat, confine
from grader.wire.caps import REQUEST_CAPS, Caps, ValueTooLarge
from grader.wire.frames import Buffer, FrameReader, PayloadCursor, decode_request, frame
from grader.wire.messages import Answer, Ready, Refused, Request
from grader.wire.progress import show

Reply = tuple[Answer, Sequence[Buffer]]
"""An answer, and the bytes that go with it."""

READ_BYTES = 1 << 18
JOINED_BYTES = 1 << 16
"""Answers up to this size leave in one system call."""


class Answering(Protocol):
    """What carries requests out."""

    def reply(self, request: Request, payload: PayloadCursor) -> Reply:
        """The answer to a request; never raises."""


def settle(seat: Seat) -> tuple[str, ...]:
    """Confine this process for good, and have what it prints go to the output pipe.

    Returns:
        The layers of isolation that are on.
    """
    layers = tuple(str(each.layer) for each in confine(seat))
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        # By line, so that what was printed before a kill is not lost. New objects, because
        # the old ones remember whether the zygote had something seekable there.
        stream = open(descriptor, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    return layers


def serve(layers: Sequence[str], caps: Caps, worker: Answering) -> None:
    """Say that the worker is ready, and answer until the judge hangs up.

    Args:
        layers: What `settle` said.
        caps: What the judge accepts in an answer.
        worker: Carries requests out.
    """
    line = socket.socket(fileno=CHANNEL)
    _send(line, framed((Ready(tuple(layers)), []), caps))
    reader = FrameReader(REQUEST_CAPS)
    while data := line.recv(READ_BYTES):
        reader.feed(data)
        received, answers = reader.next(), Answers(line)
        while received is not None:
            head, payload = received
            request = decode_request(head)
            show(request.number)
            answers.add(framed(worker.reply(request, PayloadCursor(payload)), caps))
            _flush()
            del head, payload, received, request  # or the last call's tensors stay while the next one runs
            received = reader.next()
        answers.send()


class Answers:
    """Answers that leave together: each one that is sent alone would wake the judge."""

    def __init__(self, line: socket.socket):
        self._line = line
        self._held: list[Buffer] = []
        self._bytes = 0

    def add(self, buffers: Sequence[Buffer]) -> None:
        """Hold an answer back, unless there is much to be sent."""
        self._held += buffers
        self._bytes += sum(len(buffer) for buffer in buffers)
        if self._bytes > JOINED_BYTES:
            self.send()

    def send(self) -> None:
        """Send what is held."""
        if self._held:
            _send(self._line, self._held)
        self._held, self._bytes = [], 0


def framed(reply: Reply, caps: Caps) -> list[Buffer]:
    """An answer as bytes, or a refusal if it is larger than the judge takes."""
    answer, payload = reply
    try:
        return frame(answer, payload, caps)
    except ValueTooLarge as error:  # each value fits, but not all of them, or not their text
        if isinstance(answer, Ready):
            raise
        return frame(Refused(answer.number, error.what, error.limit))


def leave(status: int) -> None:
    """End the process at once: no exit handler of anyone runs."""
    _flush()
    os._exit(status)


def _flush() -> None:
    """Push out what was printed; the student may have closed or replaced the streams."""
    for name in ("stdout", "stderr", "__stdout__", "__stderr__"):
        with suppress(BaseException):
            getattr(sys, name).flush()


def _send(line: socket.socket, buffers: Sequence[Buffer]) -> None:
    if sum(len(buffer) for buffer in buffers) <= JOINED_BYTES:
        line.sendall(b"".join(buffers))
        return
    for buffer in buffers:
        line.sendall(buffer)
