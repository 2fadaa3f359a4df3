"""Which names a piece of code defines and which it needs, by its syntax."""

import ast
import builtins
import re
import symtable
from collections.abc import Iterable, Iterator, Sequence

from grader.errors import CourseError

_BUILTIN = frozenset(dir(builtins))
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def parsed(code: str, where: str) -> list[ast.stmt]:
    """The statements of a piece of code.

    Raises:
        CourseError: It is not Python.
    """
    try:
        return ast.parse(code).body
    except SyntaxError as error:
        raise CourseError(
            f"{where}: line {error.lineno} is not Python ({error.msg}); mend it there."
        ) from None


def definitions(body: Iterable[ast.stmt]) -> dict[str, ast.stmt]:
    """The functions and classes that statements define at top level, the last of each name."""
    return {node.name: node for node in body if isinstance(node, DEFINITIONS)}


def bound(nodes: Iterable[ast.AST]) -> set[str]:
    """All names that code binds, wherever it does."""
    found: set[str] = set()
    for part in (part for node in nodes for part in ast.walk(node)):
        match part:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                found |= {(alias.asname or alias.name).partition(".")[0] for alias in names}
            case ast.ExceptHandler(name=str(name)):
                found.add(name)
    return found


def needed(nodes: Sequence[ast.stmt]) -> set[str]:
    """Names that code reads and neither makes itself nor finds in Python; each function has its own."""
    table = symtable.symtable(ast.unparse(ast.Module([*nodes], [])), "master", "exec")
    made = {symbol.get_name() for symbol in table.get_symbols() if _binds(symbol)}
    read = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    waiting = table.get_children()
    while waiting:
        scope = waiting.pop()
        read |= {each.get_name() for each in scope.get_symbols() if each.is_global() and each.is_referenced()}
        waiting += scope.get_children()
    return read - made - _BUILTIN


def _binds(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


def joined(parts: Sequence[str]) -> str:
    """Parts of a file: imports one under the other, functions and classes with two empty lines round them."""
    text = ""
    for part in parts:
        tight = [bool(re.match(r"(import|from) ", each)) for each in (text.rsplit("\n", 1)[-1], part)]
        wide = any(re.match(r"(@|def |class |async )", each) for each in (part, *text.rsplit("\n\n", 1)[-1:]))
        gap = "\n" if all(tight) else "\n\n\n" if wide else "\n\n"
        text = f"{text}{gap}{part.strip(chr(10))}" if text else part.strip("\n")
    return text + "\n"


class Given:
    """Code that students were given, of which each exercise takes what it needs.

    Args:
        cells: The code of each cell.
        where: What the master is called, for errors.

    Attributes:
        names: All names that it binds.
    """

    def __init__(self, cells: Sequence[str], where: str) -> None:
        self._statements: list[tuple[str, ast.stmt]] = []
        for code in cells:
            lines = code.split("\n")
            for node in parsed(code, where):
                if _is_definition(node):
                    self._statements.append(("\n".join(lines[_first(node) - 1 : node.end_lineno]), node))
        self.names = bound(node for _, node in self._statements)

    def needed_for(self, names: Iterable[str]) -> list[str]:
        """The source of the statements that make these names, and of those that these need, in order."""
        wanted, kept = set(names), set[int]()
        for index, (_, node) in reversed([*enumerate(self._statements)]):
            if bound([node]) & wanted or _is_star(node):
                kept.add(index)
                wanted |= needed([node])
        return [text for index, (text, _) in enumerate(self._statements) if index in kept]


def _is_definition(node: ast.stmt) -> bool:
    """Whether a statement makes names and does nothing else that anybody sees."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign | ast.If | ast.Try):
        return bool(bound([node]))
    return isinstance(node, DEFINITIONS)


def _is_star(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.names[0].name == "*"


def _first(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def signature(node: ast.stmt) -> str:
    """How a function is called, or a class made: 'softmax(logits, dim=-1)', without annotations."""
    function: ast.stmt | None = node
    if isinstance(node, ast.ClassDef):
        function = definitions(node.body).get("__init__")
    name = getattr(node, "name", "")
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return f"{name}()"
    told = ast.unparse(_without_annotations(function.args))
    if isinstance(node, ast.ClassDef):
        told = told.partition(", ")[2]  # self
    return f"{name}({told})"


def _without_annotations(arguments: ast.arguments) -> ast.arguments:
    copied: ast.arguments = ast.parse(f"def f({ast.unparse(arguments)}): 0").body[0].args  # type: ignore[attr-defined]
    for each in _arguments(copied):
        each.annotation = None
    return copied


def _arguments(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    yield from (each for each in (arguments.vararg, arguments.kwarg) if each is not None)
