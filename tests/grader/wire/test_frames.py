"""Frames: what was framed comes out again, and nothing else ever does."""

import struct

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import WireError
from grader.wire import messages as m
from grader.wire.caps import Caps, ValueTooLarge
from grader.wire.frames import (
    HEADER,
    MAGIC,
    FrameReader,
    PayloadCursor,
    decode_answer,
    decode_notice,
    decode_order,
    decode_request,
    frame,
)

SMALL = Caps(head_bytes=100, payload_bytes=100)
NOTHING = m.Packed((m.NoneNode(),))
INFO = m.FrameInfo("softmax.py", 3, "softmax", "return x")
EXCEPTION = m.ExceptionInfo("ValueError", ("ValueError", "Exception"), "no", (INFO,))
USE = m.ForbiddenUse("aten::_softmax", (INFO,))
CELLS = m.NotebookCells(
    9, True, (1, 3), (m.Defines("f", 3),), (m.Stopped(3, 2, "NameError"),), (m.Aside(2, "magic"),)
)

REQUESTS = [
    m.Load(1, ("a.py",), (m.SourceFile("a.py", b"\xff\x00"),), (m.EntryPoint("f", ("_softmax",), True),)),
    m.Call(2, None, "f", NOTHING, NOTHING, "cpu", False, True, m.Gradient((0,), NOTHING), (1, 2)),
    m.Call(4, None, "f", NOTHING, NOTHING, "cpu", False, False, None, (), count=True),
    m.Build(3, "model", NOTHING, "cpu"),
]
ANSWERS = [
    m.Ready(("limits",)),
    m.Loaded(1, "a.ipynb", ("f",), (), ("f", "g"), CELLS),
    m.LoadFailed(1, "syntax", "a.py", "", EXCEPTION),
    m.Returned(2, NOTHING, None, NOTHING, ("grad mode",), (USE,)),
    m.Returned(2, NOTHING, None, None, (), (), m.Counted(12_800, 2**53)),
    m.Raised(2, EXCEPTION, (USE,)),
    m.Refused(2, "depth", 16),
    m.Simulated(2, ("cuda", "cpu")),
]
ORDERS = [m.Fork("/scratch", 1, 2, "cpu", 3, 4, 5), m.End(7)]
NOTICES = [m.Forked(7), m.Ended(7, None, 0.5, 12.0), m.Ended(7, 9, 0.5, 12.0)]
DECODERS = [
    (decode_request, REQUESTS),
    (decode_answer, ANSWERS),
    (decode_order, ORDERS),
    (decode_notice, NOTICES),
]


def head_of(message):
    return msgspec.msgpack.encode(message)


def read(data, caps=SMALL):
    reader = FrameReader(caps)
    reader.feed(data)
    return reader.next()


def raw(head=b"", payload=b"", magic=MAGIC, head_size=None, payload_size=None):
    sizes = (
        len(head) if head_size is None else head_size,
        len(payload) if payload_size is None else payload_size,
    )
    return HEADER.pack(magic, *sizes) + head + payload


# --- round trips ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("decode", "message"),
    [(decode, message) for decode, messages in DECODERS for message in messages],
    ids=lambda value: type(value).__name__,
)
def test_every_message_comes_out_as_it_went_in(decode, message):
    head, payload = read(b"".join(frame(message, [b"ab", b"", b"c"])), Caps())
    assert decode(head) == message
    assert bytes(payload) == b"abc"


@given(
    parts=st.lists(st.tuples(st.binary(max_size=60), st.binary(max_size=60)), max_size=5),
    cuts=st.lists(st.integers(1, 40)),
)
def test_frames_come_out_whole_however_the_stream_is_cut(parts, cuts):
    stream = b"".join(raw(head, payload) for head, payload in parts)
    reader, seen = FrameReader(SMALL), []
    cuts = [*cuts, len(stream) or 1]
    while stream:
        size = cuts.pop(0) if cuts else 1
        reader.feed(stream[:size])
        stream = stream[size:]
        while (found := reader.next()) is not None:
            seen.append((found[0], bytes(found[1])))
    assert seen == parts
    assert reader.empty


