"""A hostile process at the other end of a line, and what it costs the judge to have one.

The process has the worker's ends of socket and pipe and nothing else to do but
harm. It waits for the first bytes of a request unless an attack is to come
before. Every attack ends by itself, is stopped by its size, or is killed.
"""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from grader.student.line import Line
from grader.wire import messages as m
from grader.wire.caps import Caps
from grader.wire.frames import frame

NOTHING = m.Packed((m.NoneNode(),))
ASK = m.Call(5, None, "f", NOTHING, NOTHING, "cpu", False, False, None, ())

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
        self.line.ask([(request, payload)])
        return self.line.answer(time.monotonic() + seconds)

    def end(self):
        self.line.close()
        self.process.kill()
        self.process.wait()


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


def descriptors():
    """The open descriptors of this process, and what each is."""
    found = {}
    for name in os.listdir("/proc/self/fd"):
        try:
            found[name] = os.readlink(f"/proc/self/fd/{name}")
        except OSError:  # that of the listing itself
            continue
    return found
