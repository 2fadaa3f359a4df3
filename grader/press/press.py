"""The judge's end of the press: a notebook and its feedback go in, a notebook and a page come out.

The far side is started when the first notebook comes, and each notebook has a
worker of its own, which is ended when its notebook is done. Whatever one does
to its worker ends with a sentence, never with an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import monotonic as _now
from types import TracebackType
from typing import Self

from grader.errors import WireError
from grader.press.books import Book
from grader.press.page import Piece, page
from grader.sandbox.policy import Confinement
from grader.student.conformance import prove
from grader.student.launch import Zygote
from grader.student.line import Closed, DeadlinePassed, Flooded
from grader.wire.frames import PayloadCursor
from grader.wire.messages import (
    MARKDOWN_LENGTH,
    MOST_CELLS,
    MOST_NOTES,
    Note,
    NotPressed,
    Pressed,
)
from grader.wire.messages import (
    Press as Order,
)

SECONDS = 20.0
"""For one notebook: a usual one takes tens of milliseconds, one with 5,000 cells some seconds."""


@dataclass(frozen=True)
class Limits:
    """What a worker that presses is limited to; see `WorkerLimits`."""

    memory_mb: int = 1024
    file_mb: int = 1
    processes: int = 16
    open_files: int = 64
    scratch_mb: int = 8
    device_memory_mb: int = 0
    return_mb: int = 64
    return_items: int = 16
    return_depth: int = 2
    output_kb: int = 16


LIMITS = Limits()

_WHY = {
    "notebook": "it cannot be read as a notebook",
    "cells": f"it has more than {MOST_CELLS:,} cells",
    "page": "it could not be laid out",
}
"""What a worker says, in words that go on a sentence."""

_BROKEN = "laying it out did not end well"


class NotDone(Exception):
    """A notebook does not come back; says why, in words that go on a sentence."""


@dataclass(frozen=True)
class Graded:
    """A notebook that comes back.

    Attributes:
        notebook: Its bytes, made on the far side; nobody has looked into them.
        page: The same as one HTML page of ours.
    """

    notebook: bytes
    page: bytes


class Press:
    """Puts feedback into notebooks; used as a context manager, at whose end its far side is gone.

    Args:
        confinement: What its workers are walled off with.
        hidden: Files and folders that they must never get at.
    """

    def __init__(self, confinement: Confinement, hidden: Sequence[Path] = ()) -> None:
        self._wall = (confinement, hidden)
        self._zygote: Zygote | None = None
        self._numbers = count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._zygote is not None:
            self._zygote.close()
            self._zygote = None

    @property
    def started(self) -> bool:
        """Whether there was a notebook to press."""
        return self._zygote is not None

    def press(self, book: Book, heading: str) -> Graded:
        """Put what is said of a notebook into it, and make a page of it.

        Args:
            book: The notebook.
            heading: What stands above the page, such as the course's name and the student's.

        Raises:
            NotDone: This notebook does not come back.
            IsolationError: None does: its worker cannot be had, or not be walled off as is asked for.
        """
        notes = tuple(Note(each.cell, each.markdown) for each in book.feedback)
        if len(notes) > MOST_NOTES or any(len(note.markdown) > MARKDOWN_LENGTH for note in notes):
            raise NotDone("there is more to say than fits into a notebook")
        answer, payload = self._answer(Order(next(self._numbers), book.content, notes))
        try:
            notebook = bytes(payload.take(answer.size))
            pieces = [Piece(cell.kind, cell.code, bytes(payload.take(cell.size))) for cell in answer.cells]
            payload.done()
            return Graded(notebook, page(book, heading, pieces))
        except WireError:
            raise NotDone(_BROKEN) from None

    def _answer(self, order: Order) -> tuple[Pressed, PayloadCursor]:
        zygote = self._ready()
        line = zygote.fork(LIMITS, "cpu")
        idle = False
        try:
            line.ask([(order, ())])
            answer, payload = line.answer(_now() + SECONDS)
            idle = True
        except DeadlinePassed:
            raise NotDone(f"laying it out took longer than {SECONDS:.0f} s") from None
        except (Closed, Flooded, WireError):
            raise NotDone(_BROKEN) from None
        finally:
            if idle:
                zygote.dismiss(line)
            else:
                zygote.end(line)  # after Ctrl-C, too
        match answer:
            case Pressed():
                return answer, payload
            case NotPressed(reason=reason):
                raise NotDone(_WHY[reason])
        raise NotDone(f"with all of its HTML it is larger than {LIMITS.return_mb} MiB")

    def _ready(self) -> Zygote:
        """The far side, started and proved if it is not yet there."""
        if self._zygote is None:
            confinement, hidden = self._wall
            self._zygote = Zygote(warm=True, confinement=confinement, pressing=True)
            if confinement.required:
                prove(self._zygote, confinement.required, hidden=hidden)
        return self._zygote
