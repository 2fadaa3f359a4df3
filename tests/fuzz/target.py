"""What is fuzzed: one stream of bytes, taken apart as the judge or a worker takes it apart.

An input is a byte that says which direction and how the stream is cut, and the
stream. It may hold any number of frames. Whatever the bytes are, the outcome is
a sound message with sound values or a WireError; everything else is a defect.
"""

import math

import msgspec
import torch

from grader.errors import WireError
from grader.wire import messages as m
from grader.wire.caps import Caps
from grader.wire.frames import (
    FrameReader,
    PayloadCursor,
    decode_answer,
    decode_notice,
    decode_order,
    decode_request,
)
from grader.wire.packing import pack
from grader.wire.tensors import DTYPES
from grader.wire.unpacking import unpack
from grader.wire.values import HandleValue, OpaqueValue, TensorValue

CAPS = Caps(head_bytes=1 << 16, payload_bytes=1 << 20, items=120, depth=8)
"""Small, so that inputs reach them, and whatever takes more memory stands out."""

DECODERS = (decode_answer, decode_request, decode_notice, decode_order)
PIECES = (1 << 20, 1, 7, 64)


def one_input(data: bytes) -> int:
    """Take one input apart.

    Returns:
        How many frames held a message whose values were sound.

    Raises:
        AssertionError: Something came through that should not have.
        Exception: Anything but a WireError is a defect, too.
    """
    if not data:
        return 0
    decode, piece = DECODERS[data[0] % 4], PIECES[data[0] // 4 % 4]
    reader, sound = FrameReader(CAPS), 0
    try:
        for start in range(1, len(data), piece):
            reader.feed(data[start : start + piece])
            while (found := reader.next()) is not None:
                _message(decode(found[0]), found[1])
                sound += 1
    except WireError:
        pass
    return sound


def _message(message: msgspec.Struct, payload: memoryview) -> None:
    head = msgspec.msgpack.encode(message)
    again = msgspec.msgpack.decode(head, type=type(message))
    assert msgspec.msgpack.encode(again) == head, "a message is not what it is encoded as"
    cursor = PayloadCursor(payload)
    layouts = isinstance(message, m.Call | m.Build)
    for packed in _values(message):
        value = unpack(packed, cursor, CAPS, layouts=layouts)
        _sound(value)
        if not layouts:
            _returns(packed, value)
    if isinstance(message, m.Pressed):
        for size in (message.size, *(size for cell in message.cells for size in (cell.size, cell.source))):
            cursor.take(size)
    if isinstance(message, m.Tokenised):
        for part in message.parts:
            cursor.take(part.size)
            cursor.take(part.tokens * 8)
    cursor.done()


def _values(message: msgspec.Struct) -> list[m.Packed]:
    """The values of a message, in the order of their bytes."""
    match message:
        case m.Call():
            cotangent = [message.gradient.cotangent] if message.gradient else []
            return [message.args, message.kwargs, *cotangent]
        case m.Build():
            return [message.arguments]
        case m.Returned():
            return [value for value in (message.value, message.arguments, message.gradients) if value]
    return []


def _sound(value: object) -> None:
    """A value is plain data within the caps, and its tensors have memory of their own."""
    waiting, items, stored = [(value, 0)], 0, 0
    while waiting:
        value, depth = waiting.pop()
        items += 1
        kind = type(value)
        if kind in (list, tuple, dict):
            assert depth < CAPS.depth or not value, "a value is nested too deep"
            inner = list(value.values()) if kind is dict else value
            assert kind is not dict or all(type(key) is str for key in value)
            waiting.extend((item, depth + 1) for item in inner)
        elif kind is TensorValue:
            stored += _stored(value)
        else:
            assert value is None or kind in (bool, int, float, str, OpaqueValue, HandleValue), kind
    assert items <= CAPS.items, "a value has too many items"
    assert stored <= 2 * CAPS.payload_bytes, "the tensors of a value take too much memory"


def _stored(value: TensorValue) -> int:
    """The bytes that a tensor holds; every element must lie within them."""
    tensor = value.data
    assert type(tensor) is torch.Tensor
    assert tensor.dtype in DTYPES.values()
    assert tensor.device.type == "cpu"
    assert not tensor.requires_grad
    assert tensor.storage_offset() == 0
    held = tensor.untyped_storage().nbytes()
    reach = 1 + sum(
        (extent - 1) * stride for extent, stride in zip(tensor.shape, tensor.stride(), strict=True)
    )
    assert not math.prod(tensor.shape) or reach * tensor.element_size() <= held
    if tensor.dtype is torch.bool and tensor.numel() < 10_000:
        assert all(number in (0, 1) for number in tensor.contiguous().view(torch.uint8).flatten().tolist())
    return held


def _returns(packed: m.Packed, value: object) -> None:
    """A value that is packed again gives the same nodes, as far as it can be sent at all."""
    if any(isinstance(node, m.OpaqueNode) for node in packed.nodes):
        return
    handles = [node for node in packed.nodes if isinstance(node, m.HandleNode)]
    plain = unpack(packed, _Endless(), CAPS, tensor=_as_tensor, handle=lambda handle: handle)
    again, _ = pack(plain, CAPS, keep=lambda _: handles.pop(0))
    assert msgspec.msgpack.encode(again) == msgspec.msgpack.encode(_plain(packed)), "a value does not return"


class _Endless(PayloadCursor):
    """Zeros, as many as are asked for."""

    def __init__(self) -> None:
        super().__init__(b"")

    def take(self, size: int) -> memoryview:
        return memoryview(bytes(size))


def _as_tensor(value: TensorValue) -> torch.Tensor:
    return value.data


def _plain(packed: m.Packed) -> m.Packed:
    """`packed` with each tensor on the CPU and without a graph, which is where it was made again."""
    return m.Packed(
        tuple(
            msgspec.structs.replace(node, device="cpu", requires_grad=False)
            if isinstance(node, m.TensorNode)
            else node
            for node in packed.nodes
        )
    )
