"""A hint on a terminal or in plain lines: a heading that counts, then its text as the course wrote it.

Hints are Markdown of the course's own. Paragraphs are laid out anew, examples keep
their lines, and what is emphasised stays as it was typed: all of it is good to read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from rich.console import Group as Stack
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from grader.course import Hint
from grader.report.safe import safe_text

_FENCES = ("```", "~~~")
_LONGEST = 4000
"""Characters of a paragraph: none is as long."""


@dataclass(frozen=True)
class Piece:
    """A paragraph as one line of text, or the lines of an example."""

    is_example: bool
    lines: tuple[str, ...]


def heading(exercise: str, hint: Hint, number: int, total: int) -> str:
    """`softmax, hint 2 of 5: Where the infinity comes from`."""
    return f"{exercise}, hint {number} of {total}: {safe_text(hint.title)}"


def hint_view(exercise: str, hint: Hint, number: int, total: int) -> RenderableType:
    """A hint, laid out.

    Args:
        exercise: The exercise's name.
        hint: The hint.
        number: Which it is, from 1.
        total: How many there are.
    """
    parts: list[RenderableType] = [Text(heading(exercise, hint, number, total), "bold")]
    for piece in pieces(hint.text):
        by = 4 if piece.is_example else 2
        parts += [Text(), Padding(Text("\n".join(piece.lines)), (0, 0, 0, by))]
    return Stack(*parts)


def hint_lines(exercise: str, hint: Hint, number: int, total: int) -> list[str]:
    """The same in plain lines: one for each paragraph."""
    text = [line for piece in pieces(hint.text) for line in piece.lines]
    return [heading(exercise, hint, number, total), *text]


def pieces(text: str) -> Iterator[Piece]:
    """The paragraphs and examples of a hint, in order."""
    for is_example, group in groupby(_marked(text), key=lambda line: line[0]):
        lines = [line for _, line in group]
        if is_example:
            yield Piece(True, tuple(lines))
            continue
        for filled, paragraph in groupby(lines, key=bool):
            if filled:
                yield Piece(False, (" ".join(paragraph),))


def _marked(text: str) -> Iterator[tuple[bool, str]]:
    """Each line, and whether it belongs to an example; fences are left out."""
    fenced = False
    for line in text.splitlines():
        if line.lstrip().startswith(_FENCES):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            yield True, safe_text(line if fenced else line[4:], _LONGEST)
        else:
            yield False, safe_text(line.strip(), _LONGEST)
