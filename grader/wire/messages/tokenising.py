"""A file as the tokens of its code, so that submissions can be compared, and what came of it.

A worker that makes tokens runs no student code: it parses. Texts and tokens
travel as bytes behind the answer's head, part after part.
"""

from typing import Annotated, Literal

from msgspec import Meta

from grader.wire.messages.base import Count, Index, Message, Name, Size

MOST_PARTS = 1000
MOST_ENTRY_POINTS = 100


class Tokenise(Message, frozen=True):
    """Make tokens of a file; of a notebook only those of what the entry points need."""

    number: Index
    file: Name
    content: bytes
    entry_points: Annotated[tuple[Name, ...], Meta(max_length=MOST_ENTRY_POINTS)]


class CodePart(Message, frozen=True):
    """A file, or a cell of one: `size` bytes of UTF-8, then `tokens` pairs of a kind and a line.

    Both are 32 bits, in the byte order of the machine that both sides are on. `cell` is 0
    where there are no cells; `whole` says whether Python could read it to its end.
    """

    cell: Count
    size: Size
    tokens: Count
    whole: bool


class Tokenised(Message, frozen=True):
    """The payload holds these parts; there are none where a notebook defines no entry point."""

    number: Index
    parts: Annotated[tuple[CodePart, ...], Meta(max_length=MOST_PARTS)]


class NotTokenised(Message, frozen=True):
    """It is no notebook, no text, or has more code than anybody writes."""

    number: Index
    reason: Literal["notebook", "text", "size"]
