"""How fast, and how much, a hostile process may send: the judge's memory, time and patience.

`attacker` makes such processes, which do nothing else; see attacker.py.
"""

import time

import pytest

from grader.errors import WireError
from grader.student.line import Closed, DeadlinePassed
from grader.wire.frames import HEADER, MAGIC
from tests.grader.student.attacker import MEMORY_MB, Memory, answer


def test_the_measure_of_memory_sees_memory():
    with Memory() as memory:
        _ = bytearray(b"x" * (MEMORY_MB << 20))
    assert memory.grown > MEMORY_MB


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
