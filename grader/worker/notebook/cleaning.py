"""Makes Python of a cell's text: magics, shell lines, questions and prompts are taken out.

Every line keeps its number, so that what is said about a line is about the
line that the student sees. What IPython would carry out as Python stays:
`%time x = f()` is `x = f()`, and the cell below `%%time` is a cell.
"""

import ast
import re
import warnings
from dataclasses import dataclass
from typing import Literal

PYTHON_MAGICS = ("time", "capture", "prun", "check")
"""Cell magics whose cell still is Python that leaves its definitions behind."""

MAGIC = re.compile(r"^\s*(%|!|\?|[\w.,\s()\[\]]+=\s*[!%])|\?\s*$")
"""A line that only IPython understands: magics, shell commands, questions."""

MOST_MAGIC_LINES = 200

_TIMED = re.compile(r"(\s*)%time\s+(\S.*)")
_RUN = re.compile(r"(\s*)%run\s+(?:-i\s+)?([\"']?)([A-Za-z_]\w*)(?:\.py)?\2\s*")
_WRITTEN = re.compile(r"%%(?:write)?file\s+([\"']?)([A-Za-z_]\w{0,80}\.py)\1\s*")
_PROMPT = re.compile(r"\s*(?:>>>|\.\.\.)(?: |$)")

TOP_LEVEL_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
"""A cell may `await`: IPython runs it in a loop."""


@dataclass(frozen=True)
class Parsed:
    """A cell's statements, or why there are none.

    Attributes:
        body: The statements.
        why: Why it has none, if it has none.
        writes: The module that the cell is the text of, such as 'ops.py'.
        error: What Python says of it, if it is no Python.
    """

    body: tuple[ast.stmt, ...] = ()
    why: Literal["not Python", "magic"] | None = None
    error: SyntaxError | None = None
    writes: str = ""


def parsed(text: str) -> Parsed:
    """The statements of a cell that is not empty."""
    lines = _at_the_margin(text.split("\n"))
    first = _first(lines)
    while first is not None and lines[first].startswith("%%"):
        if lines[first][2:].split(None, 1)[0:1] not in [[name] for name in PYTHON_MAGICS]:
            written = _WRITTEN.fullmatch(lines[first])
            return Parsed(why="magic", writes=written[2] if written else "")
        lines[first] = ""
        first = _first(lines)
    dropped = 0
    while True:
        try:
            body = _compiled("\n".join(lines))
        except SyntaxError as error:
            # Only a line that does not parse can be a magic: '%' also goes on a formatted string.
            index = (error.lineno or 0) - 1
            magic = 0 <= index < len(lines) and MAGIC.search(lines[index])
            if not magic or dropped == MOST_MAGIC_LINES:
                return Parsed(why="not Python", error=error)
            _replace(lines, index)
            dropped += 1
        except (ValueError, RecursionError, MemoryError):
            return Parsed(why="not Python")
        else:
            nothing = dropped and all(isinstance(node, ast.Pass) for node in body)
            return Parsed(why="magic") if nothing else Parsed(body)


def _compiled(source: str) -> tuple[ast.stmt, ...]:
    """The statements of `source`; raises what compile raises, for a `return` outside of a function, too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        tree = ast.parse(source)
        body = tuple(tree.body)
        # Future imports are for the whole notebook, wherever they stand.
        tree.body = [node for node in body if not is_future(node)]
        compile(tree, "<cell>", "exec", flags=TOP_LEVEL_AWAIT, dont_inherit=True)
    return body


def is_future(node: ast.stmt) -> bool:
    """Whether a statement is a `from __future__ import`."""
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _first(lines: list[str]) -> int | None:
    """The first line that is not blank."""
    return next((index for index, line in enumerate(lines) if line.strip()), None)


def _at_the_margin(lines: list[str]) -> list[str]:
    """The lines as IPython takes them: without the prompts, or the indentation, of the first one."""
    first = _first(lines)
    if first is None:
        return lines
    if lines[first].lstrip().startswith(">>>") and _PROMPT.match(lines[first]):
        return [_PROMPT.sub("", line, count=1) for line in lines]
    indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
    return [line.removeprefix(indent) for line in lines]


def _replace(lines: list[str], index: int) -> None:
    """Replace a line of IPython, and the lines that it continues on, by what it means in Python."""
    line = lines[index]
    if timed := _TIMED.fullmatch(line):
        lines[index] = timed[1] + timed[2]
        return
    while lines[index].rstrip().endswith("\\") and index + 1 < len(lines):
        lines[index] = ""
        index += 1
    indent = line[: len(line) - len(line.lstrip())]
    run = _RUN.fullmatch(line)
    lines[index] = f"{indent}from {run[3]} import *" if run else f"{indent}pass"
