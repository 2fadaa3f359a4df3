"""Which lines of a file are compared: all of a module, of a notebook the statements that are needed.

The same statements count as when the notebook is graded, so that an experiment
in another cell is neither compared nor held against anybody.
"""

import ast
import io
import tokenize
import warnings
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from grader.worker.notebook.reading import Cell, code_cells
from grader.worker.notebook.selecting import broken, defined, needed
from grader.worker.tokens.normalising import Token, names_of, tokens_of

MOST_CHARACTERS = 200_000
"""Of the code of one file: ten times what anybody writes, and little enough for Python's parser."""


class NotText(Exception):
    """The bytes are no text."""


class TooLong(Exception):
    """There is more code than anybody writes."""


@dataclass(frozen=True)
class Part:
    """A file, or a cell of one.

    Attributes:
        cell: Its number; 0 where there are no cells.
        text: All of it, with plain line ends.
        tokens: Those of its tokens that are compared.
        whole: Whether it could be read to its end.
    """

    cell: int
    text: str
    tokens: tuple[Token, ...]
    whole: bool


def parts_of(file: str, content: bytes, wanted: Sequence[str]) -> list[Part]:
    """The parts of a file that are compared.

    Args:
        file: Its name.
        content: Its bytes.
        wanted: The entry points of the exercise.

    Raises:
        NotANotebook: Its name says that it is a notebook, and it is none.
        NotText: It is no text.
        TooLong: There is too much of it.
    """
    if file.lower().endswith(".ipynb"):
        return list(_cells(code_cells(content), wanted))
    text = _bounded(_decoded(content))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        body = []  # it is compared as far as its tokens go
    tokens, whole = tokens_of(text, names_of(body))
    return [Part(0, text, tuple(tokens), whole)]


def _cells(cells: Sequence[Cell], wanted: Sequence[str]) -> Iterator[Part]:
    lines = _needed_lines(cells, wanted)
    used = [cell for cell in cells if cell.number in lines]
    names = names_of([node for cell in used for node in cell.body])
    _bounded("".join(cell.text for cell in used))
    for cell in used:
        tokens, whole = tokens_of(cell.text, names)
        kept = tuple(token for token in tokens if token.line in lines[cell.number])
        yield Part(cell.number, cell.text, kept, whole)


def _needed_lines(cells: Sequence[Cell], wanted: Sequence[str]) -> dict[int, Collection[int]]:
    """For each cell that is needed, which of its lines are."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    there = defined(cells)
    for statement in needed(cells, [name for name in wanted if name in there]):
        node = statement.node
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        found[statement.cell].update(range(first, (node.end_lineno or node.lineno) + 1))
    if missing := [name for name in wanted if name not in there]:
        cell = broken(cells, missing)
        if cell is not None:
            found[cell.number].update(range(1, cell.text.count("\n") + 2))
    return dict(found)


def _decoded(content: bytes) -> str:
    """The text of a module; what is no text in the encoding that it declares is replaced."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        text = content.decode(encoding, "replace")
    except (SyntaxError, LookupError, ValueError):
        text = content.decode("utf-8", "replace")
    if "\0" in text:
        raise NotText
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _bounded(text: str) -> str:
    if len(text) > MOST_CHARACTERS:
        raise TooLong
    return text
