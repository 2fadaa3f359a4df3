"""A line to a worker that is played by the test: deadlines, ends and floods."""

import os
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest

from grader.errors import WireError
from grader.student import line as line_module
from grader.student.line import Closed, DeadlinePassed, Line, Output
from grader.wire.caps import Caps
from grader.wire.frames import frame
from grader.wire.messages import Call, NoneNode, Packed, Ready, Returned

NOTHING = Packed((NoneNode(),))
ASK = Call(5, None, "f", NOTHING, NOTHING, "cpu", False, False, None, ())


def answer(number=5, payload=b""):
    return b"".join(frame(Returned(number, NOTHING, None, None, (), ()), [payload]))


class Peer:
    """The other end: a socket, the pipe's writing end, and a process that stands for the worker."""

    def __init__(self, caps=Caps(payload_bytes=8 << 20), kept=1000):  # noqa: B008
        ours, self.socket = socket.socketpair()
        reading, self.pipe = os.pipe()
        self.process = subprocess.Popen(["sleep", "60"])
        self.line = Line(ours, reading, self.process.pid, 1, Path(), caps, kept)

    def ask(self, seconds=5.0, request=ASK, payload=()):
        self.line.ask([(request, payload)])
        return self.line.answer(time.monotonic() + seconds)

    def close(self):
        self.line.close()
        self.socket.close()
        self.process.kill()
        self.process.wait()
        if self.pipe is not None:
            os.close(self.pipe)


@pytest.fixture
def peer():
    peer = Peer()
    yield peer
    peer.close()


def when_asked(peer, action):
    """Do something in another thread as soon as the first bytes of a request are there."""

    def wait():
        peer.socket.recv(1 << 16)
        action()

    threading.Thread(target=wait).start()


def test_an_answer_comes_with_its_payload(peer):
    when_asked(peer, lambda: peer.socket.sendall(answer(payload=b"abc")))
    found, cursor = peer.ask()
    assert found.number == 5
    assert bytes(cursor.take(3)) == b"abc"


def test_a_large_answer_and_a_large_request_pass_at_the_same_time(peer):
    got = bytearray()

    def talk():
        while len(got) < 4 << 20:
            got.extend(peer.socket.recv(1 << 16))
        peer.socket.sendall(answer(payload=b"y" * (4 << 20)))

    thread = threading.Thread(target=talk)
    thread.start()
    _, cursor = peer.ask(payload=[b"x" * (4 << 20)], seconds=20)
    thread.join()
    assert cursor.take(4 << 20) == b"y" * (4 << 20)


@pytest.mark.parametrize("sent", [b"", b"GR", answer()[:-1]])
def test_silence_ends_at_the_deadline(peer, sent):
    when_asked(peer, lambda: peer.socket.sendall(sent))
    started = time.monotonic()
    with pytest.raises(DeadlinePassed):
        peer.ask(0.2)
    assert 0.2 <= time.monotonic() - started < 2


def test_a_request_that_nobody_reads_ends_at_the_deadline(peer):
    with pytest.raises(DeadlinePassed):
        peer.ask(0.2, payload=[b"x" * (32 << 20)])


def test_a_trickle_does_not_move_the_deadline(peer):
    done = threading.Event()

    def trickle():
        for byte in answer(payload=b"z" * 10_000):
            if done.wait(0.02):
                return
            peer.socket.sendall(bytes([byte]))

    thread = threading.Thread(target=trickle)
    started = time.monotonic()
    thread.start()
    with pytest.raises(DeadlinePassed):
        peer.ask(0.3)
    assert time.monotonic() - started < 2
    done.set()
    thread.join()


def test_a_flood_of_output_does_not_move_the_deadline_and_is_counted(peer):
    done = threading.Event()

    def flood():
        while not done.is_set():
            os.write(peer.pipe, b"w" * 10_000)

    thread = threading.Thread(target=flood)
    thread.start()
    started = time.monotonic()
    with pytest.raises(DeadlinePassed):
        peer.ask(0.3)
    assert time.monotonic() - started < 2
    done.set()
    peer.line._drain()
    thread.join()
    text = peer.line.output.text()
    assert text.startswith("w" * 1000 + "\n... ")
    assert len(text) < 1100


def test_output_before_the_answer_is_there_with_the_answer(peer, monkeypatch):
    monkeypatch.setattr(line_module, "CHUNK", 1000)

    def talk():
        os.write(peer.pipe, b"x" * 60_000)
        peer.socket.sendall(answer())

    when_asked(peer, talk)
    peer.ask()
    assert peer.line.output.text().endswith("... 59,000 more characters\n")


