"""Finds in a notebook the statements that the entry points need, and nothing else.

A notebook is a diary: cells that plot, train, install or crash lie around the
one function that was asked for. The last definition of each entry point
counts, with every import, function, class and assignment that it needs, in
document order; a statement that binds nothing needed never runs. Reads any
format version, and says in a word why a file is no notebook.
"""

import ast
import json
import logging
import re
import symtable
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any, Literal

PYTHON_MAGICS = ("time", "capture", "prun")
"""Cell magics whose cell still is Python that leaves its definitions behind."""

MAGIC = re.compile(r"^\s*(%|!|\?|[\w.,\s()\[\]]+=\s*[!%])|\?\s*$")
"""A line that only IPython understands: magics, shell commands, questions."""

MOST_MAGIC_LINES = 200

CLOSED = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)
"""What has names of its own, which are none of the notebook's."""


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
    """A code cell that parses.

    Attributes:
        number: Its position among the code cells that are not empty, from 1:
            what stands in its brackets after 'restart and run all'.
        text: Its source as it was written.
        body: Its statements, lines of magics left out.
    """

    number: int
    text: str
    body: tuple[ast.stmt, ...]


@dataclass(frozen=True)
class Statement:
    """A top-level statement of a notebook.

    Attributes:
        cell: The number of its cell.
        node: The statement.
        features: Compiler flags of the notebook's `from __future__` imports.
    """

    cell: int
    node: ast.stmt
    features: int = 0

    @property
    def line(self) -> int:
        """Its first line in its cell."""
        return self.node.lineno

    def compiled(self, filename: str) -> CodeType:
        """Its code, with the line numbers of the cell."""
        module = ast.Module([self.node], [])
        code: CodeType = compile(module, filename, "exec", flags=self.features, dont_inherit=True)
        return code


# --- cells ----------------------------------------------------------------------


def code_cells(content: bytes) -> tuple[Cell, ...]:
    """The code cells of a notebook that parse as Python, in document order.

    Raises:
        NotANotebook: The bytes are not a notebook of any version.
    """
    cells = []
    texts = [text for text in _sources(_notebook(content)) if text.strip()]
    for number, text in enumerate(texts, start=1):
        body = _parsed(text)
        if body is not None:
            cells.append(Cell(number, text, tuple(body)))
    return tuple(cells)


def _notebook(content: bytes) -> dict[str, Any]:
    if not content.strip():
        raise NotANotebook("empty")
    try:
        book = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotANotebook("notebook", f"it is not UTF-8 text (byte {error.start})") from None
    except (ValueError, RecursionError) as error:
        raise NotANotebook("notebook", f"it is not valid JSON: {error}") from None
    if not isinstance(book, dict) or not ("cells" in book or "worksheets" in book):
        raise NotANotebook("notebook", "it has no cells")
    if "cells" in book:
        return book  # version 4; nothing that matters here changed within it
    return _converted(book)


def _converted(book: dict[str, Any]) -> dict[str, Any]:
    """A notebook of an older version in the present one."""
    # Imported late: only old notebooks need it, and it takes 50 ms.
    import nbformat

    book.setdefault("metadata", {})
    book.setdefault("nbformat", 3)
    logging.getLogger("nbformat").disabled = True  # its opinion on metadata is nobody's business here
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            converted = nbformat.reads(json.dumps(book), as_version=4)  # type: ignore[no-untyped-call]
    except Exception as error:  # noqa: BLE001 - it asks every key without looking
        detail = f"version {book['nbformat']} of the format cannot be converted ({type(error).__name__})"
        raise NotANotebook("notebook", detail) from None
    return dict(converted)


def _sources(book: dict[str, Any]) -> Iterator[str]:
    """The text of each code cell; whatever is not one is skipped."""
    cells = book["cells"]
    for cell in cells if isinstance(cells, list) else ():
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", "")
        if isinstance(source, list):
            source = "".join(part for part in source if isinstance(part, str))
        if isinstance(source, str):
            yield source.replace("\r\n", "\n")


def _parsed(text: str) -> list[ast.stmt] | None:
    """The statements of a cell, or None if it is not Python even without its magics."""
    lines = text.split("\n")
    first = next(index for index, line in enumerate(lines) if line.strip())
    if lines[first].startswith("%%"):
        if lines[first][2:].split(None, 1)[0:1] not in [[name] for name in PYTHON_MAGICS]:
            return None
        lines[first] = ""
    for _ in range(MOST_MAGIC_LINES):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SyntaxWarning)
                return ast.parse("\n".join(lines)).body
        except SyntaxError as error:
            # Only a line that does not parse can be a magic: '%' also goes on a formatted string.
            index = (error.lineno or 0) - 1
            if not (0 <= index < len(lines) and MAGIC.search(lines[index])):
                return None
            _drop(lines, index)
        except (ValueError, RecursionError, MemoryError):
            return None
    return None


def _drop(lines: list[str], index: int) -> None:
    """Replace a line of IPython, and the lines that it continues on, by nothing."""
    line = lines[index]
    while lines[index].rstrip().endswith("\\") and index + 1 < len(lines):
        lines[index] = ""
        index += 1
    lines[index] = line[: len(line) - len(line.lstrip())] + "pass"


# --- what is needed ---------------------------------------------------------------


