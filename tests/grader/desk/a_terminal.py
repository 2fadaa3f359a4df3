"""A real terminal in which `grader check --watch` runs, and what stands on its screen."""

from __future__ import annotations

import os
import signal
import sys
import termios
import time
from pathlib import Path
from typing import Any

import pexpect
import pyte

GRADER = (sys.executable, "-c", "from grader.cli import main; main()")

PATIENCE = 40.0
"""Seconds: a busy machine imports torch slowly."""


def hear_interrupts() -> None:
    """What a script starts in the background is deaf to Ctrl-C, and so is what that starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class ATerminal:
    """`grader` in a terminal, as a student has it.

    Attributes:
        raw: All that it wrote.
        is_put_back: Once it has ended, whether the terminal shows keys and gives whole lines again.

    Args:
        arguments: What is typed after `grader`.
        folder: Where.
        course: The course's folder.
        columns, rows: The terminal's size.
        program: What runs instead of `grader`.
        variables: More of the environment.
    """

    def __init__(
        self,
        *arguments: str,
        folder: Path,
        course: Path,
        columns: int = 80,
        rows: int = 24,
        program: tuple[str, ...] = (),
        **variables: str,
    ) -> None:
        environment = {
            name: os.environ[name] for name in ("PATH", "HOME", "CUDA_VISIBLE_DEVICES") if name in os.environ
        }
        environment |= {"TERM": "xterm-256color", "GRADER_COURSE": str(course), "LANG": "C.UTF-8"} | variables
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.raw = b""
        self.is_put_back = False
        command, *words = program or (*GRADER, *arguments)
        self.child: Any = pexpect.spawn(
            command,
            words,
            cwd=str(folder),
            env=environment,
            dimensions=(rows, columns),
            timeout=PATIENCE,
            preexec_fn=hear_interrupts,
        )
        self.before = termios.tcgetattr(self.child.child_fd)

    def __enter__(self) -> ATerminal:
        return self

    def __exit__(self, *error: object) -> None:
        if self.child.isalive():
            self.child.kill(signal.SIGKILL)
        self.child.close(force=True)

    @property
    def text(self) -> str:
        """What stands on the screen, without blanks at the ends of lines."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def press(self, keys: str) -> None:
        """Press keys."""
        self.child.send(keys)

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size."""
        self._screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def until(self, *words: str, without: str = "\0", seconds: float = PATIENCE) -> str:
        """The screen as soon as all of `words` stand there, and `without` does not."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            is_over = not self.child.isalive()  # asked first: what it wrote last is still to be read
            self.read(0.05)
            text = self.text
            if all(word in text for word in words) and without not in text:
                return text
            if is_over:
                break
        raise AssertionError(f"{words} did not come in {seconds} s, but:\n{self.text}")

    def read(self, seconds: float) -> None:
        """Take in what the program writes, for a moment."""
        try:
            read = self.child.read_nonblocking(65_536, seconds)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return
        self.raw += read
        self._stream.feed(read)

    def end(self, seconds: float = 20.0) -> int:
        """Its exit code, once it has ended: negative for a signal."""
        end = time.monotonic() + seconds
        while self.child.isalive() and time.monotonic() < end:
            self.read(0.05)
        assert not self.child.isalive(), f"it goes on:\n{self.text}"
        self.read(0.0)
        self.is_put_back = termios.tcgetattr(self.child.child_fd)[3] == self.before[3]
        self.child.close()
        return self.child.exitstatus if self.child.exitstatus is not None else -self.child.signalstatus
