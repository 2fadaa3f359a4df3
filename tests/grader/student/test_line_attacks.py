"""A line whose other end is a hostile process: what it may send, and what must come of it.

The process has the worker's ends of socket and pipe and nothing else to do but
harm. It waits for the first bytes of a request unless an attack is to come
before. Every attack ends by itself, is stopped by its size, or is killed.
"""

import os
import socket
import subprocess
import sys
import time
from collections import deque
from contextlib import suppress
from pathlib import Path

import pytest

from grader.errors import WireError
from grader.student.line import PASS_RIGHTS, Closed, DeadlinePassed, Line
from grader.wire import messages as m
from grader.wire.caps import Caps
from grader.wire.frames import HEADER, MAGIC, frame
from grader.wire.values import unpack

NOTHING = m.Packed((m.NoneNode(),))
ASK = m.Call(5, None, "f", NOTHING, NOTHING, "cpu", False, False, None, ())
LOAD = m.Load(5, ("a.py",), (), ())
PROBE = m.Probe(5, "read", ())
ERROR = m.ExceptionInfo("E", ("E",), "", ())

CAPS = Caps(payload_bytes=8 << 20)
MEMORY_MB = 40
"""More than a whole frame within CAPS, its copy, and what a reader holds beside it; less than any flood."""

PRELUDE = """
import os, socket, struct, sys, time
line = socket.socket(fileno=int(sys.argv[1]))
output = int(sys.argv[2])
answer = sys.stdin.buffer.read()

def asked():
    line.recv(1, socket.MSG_PEEK)

"""


def answer(message=None, payload=b""):
    message = m.Returned(5, NOTHING, None, None, (), ()) if message is None else message
    return b"".join(frame(message, [payload]))


ANSWER = answer()


class Attacker:
    """A process that runs `attack` with `line`, `output` and `answer`; the judge's end of its line."""

    def __init__(self, attack, answer=ANSWER, caps=CAPS):
        ours, theirs = socket.socketpair()
        reading, writing = os.pipe()
        ends = [theirs.fileno(), writing]
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", PRELUDE + attack, *map(str, ends)],
            stdin=subprocess.PIPE,
            pass_fds=ends,
        )
        with self.process.stdin as stdin:
            stdin.write(answer)
        theirs.close()
        os.close(writing)
        self.line = Line(ours, reading, self.process.pid, 1, Path(), caps, 1000)

    def ask(self, seconds=10.0, request=ASK, payload=()):
        return self.line.exchange(request, payload, time.monotonic() + seconds)

    def end(self):
        self.line.close()
        self.process.kill()
        self.process.wait()


@pytest.fixture
def attacker():
    """Makes attackers; they end with the test, whatever came of it."""
    made = []

    def make(*args, **options):
        made.append(Attacker(*args, **options))
        return made[-1]

    yield make
    for one in made:
        one.end()


class Memory:
    """How much more memory this process held at its worst, in MB, than when the block began."""

    def __enter__(self):
        Path("/proc/self/clear_refs").write_text("5")  # the peak is counted anew
        self._before = self._read("VmRSS")
        return self

    def __exit__(self, *_):
        self.grown = (self._read("VmHWM") - self._before) / 1024

    @staticmethod
    def _read(field):
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(field))


def test_the_attacker_can_be_honest(attacker):
    """Or the tests below would show nothing."""
    found, cursor = attacker("asked(); line.sendall(answer); time.sleep(60)").ask()
    assert found == m.Returned(5, NOTHING, None, None, (), ())
    cursor.done()


def test_the_measure_of_memory_sees_memory():
    with Memory() as memory:
        _ = bytearray(b"x" * (MEMORY_MB << 20))
    assert memory.grown > MEMORY_MB


# --- what is said, and when ---------------------------------------------------------


ODD_ANSWERS = {
    "another call's number": m.Returned(6, NOTHING, None, None, (), ()),
    "an earlier call's number": m.Returned(4, NOTHING, None, None, (), ()),
    "Ready, a second time": m.Ready(("seccomp",)),
    "Probed, though nothing was probed": m.Probed(5, True, "all is well"),
    "the answer to a load": m.Loaded(5, "a.py", ("f",), (), (), ()),
    "a load that failed": m.LoadFailed(5, "empty", "a.py", "", None),
}


@pytest.mark.parametrize("message", ODD_ANSWERS.values(), ids=ODD_ANSWERS)
def test_an_answer_to_something_else_breaks_the_protocol(attacker, message):
    peer = attacker("asked(); line.sendall(answer); time.sleep(60)", answer(message))
    with pytest.raises(WireError, match="something else than the answer"):
        peer.ask()


