"""What a worker says of the notebook that it loaded: which cells it used, by number.

Only what is said of cells that were used or that something hindered crosses the
wire; all others are not needed.
"""

from typing import Annotated, Literal

from msgspec import Meta

from grader.wire.messages.base import Count, Message, Name

MOST_CODE_CELLS = 2000
"""Code cells of a notebook that are read, the last ones: people write some dozens."""

MOST_DEFINED = 100
"""Entry points whose cells are named; an exercise asks for a few."""

Cell = Annotated[int, Meta(ge=1, le=2**31)]
CellLine = Annotated[int, Meta(ge=1, le=2**31)]


class Defines(Message, frozen=True):
    """An entry point, and the last cell that defines it."""

    name: Name
    cell: Cell


class Stopped(Message, frozen=True):
    """The first place where a cell stopped: the class of the exception, '' where its time was up."""

    cell: Cell
    line: CellLine
    error: Name


class Aside(Message, frozen=True):
    """A cell that was not to be run, or for which no time was left."""

    cell: Cell
    why: Literal["not Python", "magic", "tests", "ignored", "no time left"]


class NotebookCells(Message, frozen=True):
    """How many code cells there are that are not empty, and what was done with them, each list in order."""

    count: Count
    one_by_one: bool
    used: Annotated[tuple[Cell, ...], Meta(max_length=MOST_CODE_CELLS)]
    defined: Annotated[tuple[Defines, ...], Meta(max_length=MOST_DEFINED)]
    stopped: Annotated[tuple[Stopped, ...], Meta(max_length=MOST_CODE_CELLS)]
    aside: Annotated[tuple[Aside, ...], Meta(max_length=MOST_CODE_CELLS)]
