"""One HTML page of ours round the cells of a graded notebook.

The page needs nothing from elsewhere and runs nothing: its policy forbids
scripts, frames and requests, and each cell was cleaned for itself, so that none
can reach out of its place or pass for feedback.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from markupsafe import Markup

from grader.errors import WireError
from grader.press.books import Book, Feedback
from grader.press.cleaning import clean
from grader.report.safe import safe_text
from grader.report.templating import templates

_TEMPLATES = Path(__file__).parent / "templates"

STAMP = 1
"""Goes up when pages look otherwise, so that those of an earlier run are made anew."""


@dataclass(frozen=True)
class Piece:
    """One cell, laid out on the far side.

    Attributes:
        kind: What it is.
        number: Of code that is not empty its number, from 1.
        html: Hostile text.
    """

    kind: Literal["code", "text", "note"]
    number: int
    html: bytes


@dataclass(frozen=True)
class _Part:
    """One cell on the page."""

    kind: str
    number: int
    html: Markup
    anchor: str = ""
    tone: str = ""
    label: str = ""


def page(book: Book, heading: str, pieces: Sequence[Piece]) -> bytes:
    """The page of a graded notebook.

    Args:
        book: The notebook.
        heading: What stands above it; hostile text.
        pieces: Its cells and the feedback among them.

    Raises:
        WireError: There is not exactly the feedback among them that is to be there.
    """
    parts = list(_parts(pieces, book.feedback))
    text = (
        templates(_TEMPLATES)
        .get_template("notebook.html")
        .render(
            stamp=stamp(book),
            heading=safe_text(heading),
            name=safe_text(book.name),
            parts=parts,
            places=[part for part in parts if part.label],
        )
    )
    return text.encode("utf-8", "backslashreplace")


def stamp(book: Book) -> str:
    """What says in a page what it was made of."""
    return f"{STAMP}-{book.digest}"


def _parts(pieces: Sequence[Piece], feedback: Sequence[Feedback]) -> Iterator[_Part]:
    notes = iter(feedback)
    for piece in pieces:
        html = clean(piece.html)
        if piece.kind != "note":
            yield _Part(piece.kind, piece.number, html)
        elif (note := next(notes, None)) is not None:
            yield _note(note, html)
        else:
            raise WireError("There is feedback that nobody has given.")
    if next(notes, None) is not None:
        raise WireError("There is feedback missing.")


def _note(note: Feedback, html: Markup) -> _Part:
    tone = "good" if note.passed else "look"
    if not note.cell:
        return _Part("note", 0, html, tone=tone)
    anchor = f"feedback-{note.cell}-{safe_text(note.exercise)}"
    return _Part("note", note.cell, html, anchor, tone, f"cell {note.cell}: {safe_text(note.exercise)}")
