"""Finds the statements that the entry points need, by name, and nothing else.

A notebook is a diary: cells that plot, train, install or crash lie around the
one function that was asked for. The last definition of each entry point
counts, with every import, function, class and assignment that it needs, in
document order; a statement that binds nothing needed is left out.
"""

import __future__

import ast
import builtins
import copy
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import TypeGuard

from grader.worker.notebook.cleaning import TOP_LEVEL_AWAIT, is_future
from grader.worker.notebook.naming import (
    ALWAYS_THERE,
    DEFINITIONS,
    bindings,
    changed_inside,
    declared_global,
    uses,
)
from grader.worker.notebook.reading import Cell

CHECKERS = frozenset({"grader", "nbgrader", "otter"})
"""Packages that check a notebook: what is imported from them is called in it, and is none of the solution."""

EVERYWHERE = frozenset({*dir(builtins), *ALWAYS_THERE, "__file__"})
"""Names that a notebook need not bind."""

ENDS = frozenset({"os._exit", "os.abort", "os.kill"})
"""How notebooks restart their kernel; here the worker would be gone with all that it has loaded."""


DYNAMIC = frozenset({"eval", "exec", "globals", "locals", "setattr", "vars"})
"""What defines things by names that are text."""


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
    def imports(self) -> str:
        """The module that it imports; '' if it does something else."""
        match self.node:
            case ast.ImportFrom(module=str(module), level=0):
                return module
            case ast.Import(names=[ast.alias(name=name)]):
                return name
        return ""

    @property
    def line(self) -> int:
        """Its first line in its cell."""
        return self.node.lineno

    def compiled(self, filename: str) -> CodeType:
        """Its code, with the line numbers of the cell; that of a coroutine if it awaits something."""
        module = ast.Module([self.node], [])
        flags = self.features | TOP_LEVEL_AWAIT
        code: CodeType = compile(module, filename, "exec", flags=flags, dont_inherit=True)
        return code


def statements(cells: Iterable[Cell]) -> list[Statement]:
    """All statements of the cells; `if __name__ == "__main__":` is true in a notebook, and says nothing."""
    cells = tuple(cells)
    features = _future_features(cells)
    return [
        Statement(cell.number, inner, features)
        for cell in cells
        for node in cell.body
        for outer in (node.body if _is_main(node) else [node])
        for inner in _apart(outer)
    ]


def _apart(node: ast.stmt) -> list[ast.stmt]:
    """An import of several things as several imports, so that one which is not here takes no other along."""
    if not isinstance(node, ast.Import | ast.ImportFrom) or is_future(node):
        return [node]
    apart: list[ast.stmt] = []
    for alias in node.names:
        single = copy.copy(node)
        single.names = [alias]
        apart.append(single)
    return apart


def _is_main(node: ast.stmt) -> TypeGuard[ast.If]:
    return isinstance(node, ast.If) and ast.unparse(node.test) in (
        "__name__ == '__main__'",
        "'__main__' == __name__",
    )


def _future_features(cells: Iterable[Cell]) -> int:
    flags = 0
    for cell in cells:
        for node in cell.body:
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                for alias in node.names:
                    feature = getattr(__future__, alias.name, None)
                    flags |= getattr(feature, "compiler_flag", 0)
    return flags


# --- by name ------------------------------------------------------------------------


def needed(
    cells: Sequence[Cell], wanted: Sequence[str], *, only_definitions: Collection[str] = ()
) -> list[Statement]:
    """The statements that the last definitions of `wanted` need, in document order.

    Args:
        cells: The notebook.
        wanted: The entry points.
        only_definitions: Those of them that count only where a `def` or `class` binds them.
    """
    every = statements(cells)
    notebook = _Notebook(every, wanted, only_definitions)
    included = {cell.number for cell in cells if cell.included}
    end = len(every)
    kept = {index for index, each in enumerate(every) if each.cell in included}
    waiting = [(name, end) for name in wanted]
    for index in kept:
        waiting += notebook.asks(index, index, end)
    asked: set[tuple[str, int]] = set()
    while waiting:
        question = waiting.pop()
        if question in asked:
            continue
        asked.add(question)
        name, before = question
        for index in notebook.binders(name, before):
            kept.add(index)
            waiting += notebook.asks(index, before, end)
    if not notebook.binds_all(name for name, _ in asked):
        # Nobody knows what a star brings: it is needed if something comes from nowhere else.
        kept |= {index for index, each in enumerate(every) if _is_star(each.node)}
    return [every[index] for index in sorted(kept)]