FITTING = {
    m.Load: (m.Loaded(5, "", (), (), (), ()), m.LoadFailed(5, "empty", "", "", None)),
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


# --- how fast, and how much -----------------------------------------------------------


SLOWLY = "asked()\nfor byte in answer:\n    line.sendall(bytes([byte])); time.sleep({pause})\ntime.sleep(60)"


def test_one_byte_at_a_time_ends_at_the_deadline_and_costs_the_judge_little(attacker):
    peer = attacker(SLOWLY.format(pause=0.001), answer(payload=bytes(100_000)))
    started, worked = time.monotonic(), time.process_time()
    with pytest.raises(DeadlinePassed):
        peer.ask(1.0)
    assert time.monotonic() - started < 3
    assert time.process_time() - worked < 0.5  # of some 900 bytes


def test_one_byte_at_a_time_is_an_answer_if_it_comes_in_time(attacker):
    found, _ = attacker(SLOWLY.format(pause=0)).ask()
    assert found.number == 5


def test_many_small_pieces_cost_no_more_than_they_are(attacker):
    """Each piece is looked at once: a reader that began anew would need minutes."""
    attack = "asked()\nfor i in range(0, len(answer), 64): line.sendall(answer[i:i + 64])\ntime.sleep(60)"
    peer = attacker(attack, answer(payload=bytes(4 << 20)))
    worked = time.process_time()
    _, cursor = peer.ask(30)
    assert cursor.take(4 << 20) == bytes(4 << 20)
    assert time.process_time() - worked < 3  # 65,000 pieces


FLOODS = {
    "of answers": ("chunk = answer * 5000", "more than it was asked"),
    "of nothing": ("chunk = bytes(1 << 20)", "does not hold a frame"),
    "of noise": ("chunk = os.urandom(1 << 20)", "does not hold a frame"),
    "of frames over the cap": (
        "chunk = struct.pack('>4sIQ', b'GRD1', 8, 9 << 20) + bytes(1 << 20)",
        "announces a payload",
    ),
    "of heads that are none": (
        "chunk = struct.pack('>4sIQ', b'GRD1', 1 << 20, 0) + bytes(1 << 20)",
        "message|more than it was",
    ),
}
FLOOD = "\nwhile True:\n    line.sendall(chunk)"


@pytest.mark.parametrize("asked", ["asked()\n", ""], ids=["when asked", "before"])
@pytest.mark.parametrize(("chunk", "sentence"), FLOODS.values(), ids=FLOODS)
def test_a_flood_ends_soon_and_takes_no_memory(attacker, chunk, sentence, asked):
    peer = attacker(asked + chunk + FLOOD)
    started = time.monotonic()
    with Memory() as memory, pytest.raises(WireError, match=f"{sentence}|not asked for"):
        peer.ask()
    assert time.monotonic() - started < 5
    assert memory.grown < MEMORY_MB


def test_a_flood_while_nobody_reads_stays_in_the_kernel(attacker):
    peer = attacker("os.write(output, b'.')\nwhile True: line.send(b'G' * 100_000)")
    with Memory() as memory:
        time.sleep(0.5)
        with pytest.raises(WireError, match=r"does not hold a frame|not asked for"):
            peer.ask()
    assert memory.grown < 10


def test_a_flood_that_ends_with_its_sender_takes_no_memory(attacker):
    """What is left in the socket of a dead process is read to its end; a child goes on writing."""
    attack = "asked()\nchunk = answer[:16] + bytes(1 << 20)\nif os.fork(): os._exit(0)\n"
    endless = HEADER.pack(MAGIC, 8, 8 << 20)
    peer = attacker(attack + "for i in range(200): line.sendall(chunk)", endless)
    with Memory() as memory, pytest.raises((WireError, Closed)):
        peer.ask()
    assert memory.grown < MEMORY_MB


def test_a_flood_of_output_takes_no_memory(attacker):
    peer = attacker("while True: os.write(output, b'x' * 60_000)")
    with Memory() as memory, pytest.raises(DeadlinePassed):
        peer.ask(1.0)
    assert memory.grown < 10
    assert len(peer.line.output.text()) < 1100


# --- what sockets can do besides --------------------------------------------------------


def descriptors():
    """The open descriptors of this process, and what each is."""
    found = {}
    for name in os.listdir("/proc/self/fd"):
        try:
            found[name] = os.readlink(f"/proc/self/fd/{name}")
        except OSError:  # that of the listing itself
            continue
    return found


def refuses_descriptors():
    """Whether the kernel can refuse descriptors for a socket (Linux 6.16)."""
    with socket.socket(socket.AF_UNIX) as one:
        try:
            one.setsockopt(socket.SOL_SOCKET, PASS_RIGHTS, 0)
        except OSError:
            return False
    return True


SEND_DESCRIPTORS = """
asked()
null = os.open("/dev/null", os.O_RDONLY)
def send(data):
    try:
        socket.send_fds(line, [data], [null] * 100)
    except PermissionError:
        os.write(output, b"refused")
        line.sendall(data)
for i in range(0, len(answer), 4):
    send(answer[i:i + 4])
time.sleep(60)
"""


def test_descriptors_that_are_sent_along_do_not_stay(attacker):
    peer = attacker(SEND_DESCRIPTORS)
    before = descriptors()
    found, _ = peer.ask()
    assert found.number == 5
    assert descriptors() == before
    assert peer.line.output.text().startswith("refused") is refuses_descriptors()


LINGER = """
asked()
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
other, _ = server.accept()
client.setblocking(False)
client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 20))
try:
    while True: client.send(bytes(1 << 16))
except BlockingIOError: pass
try: socket.send_fds(line, [answer], [client.fileno()])
except PermissionError: line.sendall(answer)
client.close()
time.sleep(60)
"""


@pytest.mark.skipif(
    not refuses_descriptors(), reason="needs Linux 6.16; a network of its own prevents it too"
)
def test_a_descriptor_that_takes_long_to_close_does_not_hold_the_judge(attacker):
    """Whoever reads it closes it, and to close a TCP socket may take as long as was asked for."""
    peer = attacker(LINGER)
    started = time.monotonic()
    assert peer.ask()[0].number == 5
    assert time.monotonic() - started < 3


OUT_OF_BAND = {
    "before": "line.send(b'!', socket.MSG_OOB); line.sendall(answer)",
    "after": "line.sendall(answer); line.send(b'!', socket.MSG_OOB)",
    "in between": "line.sendall(answer[:9]); line.send(b'!', socket.MSG_OOB); line.sendall(answer[9:])",
}


@pytest.mark.parametrize("attack", OUT_OF_BAND.values(), ids=OUT_OF_BAND)
def test_bytes_out_of_band_are_no_part_of_the_stream(attacker, attack):
    found, _ = attacker(f"asked(); {attack}; time.sleep(60)").ask()
    assert found == m.Returned(5, NOTHING, None, None, (), ())


def test_bytes_out_of_band_alone_end_at_the_deadline_and_cost_the_judge_little(attacker):
    peer = attacker("asked(); line.send(b'!', socket.MSG_OOB); time.sleep(60)")
    worked = time.process_time()
    with pytest.raises(DeadlinePassed):
        peer.ask(0.5)
    assert time.process_time() - worked < 0.2


def test_an_out_of_band_byte_that_is_not_the_last_one_is_a_byte_too_many(attacker):
    """The kernel keeps only the last one apart; the one before it falls back into the stream."""
    attack = "line.sendall(answer); line.send(b'!', socket.MSG_OOB); line.send(b'!', socket.MSG_OOB)"
    peer = attacker(f"asked(); {attack}; line.sendall(b'x'); time.sleep(60)")
    with pytest.raises(WireError, match=r"more than it was asked|was not asked for|not hold a frame"):
        deque((peer.ask() for _ in range(2)), maxlen=0)


@pytest.mark.parametrize(
    ("attack", "error"),
    [
        ("line.shutdown(socket.SHUT_WR)", Closed),
        ("line.shutdown(socket.SHUT_RDWR)", Closed),
        ("line.shutdown(socket.SHUT_RD)", DeadlinePassed),
        ("line.sendall(answer[:-1]); line.shutdown(socket.SHUT_WR)", Closed),
    ],
)
def test_a_half_closed_socket_ends_the_exchange(attacker, attack, error):
    with pytest.raises(error):
        attacker(f"asked(); {attack}; time.sleep(60)").ask(0.5)


def test_an_answer_before_half_of_the_socket_was_closed_counts(attacker):
    found, _ = attacker(
        "asked(); line.sendall(answer); line.shutdown(socket.SHUT_RDWR); time.sleep(60)"
    ).ask()
    assert found.number == 5


def test_an_attack_leaves_the_next_line_as_it_was(attacker):
    before = descriptors()
    for attack in ("line.sendall(b'no frame')", SEND_DESCRIPTORS, "line.shutdown(socket.SHUT_WR)"):
        peer = attacker(f"asked()\n{attack}\ntime.sleep(60)")
        with suppress(WireError, Closed, DeadlinePassed):
            peer.ask(1.0)
        peer.end()
    assert descriptors() == before
    assert attacker("asked(); line.sendall(answer); time.sleep(60)").ask()[0].number == 5
