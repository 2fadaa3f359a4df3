"""The keyboard of a terminal: keys as they are pressed, and a terminal that is put back however it ends.

While it is ours the terminal gives each key at once and shows none. Ctrl-C and
Ctrl-Z go on meaning what they mean. Whoever ends this process, other than by
SIGKILL, leaves a terminal as it was; who suspends it, too.
"""

from __future__ import annotations

import os
import signal
import termios
import tty
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import IO, Any, Self

_ENDING = (signal.SIGTERM, signal.SIGHUP)

END = "\x04"
"""Ctrl-D, and what a terminal that has gone gives."""

ESCAPE = "\x1b"
"""The key of that name, alone."""

Handler = Callable[[int, FrameType | None], Any] | int | signal.Handlers | None


class Keyboard:
    """The keys of a terminal, one at a time; a context manager.

    Args:
        file: Where keys come from: a terminal.
    """

    def __init__(self, file: IO[str]) -> None:
        self._descriptor = file.fileno()
        self._before: list[Any] = []
        self._handlers: dict[int, Handler] = {}
        self._told, self._telling = os.pipe()
        for end in (self._told, self._telling):
            os.set_blocking(end, False)

    def __enter__(self) -> Self:
        self._before = termios.tcgetattr(self._descriptor)
        for number in _ENDING:
            self._handle(number, _end)
        self._handle(signal.SIGTSTP, self._suspend)
        self._handle(signal.SIGCONT, self._resume)
        self._handle(signal.SIGWINCH, self._tell)
        self._take_over()
        return self

    def __exit__(self, *error: object) -> None:
        self._put_back()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        for end in (self._told, self._telling):
            os.close(end)

    def fileno(self) -> int:
        """What is readable when a key was pressed."""
        return self._descriptor

    @property
    def changes(self) -> int:
        """What is readable when the terminal must be drawn anew: it has another size, or came back."""
        return self._told

    def changed(self) -> None:
        """Know that the terminal has changed."""
        with suppress(BlockingIOError):
            os.read(self._told, 4096)

    def pressed(self) -> str:
        """The keys that were pressed, in order: letters are small ones; END if there will be no more."""
        try:
            read = os.read(self._descriptor, 1024)
        except OSError:
            return END
        # An arrow or a function key comes as several characters at once, of which none was pressed.
        text = read.decode("utf-8", "replace").lower()
        return (text if text == ESCAPE else text.partition(ESCAPE)[0]) if read else END

    def _handle(self, number: int, handler: Handler) -> None:
        self._handlers[number] = signal.signal(number, handler)

    def _take_over(self) -> None:
        # Interrupted where it was stopped for being in the background; then it is done once more.
        with suppress(termios.error):
            tty.setcbreak(self._descriptor, termios.TCSANOW)

    def _put_back(self) -> None:
        with suppress(termios.error):  # the terminal has gone
            termios.tcsetattr(self._descriptor, termios.TCSANOW, self._before)

    def _suspend(self, number: int, frame: FrameType | None) -> None:
        """Ctrl-Z: the shell gets its terminal as it was."""
        self._put_back()
        # As the system would, which also knows where there is no shell to come back from.
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self._suspend)
        self._take_over()

    def _resume(self, number: int, frame: FrameType | None) -> None:
        """In the foreground again; in the background the system stops us here until then."""
        self._take_over()
        self._tell()

    def _tell(self, *of: object) -> None:
        with suppress(BlockingIOError):
            os.write(self._telling, b".")


def _end(number: int, frame: FrameType | None) -> None:
    """Unwind, so that everything is put back."""
    raise SystemExit(128 + number)
