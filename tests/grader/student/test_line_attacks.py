"""What a hostile process at the other end of a line may say, and what must come of it.

`attacker` makes such processes, which do nothing else; see attacker.py.
"""

import os

import pytest

from grader.errors import WireError
from grader.student.line import Closed, DeadlinePassed
from grader.wire import messages as m
from grader.wire.frames import HEADER, MAGIC
from grader.wire.unpacking import unpack
from tests.grader.student.attacker import ASK, CAPS, MEMORY_MB, NOTHING, Memory, answer

LOAD = m.Load(5, ("a.py",), (), ())
PROBE = m.Probe(5, "read", ())
ERROR = m.ExceptionInfo("E", ("E",), "", ())


def test_the_attacker_can_be_honest(attacker):
    """Or the tests below would show nothing."""
    found, cursor = attacker("asked(); line.sendall(answer); time.sleep(60)").ask()
    assert found == m.Returned(5, NOTHING, None, None, (), ())
    cursor.done()


ODD_ANSWERS = {
    "another call's number": m.Returned(6, NOTHING, None, None, (), ()),
    "an earlier call's number": m.Returned(4, NOTHING, None, None, (), ()),
    "Ready, a second time": m.Ready(("seccomp",)),
    "Probed, though nothing was probed": m.Probed(5, True, "all is well"),
    "the answer to a load": m.Loaded(5, "a.py", ("f",), (), ()),
    "a load that failed": m.LoadFailed(5, "empty", "a.py", "", None),
}


@pytest.mark.parametrize("message", ODD_ANSWERS.values(), ids=ODD_ANSWERS)
def test_an_answer_to_something_else_breaks_the_protocol(attacker, message):
    peer = attacker("asked(); line.sendall(answer); time.sleep(60)", answer(message))
    with pytest.raises(WireError, match="something else than the answer"):
        peer.ask()


FITTING = {
    m.Load: (m.Loaded(5, "", (), (), ()), m.LoadFailed(5, "empty", "", "", None)),
    m.Call: (m.Returned(5, NOTHING, None, None, (), ()),),
    m.Build: (m.Returned(5, NOTHING, None, None, (), ()),),
    m.Probe: (m.Probed(5, True, ""),),
}
ALWAYS = (m.Raised(5, ERROR, ()), m.Refused(5, "bytes", 1))
EVERY = (*ALWAYS, m.Ready(()), *{repr(known): known for some in FITTING.values() for known in some}.values())


@pytest.mark.parametrize("request_", [LOAD, ASK, m.Build(5, "model", NOTHING, "cpu"), PROBE])
@pytest.mark.parametrize("message", EVERY)
def test_a_request_takes_its_own_kinds_of_answer_and_no_other(attacker, request_, message):
    peer = attacker("asked(); line.sendall(answer); time.sleep(60)", answer(message))
    if message in (*ALWAYS, *FITTING[type(request_)]):
        assert peer.ask(request=request_)[0] == message
    else:
        with pytest.raises(WireError, match="something else than the answer"):
            peer.ask(request=request_)


OTHER_DIRECTIONS = [
    ASK,
    LOAD,
    PROBE,
    m.Fork("", 1, 1, "cpu"),
    m.End(5),
    m.Survey(),
    m.Forked(5),
    m.Ended(5, None, 0.0, 0.0),
    m.Surveyed(()),
    NOTHING,
    ERROR,
]


@pytest.mark.parametrize("message", OTHER_DIRECTIONS, ids=lambda message: type(message).__name__)
def test_a_message_of_another_direction_is_none(attacker, message):
    peer = attacker("asked(); line.sendall(answer); time.sleep(60)", answer(message))
    with pytest.raises(WireError, match="does not hold a message"):
        peer.ask()