def defined(cells: Iterable[Cell]) -> set[str]:
    """All names that the cells bind at top level."""
    return {name for cell in cells for node in cell.body for name in _bindings(node).names}


def functions(cells: Iterable[Cell]) -> set[str]:
    """The names of functions and classes that the cells define at top level, lambdas included."""
    names = set()
    for cell in cells:
        for node in cell.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names.add(node.name)
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
                names |= _bindings(node).names
    return names


@dataclass
class _Bindings:
    """What a top-level statement does to names of the notebook.

    Attributes:
        names: Names that it binds.
        certain: Whether it binds them whatever happens, and from scratch.
        changed: Names of objects that it changes, as in `MLP.forward = forward`.
    """

    names: set[str] = field(default_factory=set)
    certain: bool = False
    changed: set[str] = field(default_factory=set)


def needed(cells: Sequence[Cell], wanted: Sequence[str]) -> list[Statement]:
    """The statements that the last definitions of `wanted` need, in document order."""
    features = _future_features(cells)
    statements = [Statement(cell.number, node, features) for cell in cells for node in cell.body]
    bindings = [_bindings(statement.node) for statement in statements]
    imported = {
        name
        for node, bound in zip(statements, bindings, strict=True)
        if isinstance(node.node, ast.Import | ast.ImportFrom)
        for name in bound.names
    }
    end = len(statements)
    kept: set[int] = {index for index, statement in enumerate(statements) if _is_star(statement.node)}
    asked: set[tuple[str, int]] = set()
    waiting = [(name, end) for name in wanted]
    while waiting:
        name, before = waiting.pop()
        if (name, before) in asked:
            continue
        asked.add((name, before))
        for index in _binders(name, before, bindings, changes=name not in imported):
            if index not in kept:
                kept.add(index)
                now, later = _uses(statements[index].node)
                waiting += [(use, index) for use in now] + [(use, end) for use in later]
    return [statements[index] for index in sorted(kept)]


def _binders(name: str, before: int, bindings: Sequence[_Bindings], *, changes: bool) -> Iterator[int]:
    """The statements ahead of `before` that decide what `name` is there, last one first."""
    for index in range(before - 1, -1, -1):
        bound = bindings[index]
        if name in bound.names:
            yield index
            if bound.certain:
                return
        elif changes and name in bound.changed:
            yield index


def _is_star(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)


def _future_features(cells: Iterable[Cell]) -> int:
    import __future__

    flags = 0
    for cell in cells:
        for node in cell.body:
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                for alias in node.names:
                    feature = getattr(__future__, alias.name, None)
                    flags |= getattr(feature, "compiler_flag", 0)
    return flags


def _bindings(node: ast.stmt) -> _Bindings:
    """What a top-level statement binds or changes, functions and classes inside it left alone."""
    found = _Bindings()
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return _Bindings({node.name}, certain=True)
        case ast.Import() | ast.ImportFrom():
            names = {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
            return _Bindings(names - {"*"}, certain=not isinstance(node, ast.Import) or _whole(node))
        case ast.Assign() | ast.AnnAssign():
            found.certain = node.value is not None
    for part in _own_parts(node):
        match part:
            case ast.Name(ctx=ast.Store()):
                found.names.add(part.id)
            case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()):
                root = _root(part)
                if root:
                    found.changed.add(root)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.names.add(part.name)
            case ast.Import() | ast.ImportFrom():
                found.names |= {(alias.asname or alias.name).partition(".")[0] for alias in part.names}
            case ast.ExceptHandler(name=str(name)):
                found.names.discard(name)
    return found


def _whole(node: ast.Import) -> bool:
    """Whether an import gives its names everything: `import torch.nn` only adds to `torch`."""
    return all(alias.asname or "." not in alias.name for alias in node.names)


def _own_parts(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a statement that run at top level: not the bodies of what it defines."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        if not isinstance(part, CLOSED):
            waiting.extend(ast.iter_child_nodes(part))


def _root(node: ast.expr) -> str | None:
    """The name at the left end of `a.b[0].c`."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _uses(node: ast.stmt) -> tuple[set[str], set[str]]:
    """The global names that a statement needs when it runs, and those its functions need later."""
    try:
        table = symtable.symtable(ast.unparse(ast.Module([node], [])), "cell", "exec")
    except (SyntaxError, RecursionError):
        return set(), set()
    now: set[str] = set()
    later: set[str] = set()
    waiting: list[tuple[symtable.SymbolTable, bool]] = [(table, False)]
    while waiting:
        scope, deferred = waiting.pop()
        function = scope.get_type() == "function" and not _runs_at_once(scope)
        deferred = deferred or function
        body = scope is table or scope.get_type() == "class"
        for symbol in scope.get_symbols():
            # A name that a body binds may still be a global where it is read first.
            if symbol.is_referenced() and (symbol.is_global() or (body and not symbol.is_free())):
                (later if deferred else now).add(symbol.get_name())
        waiting += [(child, deferred) for child in scope.get_children()]
    return now, later


def _runs_at_once(scope: symtable.SymbolTable) -> bool:
    """Comprehensions are functions to the compiler, but run where they stand."""
    return scope.get_name().strip("<>") in ("listcomp", "setcomp", "dictcomp", "genexpr")
