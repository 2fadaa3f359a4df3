"""Caps before memory: what is announced is believed only as far as it is there.

Each attack is read, decoded and unpacked as an answer is, under a count of all
memory that Python hands out meanwhile. What no attack may do is have more
stored than a small multiple of what was really sent.
"""

import struct
import time
import tracemalloc

import msgspec
import pytest
import torch

from grader.errors import WireError
from grader.wire import messages as m
from grader.wire.caps import Caps
from grader.wire.frames import HEADER, MAGIC, FrameReader, PayloadCursor, decode_answer
from grader.wire.unpacking import unpack

CAPS = Caps()
MB = 1 << 20


def taken(stream, caps=CAPS, piece=1 << 18):
    """The values of the one answer in `stream`; WireError for anything else."""
    reader = FrameReader(caps)
    for start in range(0, len(stream), piece):
        reader.feed(stream[start : start + piece])
        if (found := reader.next()) is not None:
            break
    else:
        raise WireError("incomplete")
    head, payload = found
    answer, cursor = decode_answer(head), PayloadCursor(payload)
    values = []
    if isinstance(answer, m.Returned):
        parts = (answer.value, answer.arguments, answer.gradients)
        values = [unpack(part, cursor, caps) for part in parts if part is not None]
    cursor.done()
    return answer, values


def cost(stream, caps=CAPS):
    """What came of a stream, the most memory that it took, in bytes, and seconds."""
    tracemalloc.start()
    started = time.process_time()
    try:
        try:
            found = taken(stream, caps)
        except WireError as error:
            found = error
        return found, tracemalloc.get_traced_memory()[1], time.process_time() - started
    finally:
        tracemalloc.stop()


def framed(head, payload=b""):
    return HEADER.pack(MAGIC, len(head), len(payload)) + head + payload


def returned(*nodes, payload=b""):
    """An answer whose value has these nodes, already encoded."""
    head = b"\x97\xa8Returned\x01\x92\xa6Packed" + many(nodes) + b"\xc0\xc0\x90\x90"
    return framed(head, payload)


def many(items, announced=None):
    """An array of encoded items, with another length in its header if one is given."""
    return b"\xdd" + struct.pack(">I", len(items) if announced is None else announced) + b"".join(items)


def node(message):
    return msgspec.msgpack.encode(message)


HUGE = 2**32 - 1
LENGTH = struct.pack(">I", HUGE)
ANNOUNCED = {
    "a head of 4 GB": HEADER.pack(MAGIC, HUGE, 0),
    "a head of a byte too many": HEADER.pack(MAGIC, MB + 1, 0) + b"\x92" * 100,
    "a payload of 16 EB": HEADER.pack(MAGIC, 8, 2**64 - 1),
    "a payload of a byte too many": HEADER.pack(MAGIC, 8, 64 * MB + 1),
    "names without end": framed(b"\x92\xa5Ready\xdd" + LENGTH),
    "a name of 4 GB": framed(b"\x92\xa5Ready\x91\xdb" + LENGTH),
    "bytes of 4 GB": framed(b"\x92\xa5Ready\x91\xc6" + LENGTH),
    "a map of 4 G pairs": framed(b"\x92\xa5Ready\xdf" + LENGTH),
    "an extension of 4 GB": framed(b"\x92\xa5Ready\xc9" + LENGTH + b"\x01"),
    "4 G fields": framed(b"\xdd" + LENGTH + b"\xa5Ready"),
    "nodes without end": framed(b"\x97\xa8Returned\x01\x92\xa6Packed\xdd" + LENGTH),
    "a list of 2 G items": returned(node(m.SequenceNode("list", 2**31)), node(m.NoneNode())),
    "a tensor of 1 TB": returned(node(m.TensorNode("int8", (2**40,), (), 2**40, "cpu", False))),
    "a tensor of 1 TB, empty besides": returned(
        node(m.TensorNode("int8", (2**40, 0), (), 2**40, "cpu", False))
    ),
    "a tensor whose sizes overflow": returned(node(m.TensorNode("int8", (2**40,) * 32, (), 0, "cpu", False))),
    "a tensor of a byte too few": returned(
        node(m.TensorNode("int8", (9,), (), 9, "cpu", False)), payload=bytes(8)
    ),
    "an expanded tensor": returned(
        node(m.TensorNode("int8", (2**40,), (0,), 1, "cpu", False)), payload=bytes(1)
    ),
    "a wide stride": returned(node(m.TensorNode("int8", (2,), (2**40,), 2, "cpu", False)), payload=bytes(2)),
    "arrays in arrays": framed(b"\x92\xa5Ready" + b"\x91" * 10_000),
    "each array as long as the rest": framed(
        b"\x92\xa5Ready" + b"".join(b"\xdd" + struct.pack(">I", 10_000 - 5 * i) for i in range(2000))
    ),
}