def test_an_incomplete_frame_is_not_there_yet():
    whole = raw(b"head", b"payload")
    for size in range(len(whole)):
        reader = FrameReader(SMALL)
        reader.feed(whole[:size])
        assert reader.next() is None
        assert reader.empty is (size == 0)


def test_parts_of_other_item_sizes_count_in_bytes():
    numbers = memoryview(bytearray(24)).cast("d")
    assert HEADER.unpack(frame(m.Ready(()), [numbers])[0][: HEADER.size])[2] == 24


def test_a_payload_is_not_copied_when_nothing_follows_it():
    reader = FrameReader(Caps())
    reader.feed(raw(b"", b"x" * 1000))
    _, payload = reader.next()
    assert payload.obj is not reader._buffer
    assert len(payload.obj) == HEADER.size + 1000  # the buffer that was fed, not a copy of its end


# --- what is refused ------------------------------------------------------------


@pytest.mark.parametrize("start", [b"X", b"GRX", b"\x00", b"GRD2", b"HTTP/1.1 200 OK"])
def test_a_stream_that_is_no_frame_is_refused_at_its_first_wrong_byte(start):
    with pytest.raises(WireError, match="does not hold a frame"):
        read(start)


@pytest.mark.parametrize("size", [101, 2**31, 2**32 - 1])
def test_a_head_over_the_cap_is_refused_before_it_is_there(size):
    with pytest.raises(WireError, match="announces a head"):
        read(raw(head_size=size))


@pytest.mark.parametrize("size", [101, 2**40, 2**64 - 1])
def test_a_payload_over_the_cap_is_refused_before_it_is_there(size):
    with pytest.raises(WireError, match="announces a payload"):
        read(raw(payload_size=size))


def test_a_head_and_a_payload_of_exactly_the_caps_pass():
    head, payload = read(raw(b"h" * 100, b"p" * 100))
    assert (len(head), len(payload)) == (100, 100)


def test_a_frame_over_the_caps_is_not_made():
    with pytest.raises(ValueTooLarge) as caught:
        frame(m.Ready(("x" * 200,)), caps=SMALL)
    assert (caught.value.what, caught.value.limit) == ("bytes", 100)
    with pytest.raises(ValueTooLarge):
        frame(m.Ready(()), [b"x" * 60, b"x" * 41], caps=SMALL)
    assert frame(m.Ready(()), [b"x" * 100], caps=SMALL)


def test_text_that_is_not_unicode_does_not_get_into_a_frame():
    with pytest.raises(WireError, match="not valid Unicode"):
        frame(m.Ready(("\ud800",)))


