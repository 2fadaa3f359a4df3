"""What a kernel ran, in the order in which it ran it: the source of all that is defined in it.

Each input is a cell whose number is its execution count, so that 'cell 7' is
what stands in the brackets beside it. A cell that was run again stands there
again, so the last definition is the one that the kernel has. Nothing is run
here, and the kernel's own lists are only read.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import CodeType

from grader.desk.notebooks import code_cell, notebook
from grader.notebook.kernel import Shell

CHECK_CELL = re.compile(r"\A\s*%%check\b.*")
"""The first line of a cell that is Python below it."""

NOTHING = "pass"
"""Stands for an input that is not there: empty cells have no number."""


@dataclass(frozen=True)
class Input:
    """A cell that ran.

    Attributes:
        number: Its execution count.
        text: Its source as it was written, less the line of `%%check`.
        ran: The same as Python ran it.
    """

    number: int
    text: str
    ran: str


@dataclass(frozen=True)
class History:
    """All cells that ran, oldest first."""

    inputs: tuple[Input, ...]

    def content(self) -> bytes:
        """The history as a notebook, in which the n-th cell is input n."""
        texts = {each.number: each.text for each in self.inputs}
        numbers = range(1, max(texts, default=0) + 1)
        return notebook([code_cell(texts.get(number) or NOTHING, f"in-{number}") for number in numbers])

    def defines(self, name: str) -> bool:
        """Whether some cell binds a name, or holds a text that does."""
        return any(_binds(each.ran, name) for each in self.inputs)

    def origin(self, thing: object, name: str) -> int | None:
        """The cell in which a function or class was defined under that name; None if nobody can tell."""
        code = _code(thing, name)
        source = "".join(linecache.getlines(code.co_filename)).strip() if code else ""
        matching = (each.number for each in reversed(self.inputs) if source and each.ran.strip() == source)
        return next(matching, None)

    def as_of(self, name: str, number: int) -> tuple[History, tuple[int, ...]]:
        """The history without later definitions of a name that the kernel never came to.

        A cell that fails above a definition leaves the older one in place.

        Args:
            name: A function or class.
            number: The cell that the kernel has it from.

        Returns:
            The history, and the cells in which a definition was taken out.
        """
        inputs = [
            replace(each, text=_without(each.text, name)) if each.number > number else each
            for each in self.inputs
        ]
        changed = [old.number for old, new in zip(self.inputs, inputs, strict=True) if old.text != new.text]
        return History(tuple(inputs)), tuple(changed)


def made_by_exec(thing: object, name: str) -> bool:
    """Whether a function or class was made from a text by `exec`, which nobody keeps."""
    code = _code(thing, name)
    return code is not None and code.co_filename == "<string>"


def history(shell: Shell) -> History:
    """What the kernel of `shell` ran so far, the cell that is running included."""
    raw, parsed = shell.history_manager.input_hist_raw, shell.history_manager.input_hist_parsed
    return History(tuple(_inputs(shell, raw, parsed)))


def _inputs(shell: Shell, raw: Sequence[str], parsed: Sequence[str]) -> Iterator[Input]:
    for number, (text, ran) in enumerate(zip(raw, parsed, strict=False)):
        if not text.strip():
            continue  # the first has no cell, and %reset empties them
        if CHECK_CELL.match(text):
            text = CHECK_CELL.sub("", text, count=1)
            ran = shell.transform_cell(text)
        yield Input(number, text, ran)


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _binds(text: str, name: str) -> bool:
    if name not in text and "*" not in text:
        return False
    tree = _parsed(text)
    # Of exec, or of a cell magic such as %%time: what matters stands in a string.
    inside = re.compile(rf"\b(def|class)\s+{re.escape(name)}\b|\b{re.escape(name)}\s*=[^=]")
    for node in ast.walk(tree) if tree else ():
        match node:
            case ast.FunctionDef(name=bound) | ast.AsyncFunctionDef(name=bound) | ast.ClassDef(name=bound):
                found = bound == name
            case ast.Name(id=bound, ctx=ast.Store()):
                found = bound == name
            case ast.alias():
                found = (node.asname or node.name) in (name, "*")
            case ast.Constant(value=str(value)):
                found = inside.search(value) is not None
            case _:
                found = False
        if found:
            return True
    return False


def _code(thing: object, name: str) -> CodeType | None:
    """The code of a function, or of a class's own method, if it was written under that name."""
    while isinstance(thing, partial):
        thing = thing.func
    if callable(thing):
        thing = inspect.unwrap(thing)
    if inspect.isfunction(thing):
        return thing.__code__ if thing.__name__ == thing.__code__.co_name == name else None
    if isinstance(thing, type) and thing.__name__ == name:
        methods = (inspect.unwrap(each) for each in vars(thing).values() if inspect.isfunction(each))
        return next((each.__code__ for each in methods if _is_own(each.__code__, name)), None)
    return None


def _is_own(code: CodeType, name: str) -> bool:
    return code.co_qualname.startswith(f"{name}.")


def _without(text: str, name: str) -> str:
    """A cell without its definitions of a function or class; the other lines stay where they are."""
    tree = _parsed(text)
    lines = text.split("\n")
    for node in tree.body if tree else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name:
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            last = node.end_lineno or first
            lines[first - 1 : last] = [NOTHING] + [""] * (last - first)
    return "\n".join(lines)