class _Notebook:
    """Which statements bind and change which names."""

    def __init__(
        self, every: Sequence[Statement], wanted: Collection[str], only_definitions: Collection[str]
    ) -> None:
        self._wanted = frozenset(wanted)
        self._only_definitions = only_definitions
        self._nodes = [statement.node for statement in every]
        self._bindings = [bindings(node) for node in self._nodes]
        self._uses: dict[int, tuple[set[str], set[str]]] = {}
        self._bind_through_calls()
        self._about: dict[str, list[int]] = defaultdict(list)
        for index, bound in enumerate(self._bindings):
            for name in bound.names | bound.changed:
                self._about[name].append(index)
        self._imported = {
            name
            for node, bound in zip(self._nodes, self._bindings, strict=True)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in bound.names
        }

    def _bind_through_calls(self) -> None:
        """A call of a function may bind names that it declares global, and fill a table of the notebook's."""
        own = [
            node for node in self._nodes if isinstance(node, DEFINITIONS) and node.name not in self._wanted
        ]
        binds = {node.name: names for node in own if (names := declared_global(node))}
        tops = {name for bound in self._bindings for name in bound.names}
        fills = {node.name: names for node in own if (names := changed_inside(node) & tops)}
        for bound in self._bindings:
            for function in bound.called & binds.keys():
                bound.names |= binds[function]
            for function in bound.applied & fills.keys():
                bound.changed |= fills[function]

    def asks(self, index: int, before: int, end: int) -> Iterator[tuple[str, int]]:
        """What a statement needs that is needed ahead of `before`: names, and ahead of which statement.

        What its functions use must be there when they are called: in the end, and before, if
        a statement there may call them.
        """
        now, later = self._used(index)
        for name in now:
            yield name, index
        for name in later:
            yield name, end
            yield name, before

    def binds_all(self, names: Iterable[str]) -> bool:
        """Whether each of the names comes from a statement, or is there in every notebook."""
        return all(name in self._about or name in EVERYWHERE for name in names)

    def binders(self, name: str, before: int) -> Iterator[int]:
        """The statements ahead of `before` that decide what `name` is there, last one first."""
        ahead = [index for index in self._about.get(name, ()) if index < before]
        about = self._of_entry_point(name, ahead) if name in self._wanted else ahead
        for position in range(len(about) - 1, -1, -1):
            index = about[position]
            bound = self._bindings[index]
            if position and self._is_stray(name, index):
                continue
            if name in bound.names:
                yield index
                if name in bound.certain:
                    return
            elif name not in self._imported:  # nobody needs `torch.manual_seed(0)`
                yield index

    def _of_entry_point(self, name: str, about: Sequence[int]) -> Sequence[int]:
        """Without what is no solution beside one: `for train in batches`, an import to compare with."""
        definitions = {i for i in about if name in self._bindings[i].defined}
        if not definitions:
            return about
        if name not in self._only_definitions:
            definitions |= {i for i in about if name in self._bindings[i].aimed}
        # `MLP.eval()` speaks of a model.
        bound = self._bindings
        return [i for i in about if i in definitions or name not in bound[i].names | bound[i].prodded]

    def _is_stray(self, name: str, index: int) -> bool:
        """Whether a statement only adds to `name` what came of trying an entry point."""
        bound = self._bindings[index]
        return name not in self._wanted | bound.certain and not self._wanted.isdisjoint(bound.called)

    def _used(self, index: int) -> tuple[set[str], set[str]]:
        if index not in self._uses:
            self._uses[index] = uses(self._nodes[index])
        return self._uses[index]


def _is_star(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)


# --- everything -----------------------------------------------------------------------


def runnable(cells: Iterable[Cell]) -> list[Statement]:
    """All statements, but those that check the notebook or end its kernel."""
    checkers: set[str] = set()
    kept = []
    for statement in statements(cells):
        if _is_check(statement.node, checkers):
            checkers |= bindings(statement.node).names
        elif not _is_end(statement.node):
            kept.append(statement)
    return kept


def _is_check(node: ast.stmt, checkers: Collection[str]) -> bool:
    """Whether a statement gets or calls what checks the notebook: `grader.check("q1")`."""
    match node:
        case ast.Import(names=names):
            return all(alias.name.partition(".")[0] in CHECKERS for alias in names)
        case ast.ImportFrom(module=str(module), level=0):
            return module.partition(".")[0] in CHECKERS
        case ast.Expr(value=ast.Call(func=function)) | ast.Assign(value=ast.Call(func=function)):
            while isinstance(function, ast.Attribute):
                function = function.value
            return isinstance(function, ast.Name) and function.id in checkers
    return False


def _is_end(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func) in ENDS
    )


# --- what is there ----------------------------------------------------------------------


def defined(cells: Iterable[Cell]) -> set[str]:
    """All names that the cells may bind at top level."""
    return {name for statement in statements(cells) for name in bindings(statement.node).names}


def functions(cells: Iterable[Cell]) -> set[str]:
    """The names of functions and classes that the cells define at top level, lambdas included."""
    names: set[str] = set()
    for statement in statements(cells):
        node = statement.node
        if isinstance(node, DEFINITIONS):
            names.add(node.name)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            names |= bindings(node).names
    return names


def may_make(cells: Iterable[Cell], name: str) -> bool:
    """Whether running the cells may define `name` in some hidden way: it stands in them somewhere."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    return any(word.search(cell.text) for cell in cells if cell.body)


def spoken_of(cells: Sequence[Cell], name: str) -> bool:
    """Whether a notebook that does not bind `name` seems to: with `exec`, say, or in a broken cell."""
    parts = [part for cell in cells for node in cell.body for part in ast.walk(node)]
    if any(isinstance(part, ast.Name) and part.id in DYNAMIC for part in parts):
        word = re.compile(rf"\b{re.escape(name)}\b")
        texts = (part.value for part in parts if isinstance(part, ast.Constant))
        if any(isinstance(text, str) and word.search(text) for text in texts):
            return True
    return broken(cells, [name]) is not None


def broken(cells: Iterable[Cell], wanted: Sequence[str]) -> Cell | None:
    """The last cell that is no Python and yet looks as if it defined an entry point."""
    names = "|".join(map(re.escape, wanted))
    start = re.compile(rf"^\s*(?:async\s+def|def|class)\s+(?:{names})\b", re.MULTILINE)
    found = [cell for cell in cells if cell.error is not None and start.search(cell.text)]
    return found[-1] if found else None
