"""One worker's socket and output pipe, seen from the judge.

Every wait ends at a deadline, when sending as well: a worker that does not
read must not hold the judge. What the worker prints is read in the same loop,
so printing never blocks it, and only the first part is kept. What comes over
the socket is hostile: anything but one answer to each request, in order, is a
WireError.
"""

import os
import selectors
import socket
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic as _now  # kept: nothing that runs later can give the judge another clock

from grader.errors import WireError
from grader.sandbox.root import HOME
from grader.wire.caps import Caps
from grader.wire.frames import Buffer, FrameReader, PayloadCursor, decode_answer, frame
from grader.wire.messages import (
    SIMULATED,
    Answer,
    Call,
    Load,
    Loaded,
    LoadFailed,
    NotPressed,
    NotTokenised,
    Press,
    Pressed,
    Probe,
    Probed,
    Raised,
    Ready,
    Refused,
    Request,
    Simulated,
    Tokenise,
    Tokenised,
)
from grader.wire.progress import shown

CHUNK = 1 << 18
JOINED_BYTES = 1 << 16
"""Requests up to this size leave in one system call, and wake the worker once."""
DYING_SECONDS = 1.0
"""A process whose socket is closed is gone within milliseconds, a large one within tens of them."""
LEFT_OVER_CHUNKS = 64
"""Pipes and sockets hold less; something that writes for ever must not keep the judge reading."""

CONTINUATION = bytes(range(0x80, 0xC0))
"""Bytes of UTF-8 that begin no character."""

PASS_RIGHTS = 83
"""SO_PASSRIGHTS, which the socket module does not know yet: Linux 6.16 and newer."""


class DeadlinePassed(Exception):
    """The worker had not answered when the time was up."""


class Closed(Exception):
    """The worker is gone, or has closed its end."""


class Flooded(Exception):
    """The worker has printed more than anybody could read."""


class CutOff(KeyboardInterrupt):
    """Whoever waits for the worker is wanted for something else; as Ctrl-C, nothing takes it for a fault."""


class Output:
    """The first part of what a worker printed, and how much there was.

    Attributes:
        most: More bytes than these since it was last cleared are a flood; None for no limit.
    """

    def __init__(self, limit: int):
        self.most: int | None = None
        self._limit = limit
        self.clear()

    def clear(self) -> None:
        """Forget what was printed so far."""
        self._kept = bytearray()
        self._more = 0
        self._bytes = 0

    @property
    def flooded(self) -> bool:
        """Whether there was more than `most`."""
        return self.most is not None and self._bytes > self.most

    def add(self, data: bytes) -> None:
        """Keep what still fits, count the rest."""
        self._bytes += len(data)
        room = self._limit - len(self._kept)
        self._kept += data[:room]
        self._more += len(data[room:].translate(None, CONTINUATION))

    def text(self) -> str:
        """What was kept, and a line that says how much was not."""
        text = bytes(self._kept).decode("utf-8", "replace")
        return f"{text}\n... {self._more:,} more characters\n" if self._more else text


