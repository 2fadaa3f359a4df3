"""What sockets can do besides: descriptors, bytes out of band, half closed ends.

`attacker` makes processes that send these and do nothing else; see attacker.py.
"""

import socket
import time
from collections import deque
from contextlib import suppress

import pytest

from grader.errors import WireError
from grader.student.line import PASS_RIGHTS, Closed, DeadlinePassed
from grader.wire import messages as m
from tests.grader.student.attacker import NOTHING, descriptors


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
