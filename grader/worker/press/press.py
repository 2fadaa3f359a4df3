"""The worker that presses: it answers `Press`, and probes of its walls."""

import json
import sys
from collections.abc import Iterable
from itertools import chain
from typing import Any

from grader.sandbox import probes
from grader.sandbox.confine import Seat
from grader.sandbox.interpreter import importable
from grader.wire.caps import Caps
from grader.wire.frames import PayloadCursor
from grader.wire.messages import (
    MOST_CELLS,
    Note,
    NotPressed,
    Press,
    Pressed,
    PressedCell,
    Probe,
    Probed,
    Request,
    clipped,
)
from grader.worker.answering import Reply, serve, settle
from grader.worker.notebook.reading import NotANotebook
from grader.worker.press.book import Cell, cells_of, notebook
from grader.worker.press.page import Printer
from grader.worker.press.sample import SAMPLE

_printer = Printer()
"""Made with the templates in sight; workers inherit what it has read."""


def warm() -> None:
    """Have nbconvert read its templates and everything else that it imports late."""
    importable(tuple(sys.path))
    reply = _pressed(Press(0, SAMPLE, (Note(0, "A *note*."),)))
    assert isinstance(reply[0], Pressed), "the sample is a sound notebook"


def run(seat: Seat, caps: Caps) -> None:
    """Be a worker: confine the process, say so, and press until the judge hangs up.

    Args:
        seat: What this worker is given.
        caps: What the judge accepts in an answer.
    """
    serve(settle(seat), caps, Presser())


class Presser:
    """Carries requests out; keeps nothing between them."""

    def reply(self, request: Request, payload: PayloadCursor) -> Reply:
        """The answer to a request, whatever is in the notebook."""
        match request:
            case Probe(number=number, name=name, arguments=arguments):
                held, detail = probes.run(name, arguments)
                return Probed(number, held, clipped(detail)), []
            case Press():
                return _pressed(request)
        return NotPressed(request.number, "notebook"), []


def _pressed(request: Press) -> Reply:
    try:
        cells = cells_of(request.notebook, request.notes)
    except NotANotebook:
        return NotPressed(request.number, "notebook"), []
    if len(cells) > MOST_CELLS:
        return NotPressed(request.number, "cells"), []
    try:
        book = notebook(cells)
        pieces = [piece.encode("utf-8", "replace") for piece in _printer.pieces(book)]
        sources = [_source(cell) for cell in cells]
        heads = tuple(_heads(cells, pieces, sources))
    except Exception as error:  # noqa: BLE001 - no text may end a worker: nbconvert asks keys without looking
        print(f"{type(error).__name__}: {error}"[:1000], file=sys.stderr)
        return NotPressed(request.number, "page"), []
    data = as_json(book)
    return Pressed(request.number, len(data), heads), [data, *chain(*zip(pieces, sources, strict=True))]


def _source(cell: Cell) -> bytes:
    """The code of a cell that has a number, as it was written."""
    return str(cell.node["source"]).encode("utf-8", "replace") if cell.number else b""


def _heads(cells: Iterable[Cell], pieces: Iterable[bytes], sources: Iterable[bytes]) -> Iterable[PressedCell]:
    for cell, piece, source in zip(cells, pieces, sources, strict=True):
        yield PressedCell(cell.kind, cell.number, len(piece), len(source))


def as_json(book: dict[str, Any]) -> bytes:
    """A notebook as Jupyter writes it."""
    return json.dumps(book, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
