"""The code of one submission to one exercise, as frozen data; its text is hostile."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Part:
    """A file, or a cell of a notebook.

    Attributes:
        file: The file's name.
        cell: The cell's number; 0 where there are no cells.
        lines: Its lines.
    """

    file: str
    cell: int
    lines: tuple[str, ...]


class Place(NamedTuple):
    """Where a token stands.

    Attributes:
        part: Which part, from 0.
        line: Which line of it, from 1.
    """

    part: int
    line: int


@dataclass(frozen=True)
class Code:
    """What is compared.

    Attributes:
        parts: The text.
        tokens: What each token counts as.
        places: Where each token stands.
        notes: What of it is not compared, one plain sentence each.
    """

    parts: tuple[Part, ...] = ()
    tokens: tuple[int, ...] = ()
    places: tuple[Place, ...] = ()
    notes: tuple[str, ...] = ()