@pytest.mark.parametrize("stream", ANNOUNCED.values(), ids=ANNOUNCED)
def test_what_is_announced_and_not_there_takes_no_memory(stream):
    found, peak, seconds = cost(stream)
    assert isinstance(found, WireError)
    assert str(found) != "incomplete"  # nobody waits for what is too much
    assert peak < 4 * len(stream) + 50_000
    assert seconds < 1


def test_the_count_sees_what_is_stored():
    """Or the tests here would show nothing: a frame that is there takes what it takes, twice."""
    payload = bytes(8 * MB)
    stream = returned(node(m.TensorNode("int8", (8 * MB,), (), 8 * MB, "cpu", False)), payload=payload)
    (_, [value]), peak, _ = cost(stream)
    assert value.data.shape == (8 * MB,)
    assert 16 * MB < peak < 20 * MB


FILL = MB - 100
"""Nearly all that a head may hold."""


def filled(item, overhead=b""):
    return [item] * ((FILL - len(overhead)) // len(item))


def raised(frames=(), bases=()):
    info = b"\x95\xadExceptionInfo\xa1E" + many(bases) + b"\xa0" + many(frames)
    return framed(b"\x94\xa6Raised\x01" + info + b"\x90")


ARRAY_OF_32 = b"\xdc\x00\x20" + b"\xce\x00\x01\x00\x00" * 32
CROWDED = {
    "names without letters": framed(b"\x92\xa5Ready" + many(filled(b"\xa0"))),
    "names of two letters": framed(b"\x92\xa5Ready" + many(filled(b"\xa2xy"))),
    "names of one letter of four bytes": framed(
        b"\x92\xa5Ready" + many(filled(b"\xa4" + "\U0001f600".encode()))
    ),
    "numbers": framed(b"\x97\xa6Loaded\x01\xa0\x90\x90\x90" + many(filled(b"\xcd\x12\x34"))),
    "bases of an exception": raised(bases=filled(b"\xa2xy")),
    "lines of a traceback": raised(frames=filled(b"\x95\xa9FrameInfo\xa1a\x01\xa1b\xa0")),
    "nodes of nothing": returned(*filled(b"\x91\xa8NoneNode")),
    "numbers as nodes": returned(*filled(b"\x92\xa7IntNode\xcd\x12\x34")),
    "shapes": returned(*filled(b"\x93\xaaOpaqueNode\xa0" + ARRAY_OF_32)),
    "keys of one mapping": returned(b"\x92\xabMappingNode" + many(filled(b"\xa2xy"))),
    "empty mappings": returned(*filled(b"\x92\xabMappingNode\x90")),
    "lists in lists": returned(*filled(b"\x93\xacSequenceNode\xa4list\x01")),
    "empty tensors": returned(*filled(node(m.TensorNode("int8", (0,), (), 0, "", False)))),
    "different keys": returned(
        b"\x92\xabMappingNode" + many([b"\xa4%04x" % i for i in range(60_000)]),
        *filled(b"\x91\xa8NoneNode")[:60_000],
    ),
}


@pytest.mark.parametrize("stream", CROWDED.values(), ids=CROWDED)
def test_a_head_that_is_full_to_the_cap_takes_a_bounded_multiple_of_it(stream):
    """Objects are larger than their bytes on the wire; 30 times is the most that was found."""
    assert len(stream) <= MB + 16 + 700_000
    _, peak, seconds = cost(stream)
    assert peak < 40 * MB
    assert seconds < 3


def test_items_are_capped_when_their_nodes_are_there():
    stream = returned(node(m.SequenceNode("list", 10_000)), *[b"\x91\xa8NoneNode"] * 10_000)
    found, _, _ = cost(stream)
    assert isinstance(found, WireError)
    assert "more items" in str(found)


def test_tensors_share_one_payload_and_none_is_counted_twice():
    """Ten nodes of all the bytes that there are: the second finds none left."""
    tensor = node(m.TensorNode("int8", (MB,), (), MB, "cpu", False))
    stream = returned(node(m.SequenceNode("list", 10)), *[tensor] * 10, payload=bytes(MB))
    found, peak, _ = cost(stream)
    assert isinstance(found, WireError)
    assert "more bytes than its frame" in str(found)
    assert peak < 6 * MB


def test_a_payload_that_comes_slowly_is_stored_once():
    """However small the pieces are: nothing is copied again and again."""
    stream = returned(node(m.TensorNode("int8", (MB,), (), MB, "cpu", False)), payload=bytes(MB))
    tracemalloc.start()
    try:
        started = time.process_time()
        _, [value] = taken(stream, piece=100)
        assert time.process_time() - started < 2
        assert tracemalloc.get_traced_memory()[1] < 4 * MB
    finally:
        tracemalloc.stop()
    assert torch.equal(value.data, torch.zeros(MB, dtype=torch.int8))
