"""A notebook that is to come back with feedback in it, and what came of it.

A worker that presses runs no student code: it reads the notebook, puts cells
between its cells, and lays it out. Notebooks and pages travel as bytes behind
the answer's head.
"""

from typing import Annotated, Literal

from msgspec import Meta

from grader.wire.messages.base import Count, Index, Message, Size

MARKDOWN_LENGTH = 200_000
"""Characters of one cell of feedback: a report has a budget far below it."""

MOST_NOTES = 1000
MOST_CELLS = 5000

Markdown = Annotated[str, Meta(max_length=MARKDOWN_LENGTH)]


class Note(Message, frozen=True):
    """Feedback that belongs under the code cell of this number; 0 is the top of the notebook."""

    cell: Count
    markdown: Markdown


class Press(Message, frozen=True):
    """Put notes into a notebook, take what is active out of its outputs, and lay it out in HTML."""

    number: Index
    notebook: bytes
    notes: Annotated[tuple[Note, ...], Meta(max_length=MOST_NOTES)]


class PressedCell(Message, frozen=True):
    """One cell: `size` bytes of HTML and, if it is code that has a number, that and its `source`'s bytes."""

    kind: Literal["code", "text", "note"]
    code: Count
    size: Size
    source: Size


class Pressed(Message, frozen=True):
    """The payload holds the notebook, `size` bytes of it, and then each cell's HTML and source in order."""

    number: Index
    size: Size
    cells: Annotated[tuple[PressedCell, ...], Meta(max_length=MOST_CELLS)]


class NotPressed(Message, frozen=True):
    """It cannot be read as a notebook, has too many cells, or nbconvert stumbles over it."""

    number: Index
    reason: Literal["notebook", "cells", "page"]