STREAMS = {
    "no frame": (b"HTTP/1.1 200 OK\r\n\r\n", "does not hold a frame"),
    "a pickle": (b"\x80\x04\x95cos\nsystem\n.", "does not hold a frame"),
    "one wrong byte": (b"G\x00", "does not hold a frame"),
    "an unknown tag": (HEADER.pack(MAGIC, 10, 0) + b"\x92\xa7Nothing\x05", "does not hold a message"),
    "a head of nothing": (HEADER.pack(MAGIC, 0, 0), "does not hold a message"),
    "an extension type": (HEADER.pack(MAGIC, 4, 0) + b"\xc7\x01\x05a", "does not hold a message"),
    "a head of 4 GB": (HEADER.pack(MAGIC, 2**32 - 1, 0), "announces a head"),
    "a payload of 16 EB": (HEADER.pack(MAGIC, 1, 2**64 - 1), "announces a payload"),
    "a payload a byte over the cap": (HEADER.pack(MAGIC, 1, (8 << 20) + 1), "announces a payload"),
    "twice the same": (answer() * 2, "more than it was asked"),
    "a byte more": (answer() + b"G", "more than it was asked"),
    "a thousand answers": (answer() * 1000, "more than it was asked"),
}


@pytest.mark.parametrize(("stream", "sentence"), STREAMS.values(), ids=STREAMS)
def test_a_stream_that_is_not_one_answer_breaks_the_protocol(attacker, stream, sentence):
    peer = attacker("asked(); line.sendall(answer); time.sleep(60)", stream)
    with Memory() as memory, pytest.raises(WireError, match=sentence):
        peer.ask()
    assert memory.grown < MEMORY_MB


def test_an_answer_that_was_there_before_the_request_breaks_the_protocol(attacker):
    peer = attacker("line.sendall(answer); os.write(output, b'.'); time.sleep(60)")
    os.set_blocking(peer.line._pipe, True)
    os.read(peer.line._pipe, 1)
    os.set_blocking(peer.line._pipe, False)
    with pytest.raises(WireError, match="was not asked for"):
        peer.ask()


def test_an_answer_while_the_request_is_still_being_sent_breaks_the_protocol(attacker):
    peer = attacker("asked(); line.sendall(answer); time.sleep(60)")
    with pytest.raises(WireError, match="before it was asked"):
        peer.ask(payload=[bytes(4 << 20)])


@pytest.mark.parametrize("size", [0, 4 << 20])
def test_an_answer_to_what_it_refuses_to_read_breaks_the_protocol(attacker, size):
    """Half closed: no request can ever arrive in full, and an answer comes all the same."""
    attack = (
        "asked(); line.recv(1 << 16); line.shutdown(socket.SHUT_RD); line.sendall(answer); time.sleep(0.3)"
    )
    peer = attacker(f"{attack}; line.sendall(answer); time.sleep(60)")
    peer.ask()
    with pytest.raises(WireError, match="before it was asked"):
        peer.ask(payload=[bytes(size)])


@pytest.mark.parametrize("size", [1, 15, 16, 17, len(answer()) - 1])
def test_a_truncated_answer_ends_at_the_deadline_or_with_the_stream(attacker, size):
    with pytest.raises(DeadlinePassed):
        attacker("asked(); line.sendall(answer); time.sleep(60)", answer()[:size]).ask(0.3)
    for end in ("line.shutdown(socket.SHUT_WR); time.sleep(60)", "line.close(); time.sleep(60)", ""):
        with pytest.raises(Closed):
            attacker("asked(); line.sendall(answer); " + end, answer()[:size]).ask()


def test_values_nested_deeper_than_the_caps_are_refused_while_they_are_rebuilt(attacker):
    """On the wire they are flat: nothing recurses, however deep they say they are."""
    deep = m.Packed((*[m.SequenceNode("list", 1)] * 9_000, m.NoneNode()))
    peer = attacker(
        "asked(); line.sendall(answer); time.sleep(60)", answer(m.Returned(5, deep, None, None, (), ()))
    )
    found, cursor = peer.ask()
    with pytest.raises(WireError, match="nested deeper"):
        unpack(found.value, cursor, CAPS)