class Line:
    """The judge's end of one worker.

    Attributes:
        pid: The worker's process id.
        generation: Which zygote forked it, counted from 1.
        folder: The worker's folder, or None if it has one that only it can see.
        scratch: Its folder by the name that it knows.
        output: What it printed since it was last cleared.
    """

    def __init__(
        self,
        channel: socket.socket,
        output: int,
        pid: int,
        generation: int,
        folder: Path | None,
        caps: Caps,
        kept: int,
    ):
        self.pid = pid
        self.generation = generation
        self.folder = folder
        self.scratch = HOME if folder is None else str(folder)
        self.output = Output(kept)
        self._channel = channel
        self._pipe: int | None = output
        self._reader = FrameReader(caps)
        self._outgoing: deque[memoryview] = deque()
        self._to_send = 0
        self._unsent = 0  # of the bytes to send, those that nobody will take any more
        self._expected: deque[tuple[Request, int]] = deque()  # a request, and where it ends in the stream
        self._gone = False
        channel.setblocking(False)
        _refuse_descriptors(channel)
        os.set_blocking(output, False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(channel, selectors.EVENT_READ, "channel")
        self._selector.register(output, selectors.EVENT_READ, "pipe")
        # A child of the worker may hold the socket open after the worker has died.
        self._process = _process(pid)
        if self._process is not None:
            self._selector.register(self._process, selectors.EVENT_READ, "process")

    def heed(self, descriptor: int) -> None:
        """Raise CutOff in whatever waits for the worker once `descriptor` is readable."""
        self._selector.register(descriptor, selectors.EVENT_READ, "cut off")

    def ask(self, batch: Sequence[tuple[Request, Sequence[Buffer]]]) -> None:
        """Send requests, as far as the socket takes them now; `answer` sends the rest.

        Args:
            batch: Requests with the bytes of their tensors, in order. All
                answers to earlier ones have been taken.

        Raises:
            WireError: Something came that answers no request.
        """
        self._receive()
        if not self._reader.empty:
            raise WireError("It sent something that it was not asked for.")
        parts: list[Buffer] = []
        for request, payload in batch:
            framed = frame(request, payload)
            self._to_send += sum(len(part) for part in framed)
            self._expected.append((request, self._to_send))
            parts += framed
        if self._to_send <= JOINED_BYTES:
            parts = [b"".join(parts)]
        self._outgoing.extend(memoryview(part) for part in parts)
        self._send()

    def answer(self, deadline: float) -> tuple[Answer, PayloadCursor]:
        """Wait for the answer to the next of the requests.

        Args:
            deadline: On the monotonic clock.

        Returns:
            The answer, and the bytes of its tensors.

        Raises:
            DeadlinePassed: No whole answer came in time.
            Flooded: It printed more than `output.most` meanwhile.
            Closed: The worker ended or closed its socket.
            WireError: What came is not exactly one answer to this request.
        """
        request, end = self._expected[0]
        answer, cursor = self.receive(deadline, more=len(self._expected) > 1)
        if not _answers(answer, request):
            raise WireError("It sent something else than the answer that it was asked for.")
        if self._to_send - self._unsent - sum(len(part) for part in self._outgoing) < end:
            raise WireError("It answered before it was asked.")
        self._expected.popleft()
        if not self._expected:
            self._to_send = self._unsent = 0
        return answer, cursor

    def doing(self) -> int | None:
        """The number of the request that the worker says it is at: evidence, not proof."""
        return shown(self.pid)

    def receive(self, deadline: float, *, more: bool = False) -> tuple[Answer, PayloadCursor]:
        """Wait for the next message; raises as `answer` does. `more` may follow."""
        while True:
            found = self._reader.next()
            if found is not None:
                break
            if self._gone:
                raise Closed
            self._turn(deadline)
        if not more:
            self._drain()
        if not more and (self._outgoing or not self._reader.empty):
            raise WireError("It answered more than it was asked, or before it was asked.")
        head, payload = found
        return decode_answer(head), PayloadCursor(payload)

    def ended(self, seconds: float = DYING_SECONDS) -> bool:
        """Whether the worker's process ends within `seconds`; True where that cannot be seen."""
        if self._process is None:
            return True
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._process, selectors.EVENT_READ)
            return bool(waiting.select(seconds))

    def close(self) -> None:
        """Close this end; the worker itself is the zygote's to end."""
        self._drain()
        self._selector.close()
        self._channel.close()
        for descriptor in (self._pipe, self._process):
            if descriptor is not None:
                os.close(descriptor)
        self._pipe = self._process = None
        self._gone = True

    def _turn(self, deadline: float) -> None:
        """One round of reading and writing; DeadlinePassed if there is no time for it."""
        left = deadline - _now()
        if left <= 0:
            raise DeadlinePassed
        dead = False
        for key, events in self._selector.select(left):
            if key.data == "pipe":
                self._read_output()
            elif key.data == "process":
                dead = True
            elif key.data == "cut off":
                raise CutOff
            else:
                if events & selectors.EVENT_WRITE:
                    self._send()
                if events & selectors.EVENT_READ:
                    self._receive()
        if self.output.flooded:
            raise Flooded
        if dead:
            # It may have answered before it died; nothing more can come.
            self._receive(LEFT_OVER_CHUNKS)
            self._gone = True

    def _send(self) -> None:
        """Send what the socket takes now; ask to be woken for the rest."""
        try:
            while self._outgoing:
                sent = self._channel.send(self._outgoing[0])
                self._outgoing[0] = self._outgoing[0][sent:]
                if not self._outgoing[0]:
                    self._outgoing.popleft()
        except BlockingIOError:
            pass
        except OSError:  # it does not read any more; what it sent before is still there to be read
            self._unsent += sum(len(part) for part in self._outgoing)
            self._outgoing.clear()
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._outgoing else 0)
        if events != self._selector.get_key(self._channel).events:
            self._selector.modify(self._channel, events, "channel")

    def _receive(self, chunks: int = 1) -> None:
        """Feed the reader what has arrived, up to so many chunks."""
        for _ in range(chunks):
            try:
                data = self._channel.recv(CHUNK)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self._gone = True
                return
            self._reader.feed(data)

    def _drain(self) -> None:
        """Read what is in the output pipe already."""
        for _ in range(LEFT_OVER_CHUNKS):
            if not self._read_output():
                return

    def _read_output(self) -> bool:
        """Read one chunk of output; whether there was any."""
        if self._pipe is None:
            return False
        try:
            data = os.read(self._pipe, CHUNK)
        except BlockingIOError:
            return False
        if not data:
            self._selector.unregister(self._pipe)
            os.close(self._pipe)
            self._pipe = None
            return False
        self.output.add(data)
        return True


def _answers(answer: Answer, request: Request) -> bool:
    """Whether an answer is of a kind that a request may have, and carries its number."""
    if isinstance(answer, Ready) or answer.number != request.number:
        return False
    if isinstance(answer, Loaded | LoadFailed):
        return isinstance(request, Load)
    if isinstance(answer, Probed):
        return isinstance(request, Probe)
    if isinstance(answer, Pressed | NotPressed):
        return isinstance(request, Press)
    if isinstance(answer, Tokenised | NotTokenised):
        return isinstance(request, Tokenise)
    if isinstance(answer, Simulated):
        return isinstance(request, Call) and request.device == SIMULATED
    return isinstance(answer, Raised | Refused) or not isinstance(request, Load | Probe | Press | Tokenise)


def _refuse_descriptors(channel: socket.socket) -> None:
    """Have the kernel refuse descriptors that the other end tries to send along.

    Received without room for them they are closed by whoever reads, and closing one may take as
    long as its sender likes (a TCP socket that lingers): no deadline of the judge's would hold.
    An older kernel does not know the option; there only a network of the worker's own prevents it.
    """
    with suppress(OSError):
        channel.setsockopt(socket.SOL_SOCKET, PASS_RIGHTS, 0)


def _process(pid: int) -> int | None:
    """A descriptor that becomes readable when the process ends, where the system has such."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None
