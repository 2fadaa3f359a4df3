"""What the student's code was doing, as plain text: its own lines, its own exceptions.

Knows the submission's sources, so only lines of the submission are ever
reported: no frame of the grader or of torch, no path of this machine. Student
code can make an exception do anything when it is asked for its text; every
question here expects that, and only a deadline of the judge ends one that
never returns.
"""

import linecache
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import FrameType, TracebackType

from grader.wire.messages import LINE_LENGTH, NAME_LENGTH, ExceptionInfo, FrameInfo, clipped

MOST_FRAMES = 20
"""Enough for any honest traceback; a runaway recursion has a thousand."""

FIRST_FRAMES = 5
"""Of too many frames, these many from the outermost are kept, the rest from the innermost."""

MOST_BASES = 20


@dataclass(frozen=True)
class Source:
    """A file of the submission, or a cell of a notebook, as Python compiled it.

    Attributes:
        shown: Its name for people: 'softmax.py', 'cell 3'.
        lines: Its text.
    """

    shown: str
    lines: tuple[str, ...]


class Sources:
    """All sources of a submission, by the file name that their code objects carry."""

    def __init__(self) -> None:
        self._known: dict[str, Source] = {}

    def add(self, filename: str, shown: str, text: str) -> None:
        """Register a source; `inspect` and tracebacks find its text from now on."""
        lines = text.splitlines(keepends=True)
        self._known[filename] = Source(shown, tuple(lines))
        # No modification time: linecache never looks for the file again.
        linecache.cache[filename] = (len(text), None, lines, filename)

    def shown(self, filename: str | None) -> str | None:
        """The name for people of a source, or None for what is not the student's."""
        known = self._known.get(filename or "")
        return known.shown if known else None

    def frames(self, traceback: TracebackType | None) -> tuple[FrameInfo, ...]:
        """The student's lines of a traceback, outermost first."""
        found = []
        while traceback is not None:
            code = traceback.tb_frame.f_code
            if code.co_filename in self._known:
                found.append((code.co_filename, traceback.tb_lineno, code.co_name))
            traceback = traceback.tb_next
        return self._infos(found)

    def frames_here(self) -> tuple[FrameInfo, ...]:
        """The student's lines that are running in this thread, outermost first."""
        frame: FrameType | None = sys._getframe(1)
        found = []
        while frame is not None:
            if frame.f_code.co_filename in self._known:
                found.append((frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))
            frame = frame.f_back
        return self._infos(found[::-1])

    def line(self, filename: str, number: int, function: str) -> FrameInfo:
        """One line of a source."""
        source = self._known[filename]
        text = source.lines[number - 1] if 0 < number <= len(source.lines) else ""
        return FrameInfo(
            file=clipped(source.shown, NAME_LENGTH),
            line=max(number, 0),
            function=clipped(function, NAME_LENGTH),
            text=clipped(text.strip(), LINE_LENGTH),
        )

    def _infos(self, found: Sequence[tuple[str, int | None, str]]) -> tuple[FrameInfo, ...]:
        if len(found) > MOST_FRAMES:
            found = [*found[:FIRST_FRAMES], *found[FIRST_FRAMES - MOST_FRAMES :]]
        return tuple(self.line(filename, number or 0, function) for filename, number, function in found)


def described(error: BaseException, sources: Sources) -> ExceptionInfo:
    """An exception as plain text.

    A syntax error is described by where it is in the submission, not by where
    it was raised.
    """
    kind = type(error)
    names = tuple(clipped(class_name(base), NAME_LENGTH) for base in _bases(kind))
    frames = sources.frames(error.__traceback__)
    message = _message(error)
    if kind in (SyntaxError, IndentationError, TabError):
        assert isinstance(error, SyntaxError)
        message = clipped(str(error.msg))
        if sources.shown(error.filename):
            frames += (sources.line(error.filename or "", error.lineno or 0, ""),)
    return ExceptionInfo(type=names[0], bases=names, message=message, frames=frames)


def _message(error: BaseException) -> str:
    try:
        text = str(error)
        # str() may give a subclass of str, whose methods are the student's.
        return clipped(str.__str__(text) if type(text) is str else str.__getitem__(text, slice(None)))
    except BaseException:  # noqa: BLE001 - its __str__ may do anything
        return "(the exception's own __str__ failed)"


def _bases(kind: type) -> Iterable[type]:
    """The classes of an exception, most derived first, without `object`."""
    return list(_without_object(type.__dict__["__mro__"].__get__(kind)))[:MOST_BASES]


def _without_object(classes: Iterable[type]) -> Iterator[type]:
    return (base for base in classes if base is not object)


def class_name(kind: type) -> str:
    """A class's name, read past anything that its metaclass says."""
    return str(type.__dict__["__name__"].__get__(kind))
