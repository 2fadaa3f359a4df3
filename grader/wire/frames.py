"""Frames: how a message and its tensors' bytes travel over a byte stream.

A frame is a magic number, the lengths of its two parts, a head (one message as
msgpack) and a payload (raw bytes of tensors). Lengths are checked against caps
before anything is stored, heads decode only into the closed unions of
`grader.wire.messages`, and whatever is not exactly that is a WireError. Nothing
here reads, writes or waits: it turns bytes into messages and back.
"""

import struct
from collections.abc import Iterable
from typing import TypeVar

import msgspec

from grader.errors import WireError
from grader.wire.caps import Caps, ValueTooLarge
from grader.wire.messages import Answer, Message, Notice, Order, Request

Buffer = bytes | bytearray | memoryview
T = TypeVar("T")

MAGIC = b"GRD1"
HEADER = struct.Struct(">4sIQ")

_encoder = msgspec.msgpack.Encoder()
_requests: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_answers: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)
_orders: msgspec.msgpack.Decoder[Order] = msgspec.msgpack.Decoder(Order)
_notices: msgspec.msgpack.Decoder[Notice] = msgspec.msgpack.Decoder(Notice)


def frame(message: Message, payload: Iterable[Buffer] = (), caps: Caps | None = None) -> list[Buffer]:
    """The buffers that, sent one after another, make one frame.

    Args:
        message: The head of the frame.
        payload: The bytes of the message's tensors, in order.
        caps: What the reader at the other end accepts; None leaves it to the reader.

    Raises:
        ValueTooLarge: The frame is larger than `caps` allow.
        WireError: The message holds text that is not valid Unicode.
    """
    parts = [memoryview(part).cast("B") for part in payload if len(part)]
    try:
        head = _encoder.encode(message)
    except UnicodeEncodeError as error:
        raise WireError("A message holds text that is not valid Unicode.") from error
    size = sum(part.nbytes for part in parts)
    if caps is not None and len(head) > caps.head_bytes:
        raise ValueTooLarge("bytes", caps.head_bytes)
    if caps is not None and size > caps.payload_bytes:
        raise ValueTooLarge("bytes", caps.payload_bytes)
    return [HEADER.pack(MAGIC, len(head), size) + head, *parts]


class FrameReader:
    """Cuts a stream of bytes into frames.

    Bytes are stored only after the header that announces them was found to be
    within the caps, so a reader never holds more than one frame and what was
    fed after it.
    """

    def __init__(self, caps: Caps):
        self._caps = caps
        self._buffer = bytearray()

    @property
    def empty(self) -> bool:
        """Whether every byte fed so far belongs to a frame already taken."""
        return not self._buffer

    def feed(self, data: Buffer) -> None:
        """Take more bytes of the stream."""
        self._buffer += data

    def next(self) -> tuple[bytes, memoryview] | None:
        """The head and the payload of the next frame, or None until it is complete.

        Raises:
            WireError: What was fed does not begin a frame within the caps.
        """
        buffer = self._buffer
        if not MAGIC.startswith(buffer[: len(MAGIC)]):
            raise WireError("The stream does not hold a frame where one must begin.")
        if len(buffer) < HEADER.size:
            return None
        _, head_size, payload_size = HEADER.unpack_from(buffer)
        if head_size > self._caps.head_bytes:
            raise WireError(f"A frame announces a head of {head_size:,} bytes.")
        if payload_size > self._caps.payload_bytes:
            raise WireError(f"A frame announces a payload of {payload_size:,} bytes.")
        middle = HEADER.size + head_size
        end = middle + payload_size
        if len(buffer) < end:
            return None
        # The usual case, one frame and nothing after it, costs no copy of the payload.
        self._buffer = buffer[end:]
        return bytes(buffer[HEADER.size : middle]), memoryview(buffer)[middle:end]


class PayloadCursor:
    """The payload of a frame, read from front to back by the values of its message."""

    def __init__(self, payload: Buffer):
        self._rest = memoryview(payload)

    def take(self, size: int) -> memoryview:
        """The next `size` bytes; WireError if there are fewer."""
        if size > len(self._rest):
            raise WireError("A tensor has more bytes than its frame.")
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken

    def done(self) -> None:
        """Raise WireError if bytes are left that no value asked for."""
        if len(self._rest):
            raise WireError("A frame has more bytes than its tensors.")


def decode_request(head: bytes) -> Request:
    """The request in `head`; WireError for anything else."""
    return _decoded(_requests, head)


def decode_answer(head: bytes) -> Answer:
    """The answer in `head`; WireError for anything else."""
    return _decoded(_answers, head)


def decode_order(head: bytes) -> Order:
    """The order in `head`; WireError for anything else."""
    return _decoded(_orders, head)


def decode_notice(head: bytes) -> Notice:
    """The notice in `head`; WireError for anything else."""
    return _decoded(_notices, head)


def _decoded(decoder: msgspec.msgpack.Decoder[T], head: bytes) -> T:
    try:
        return decoder.decode(head)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise WireError("A frame does not hold a message of the wire.") from error
