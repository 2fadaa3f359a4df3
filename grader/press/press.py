"""The judge's end of the press: a notebook and its feedback go in, a notebook and a page come out.

The far side is started when the first notebook comes, and each notebook has a
worker of its own, which is ended when its notebook is done. Whatever one does
to its worker ends with a sentence, never with an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from grader.errors import WireError
from grader.press.books import Book
from grader.press.page import Piece, page
from grader.sandbox.policy import Confinement
from grader.student.errands import BROKEN, ErrandFailed, ErrandLimits, Errands
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

LIMITS = ErrandLimits(return_mb=64)

_WHY = {
    "notebook": "it cannot be read as a notebook",
    "cells": f"it has more than {MOST_CELLS:,} cells",
    "page": "it could not be laid out",
}
"""What a worker says, in words that go on a sentence."""


class NotDone(Exception):
    """A notebook does not come back; says why, in words that go on a sentence."""


@dataclass(frozen=True)
class Graded:
    """A notebook that comes back.

    Attributes:
        notebook: Its bytes, made on the far side; nobody has looked into them.
        page: The same as one HTML page of ours.
        cells: Its code cells by number, as they were written; hostile text.
    """

    notebook: bytes
    page: bytes
    cells: Mapping[int, str] = field(default_factory=dict)


class Press:
    """Puts feedback into notebooks; used as a context manager, at whose end its far side is gone.

    Args:
        confinement: What its workers are walled off with.
        hidden: Files and folders that they must never get at.
    """

    def __init__(self, confinement: Confinement, hidden: Sequence[Path] = ()) -> None:
        self._errands = Errands("pressing", LIMITS, confinement, hidden)
        self._numbers = count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._errands.close()

    @property
    def started(self) -> bool:
        """Whether there was a notebook to press."""
        return self._errands.started

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
            pieces, sources = [], {}
            for cell in answer.cells:
                pieces.append(Piece(cell.kind, cell.code, bytes(payload.take(cell.size))))
                source = bytes(payload.take(cell.source)).decode("utf-8", "replace")
                if cell.code:
                    sources[cell.code] = source
            payload.done()
            return Graded(notebook, page(book, heading, pieces), sources)
        except WireError:
            raise NotDone(f"laying it out {BROKEN}") from None

    def _answer(self, order: Order) -> tuple[Pressed, PayloadCursor]:
        try:
            answer, payload = self._errands.run(order, SECONDS)
        except ErrandFailed as told:
            raise NotDone(f"laying it out {told}") from None
        self._errands.next_worker()
        match answer:
            case Pressed():
                return answer, payload
            case NotPressed(reason=reason):
                raise NotDone(_WHY[reason])
        raise NotDone(f"with all of its HTML it is larger than {self._errands.limits.return_mb} MiB")