TEXT_TOO_LONG = m.Raised(2, m.ExceptionInfo("E", (), "x" * 4001, ()), ())
FORGED = {
    "nothing": b"",
    "no message": b"\xc0",
    "an extension type": b"\xc7\x01\x05a",
    "a timestamp": msgspec.msgpack.encode(msgspec.msgpack.Ext(-1, b"\0\0\0\0")),
    "a map": msgspec.msgpack.encode({"number": 1}),
    "another tag": msgspec.msgpack.encode(["Nothing", 1]),
    "a tag of another union": head_of(m.Packed(())),
    "a field too few": msgspec.msgpack.encode(["Refused", 1, "bytes"]),
    "a field too many": msgspec.msgpack.encode(["Refused", 1, "bytes", 3, 4]),
    "a wrong type": msgspec.msgpack.encode(["Refused", "1", "bytes", 3]),
    "a bool for a number": msgspec.msgpack.encode(["Refused", True, "bytes", 3]),
    "a float for a number": msgspec.msgpack.encode(["Refused", 1.5, "bytes", 3]),
    "a negative number": msgspec.msgpack.encode(["Refused", -1, "bytes", 3]),
    "a number too large": msgspec.msgpack.encode(["Refused", 2**53 + 1, "bytes", 3]),
    "a word outside its list": msgspec.msgpack.encode(["Refused", 1, "patience", 3]),
    "a word with a line break": msgspec.msgpack.encode(["Refused", 1, "bytes\n", 3]),
    "a long text": head_of(TEXT_TOO_LONG),
    "a long name": head_of(m.Ready(("x" * 201,))),
    "bytes that are no text": b"\x92\xa5Ready\x91\xa1\xff",
    "a lone surrogate": b"\x92\xa5Ready\x91\xa3\xed\xa0\x80",
    "more bytes than a message": head_of(m.Ready(())) + b"\x00",
    "a truncated message": head_of(ANSWERS[3])[:-1],
    "an array of 2**32 - 1 items": b"\x92\xa5Ready\xdd\xff\xff\xff\xff",
    "a text of 2**32 - 1 bytes": b"\x92\xa5Ready\x91\xdb\xff\xff\xff\xff",
    "arrays in arrays": b"\x92\xa5Ready" + b"\x91" * 100_000,
    "an unknown node": msgspec.msgpack.encode(
        ["Returned", 1, ["Packed", [["PickleNode", b"cos\nsystem\n"]]], None, None, [], []]
    ),
    "a negative extent": msgspec.msgpack.encode(
        [
            "Returned",
            1,
            ["Packed", [["TensorNode", "float32", [-1], [], 4, "cpu", False]]],
            None,
            None,
            [],
            [],
        ]
    ),
    "33 dimensions": msgspec.msgpack.encode(
        [
            "Returned",
            1,
            ["Packed", [["TensorNode", "int8", [1] * 33, [], 1, "cpu", False]]],
            None,
            None,
            [],
            [],
        ]
    ),
    "an int of 65 bits": msgspec.msgpack.encode(
        ["Returned", 1, ["Packed", [["IntNode", 2**63]]], None, None, [], []]
    ),
}


@pytest.mark.parametrize("head", FORGED.values(), ids=FORGED)
def test_a_forged_head_is_refused(head):
    for decode, _ in DECODERS:
        with pytest.raises(WireError, match="does not hold a message"):
            decode(head)


@pytest.mark.parametrize(
    ("decode", "message"),
    [
        (decode, message)
        for decode, own in DECODERS
        for _, all_ in DECODERS
        for message in all_
        if all_ is not own
    ],
)
def test_a_message_of_another_direction_is_refused(decode, message):
    with pytest.raises(WireError):
        decode(head_of(message))


@given(head=st.binary(max_size=300))
def test_any_bytes_are_a_message_or_a_wire_error(head):
    for decode, messages in DECODERS:
        try:
            message = decode(head)
        except WireError:
            continue
        assert type(message) in {type(known) for known in messages}


@given(data=st.data(), source=st.sampled_from(ANSWERS))
def test_a_damaged_message_is_a_message_or_a_wire_error(data, source):
    head = bytearray(head_of(source))
    for _ in range(data.draw(st.integers(1, 4))):
        head[data.draw(st.integers(0, len(head) - 1))] = data.draw(st.integers(0, 255))
    try:
        message = decode_answer(bytes(head))
    except WireError:
        return
    assert decode_answer(head_of(message)) == message


# --- payloads and text ------------------------------------------------------------


def test_a_cursor_gives_bytes_in_order_and_knows_what_is_left():
    cursor = PayloadCursor(b"abcdef")
    assert bytes(cursor.take(2)) == b"ab"
    assert bytes(cursor.take(0)) == b""
    with pytest.raises(WireError, match="more bytes than its tensors"):
        cursor.done()
    assert bytes(cursor.take(4)) == b"cdef"
    cursor.done()
    with pytest.raises(WireError, match="more bytes than its frame"):
        cursor.take(1)


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 10, "short"),
        ("exactly 10", 10, "exactly 10"),
        ("one too many", 11, "one too ..."),
        ("\ud800 alone", 20, "? alone"),
        ("é" * 5, 4, "é..."),
    ],
)
def test_clipped_text_is_what_the_wire_takes(text, limit, expected):
    assert m.clipped(text, limit) == expected


def test_the_header_is_what_is_written_down():
    assert frame(m.Ready(()), [b"xyz"])[0][:16] == b"GRD1" + struct.pack(">IQ", 8, 3)