def test_a_closed_pipe_is_no_end(peer):
    os.write(peer.pipe, b"last words")
    os.close(peer.pipe)
    peer.pipe = None
    when_asked(peer, lambda: peer.socket.sendall(answer()))
    peer.ask()
    assert peer.line.output.text() == "last words"


def test_a_request_that_was_thrown_away_unread_is_an_end(peer):
    def end():
        peer.socket.recv(1, socket.MSG_PEEK)
        peer.socket.close()

    threading.Thread(target=end).start()
    with pytest.raises(Closed):
        peer.ask()


@pytest.mark.parametrize("how", ["close", "shutdown", "half an answer"])
def test_a_closed_socket_is_an_end(peer, how):
    def end():
        if how == "half an answer":
            peer.socket.sendall(answer()[:20])
        peer.socket.shutdown(socket.SHUT_WR) if how == "shutdown" else peer.socket.close()

    when_asked(peer, end)
    with pytest.raises(Closed):
        peer.ask()


def test_a_line_that_was_closed_stays_closed(peer):
    peer.socket.close()
    for _ in range(2):
        with pytest.raises(Closed):
            peer.ask()


def test_a_socket_that_is_closed_while_a_request_is_sent_is_an_end(peer):
    when_asked(peer, peer.socket.close)
    with pytest.raises(Closed):
        peer.ask(payload=[b"x" * (32 << 20)])


def test_the_end_of_the_process_is_an_end_though_the_socket_is_open(peer):
    assert not peer.line.ended(0.01)
    when_asked(peer, peer.process.kill)
    with pytest.raises(Closed):
        peer.ask(20)
    assert peer.line.ended(5)


def test_what_was_answered_before_the_process_ended_counts(peer, monkeypatch):
    monkeypatch.setattr(line_module, "CHUNK", 10)
    peer.socket.sendall(answer())
    peer.process.kill()
    peer.process.wait()
    found, _ = peer.line.receive(time.monotonic() + 5)
    assert found.number == 5


def test_without_process_descriptors_the_socket_alone_tells(monkeypatch):
    monkeypatch.delattr(os, "pidfd_open")
    peer = Peer()
    assert peer.line.ended(0)
    peer.socket.close()
    with pytest.raises(Closed):
        peer.ask()
    peer.close()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (answer(6), "something else than the answer"),
        (b"".join(frame(Ready(()))), "something else than the answer"),
        (answer() + b"G", "more than it was asked"),
        (answer() + answer(), "more than it was asked"),
        (b"HTTP", "does not hold a frame"),
        (b"GRD1" + b"\xff" * 12, "announces a head"),
        (b"GRD1\0\0\0\1" + bytes(8) + b"\xc1", "does not hold a message"),
    ],
)
def test_anything_else_than_one_answer_breaks_the_protocol(peer, sent, sentence):
    when_asked(peer, lambda: peer.socket.sendall(sent))
    with pytest.raises(WireError, match=sentence):
        peer.ask()


def test_speaking_first_breaks_the_protocol(peer):
    peer.socket.sendall(answer())
    with pytest.raises(WireError, match="not asked for"):
        peer.ask()


def test_answering_before_the_request_is_there_breaks_the_protocol(peer):
    when_asked(peer, lambda: peer.socket.sendall(answer()))
    with pytest.raises(WireError, match="before it was asked"):
        peer.ask(payload=[b"x" * (32 << 20)])


def test_a_second_close_is_harmless(peer):
    os.write(peer.pipe, b"last words")
    peer.line.close()
    peer.line.close()
    assert peer.line.output.text() == "last words"


def test_nobody_can_give_the_judge_another_clock(peer, monkeypatch):
    monkeypatch.setattr(time, "monotonic", lambda: 0.0)
    assert line_module._now() > 0
    peer.line.ask([(ASK, ())])
    with pytest.raises(DeadlinePassed):
        peer.line.answer(line_module._now() + 0.1)


# --- output ---------------------------------------------------------------------


def test_output_within_the_limit_is_kept_whole():
    output = Output(10)
    output.add(b"0123")
    output.add(b"456789")
    assert output.text() == "0123456789"


def test_characters_are_counted_not_bytes():
    output = Output(2)
    output.add("éàü€x".encode())
    assert output.text() == "é\n... 4 more characters\n"
    output.clear()
    assert output.text() == ""


def test_bytes_that_are_no_text_are_replaced():
    output = Output(10)
    output.add(b"a\xffb")
    assert output.text() == "a\ufffdb"
