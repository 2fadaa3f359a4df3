"""Takes a notebook's file apart: any version of the format, whole or odd, into numbered code cells.

A cell's number counts the code cells that are not empty, from 1, top to
bottom: what stands in its brackets after 'Restart and run all'. Says in a word
why a file is no notebook, and why a cell is none to run; runs nothing.
"""

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from grader.wire.messages import MOST_CODE_CELLS
from grader.worker.notebook.cleaning import parsed

Why = Literal["not Python", "magic", "tests", "ignored"]

IGNORED = "otter_ignore"
INCLUDED = "otter_include"
"""Tags of Otter's: this cell is never to be run, this one always."""

CONFLICT = b"<<<<<<< "
"""What Git leaves in a file that two people changed."""


class NotANotebook(Exception):
    """The file cannot be read as a notebook.

    Attributes:
        reason: 'empty' or 'notebook'.
    """

    def __init__(self, reason: Literal["empty", "notebook"], detail: str = ""):
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True)
class Cell:
    """A code cell that is not empty.

    Attributes:
        number: Its position among those, from 1.
        text: Its source as it was written.
        body: Its statements, lines of magics left out; none if it is not to be run.
        why: Why it is not to be run, if it is not.
        error: What Python says of it, if it is no Python.
        writes: The module that it is the text of, below `%%writefile ops.py`; '' for all others.
        included: Whether it is tagged to be run in any case.
    """

    number: int
    text: str
    body: tuple[ast.stmt, ...]
    why: Why | None = None
    error: SyntaxError | None = None
    writes: str = ""
    included: bool = False


def code_cells(content: bytes) -> tuple[Cell, ...]:
    """The code cells of a notebook that are not empty, in document order; of too many, the last ones.

    Raises:
        NotANotebook: The bytes are not a notebook of any version.
    """
    book = read(content)
    where = numbers(book)
    read_ones = list(where.items())[-MOST_CODE_CELLS:]
    return tuple(_cell(number, book["cells"][index]) for number, index in read_ones)


def read(content: bytes) -> dict[str, Any]:
    """The JSON of a notebook, with a list of its cells in 'cells' whatever its version.

    Raises:
        NotANotebook: It has none.
    """
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise NotANotebook("empty")
    try:
        book = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotANotebook("notebook", f"it is not UTF-8 text (byte {error.start})") from None
    except (ValueError, RecursionError) as error:
        raise NotANotebook("notebook", _unreadable(content, error)) from None
    if not isinstance(book, dict) or not ("cells" in book or "worksheets" in book):
        raise NotANotebook("notebook", "it has no cells")
    # Nothing that matters here changed within version 4.
    cells = book["cells"] if "cells" in book else _of_worksheets(book["worksheets"])
    return book | {"cells": cells if isinstance(cells, list) else []}


def numbers(book: Mapping[str, Any]) -> dict[int, int]:
    """For the number of each code cell that is not empty: its index in the list of all cells.

    Args:
        book: A notebook of version 4, or one that `read` gave.
    """
    filled = [index for index, cell in enumerate(book["cells"]) if source(cell).strip()]
    return dict(enumerate(filled, start=1))


def source(cell: object) -> str:
    """The text of a code cell; '' for whatever is not one."""
    if not isinstance(cell, dict) or cell.get("cell_type") != "code":
        return ""
    text = cell.get("source", "")
    if isinstance(text, list):
        text = "".join(part for part in text if isinstance(part, str))
    return text.replace("\r\n", "\n") if isinstance(text, str) else ""


def _unreadable(content: bytes, error: Exception) -> str:
    """What is wrong with JSON that is none."""
    start = content.find(CONFLICT)
    if start == 0 or (start > 0 and content[start - 1 : start] == b"\n"):
        line = content.count(b"\n", 0, start) + 1
        return f"it holds the marks of a merge conflict, the first in line {line}"
    return f"it is not valid JSON: {error}"


def _of_worksheets(sheets: object) -> list[object]:
    """The cells of a notebook of version 2 or 3, as version 4 has them."""
    found: list[object] = []
    for sheet in sheets if isinstance(sheets, list) else ():
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        for cell in cells if isinstance(cells, list) else ():
            code = isinstance(cell, dict) and cell.get("cell_type") == "code"
            found.append(cell | {"source": cell.get("input", "")} if code else cell)
    return found


def _cell(number: int, cell: Mapping[str, Any]) -> Cell:
    text = source(cell)
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    tags = metadata.get("tags")
    tags = tags if isinstance(tags, list) else []
    if IGNORED in tags:
        return Cell(number, text, (), "ignored")
    if _is_test(metadata.get("nbgrader")):
        return Cell(number, text, (), "tests")
    python = parsed(text)
    return Cell(number, text, python.body, python.why, python.error, python.writes, included=INCLUDED in tags)


def _is_test(nbgrader: object) -> bool:
    """Whether nbgrader's metadata say that a cell holds tests: graded, and no solution."""
    return isinstance(nbgrader, dict) and nbgrader.get("grade") is True and nbgrader.get("solution") is False
