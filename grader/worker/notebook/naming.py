"""What a top-level statement does to the names of its notebook: binds, changes, uses.

Static and generous: a statement that may bind or change a name is said to. What
a function uses when it is called is told apart from what a statement uses when
it runs, because at the time of a call the whole notebook has run.
"""

import ast
import symtable
from collections.abc import Iterator
from dataclasses import dataclass, field

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

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

ALWAYS_THERE = ("display", "get_ipython")
"""What IPython has in every notebook."""

ENDS_IT = ("close", "shutdown", "stop", "terminate")
"""Methods after which an object is of no more use: who needs it needs it before."""

CHANGES_ITS_ARGUMENTS = ("setattr", "delattr", "shuffle")
"""Functions that change what they are given, besides those that end with `_`, as torch's initializers do."""


@dataclass
class Bindings:
    """What a top-level statement does to names of the notebook.

    Attributes:
        names: Names that it may bind.
        certain: Those of them that it binds whatever happens, and from scratch.
        defined: Those of them to which it binds a function or class that it defines.
        aimed: Those of them that stand alone left of a `=`: nothing unpacked, imported, or a loop's.
        changed: Names of objects that it may change, as in `MLP.forward = forward`.
        prodded: Those of them of which it only calls a method, as in `config.update(...)`.
        called: Functions that it calls by name.
        applied: Those of them that it calls as a decorator, or does nothing else than to call.
    """

    names: set[str] = field(default_factory=set)
    certain: set[str] = field(default_factory=set)
    defined: set[str] = field(default_factory=set)
    aimed: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    prodded: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)
    applied: set[str] = field(default_factory=set)


def bindings(node: ast.stmt) -> Bindings:
    """What a top-level statement binds or changes, functions and classes inside it left alone."""
    found = Bindings()
    for part in _own_parts(node):
        _bind(part, found)
    found.prodded -= found.changed
    found.changed |= found.prodded
    # `MLP = MLP()` is no class any more.
    found.aimed -= found.called
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            found.certain = {node.name}
        case ast.ImportFrom():
            found.certain = set(found.names)
        case ast.Import() if all(alias.asname or "." not in alias.name for alias in node.names):
            found.certain = set(found.names)  # `import torch.nn` only adds to `torch`
        case ast.Assign() | ast.AnnAssign(value=ast.expr()):
            found.certain = set(found.names)
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            found.applied.add(name)
    return found


def _bind(part: ast.AST, found: Bindings) -> None:
    """Add what one part of a statement does."""
    match part:
        case ast.Name(ctx=ast.Store()):
            found.names.add(part.id)
        case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()):
            found.changed |= _roots(part)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            found.names.add(part.name)
            found.defined.add(part.name)
            for decorator in part.decorator_list:
                _decorate(decorator, found)
        case ast.Import() | ast.ImportFrom():
            names = {(alias.asname or alias.name).partition(".")[0] for alias in part.names} - {"*"}
            found.names |= names
        case ast.Assign():
            found.aimed |= {target.id for target in part.targets if isinstance(target, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.NamedExpr(target=ast.Name(id=name)):
            found.aimed.add(name)
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            found.names.add(name)
        case ast.MatchMapping(rest=str(name)):
            found.names.add(name)
        case ast.Expr(value=ast.Call() as call) | ast.Expr(value=ast.Await(value=ast.Call() as call)):
            _call(call, found)
        case ast.Call(func=ast.Name(id=name)):
            found.called.add(name)


def _own_parts(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a statement that run at top level: not the bodies of what it defines."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        if not isinstance(part, CLOSED):
            waiting.extend(ast.iter_child_nodes(part))
        elif not isinstance(part, (*DEFINITIONS, ast.Lambda)):
            # A comprehension keeps its variables to itself, but not what `:=` binds in it.
            waiting.extend(inner.target for inner in ast.walk(part) if isinstance(inner, ast.NamedExpr))


def _call(call: ast.Call, found: Bindings) -> None:
    """Add what `config.update(...)`, `setattr(MLP, ...)` and `nn.init.zeros_(weight)` change."""
    name = ""
    match call.func:
        case ast.Attribute(attr=name) if name not in ENDS_IT:
            found.prodded |= _roots(call.func)
        case ast.Name(id=name):
            pass
    if name.endswith("_") or name in CHANGES_ITS_ARGUMENTS:
        for argument in call.args:
            found.changed |= _roots(argument)


def _decorate(decorator: ast.expr, found: Bindings) -> None:
    """Add what `@add_to_class(MLP)`, `@registry.add` and `@register("relu")` change or call."""
    function = decorator
    if isinstance(decorator, ast.Call):
        function = decorator.func
        for argument in decorator.args:
            found.changed |= _roots(argument)
    if isinstance(function, ast.Name):
        found.called.add(function.id)
        found.applied.add(function.id)
    else:
        found.changed |= _roots(function)


def _roots(node: ast.expr) -> set[str]:
    """The name at the left end of `a.b[0].c`, if there is one."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def declared_global(node: ast.stmt) -> set[str]:
    """The names that a function declares `global`: calling it may bind them."""
    if not isinstance(node, DEFINITIONS):
        return set()
    return {name for part in ast.walk(node) if isinstance(part, ast.Global) for name in part.names}


def changed_inside(node: ast.stmt) -> set[str]:
    """The names that a function changes, such as a table that it fills; some may be its own."""
    found = Bindings()
    if isinstance(node, DEFINITIONS):
        for part in ast.walk(node):
            if isinstance(part, ast.Attribute | ast.Subscript | ast.Expr):
                _bind(part, found)
    return found.changed | found.prodded


def uses(node: ast.stmt) -> tuple[set[str], set[str]]:
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
            # A name that a body binds may still be a global where it is read first; `n += 1` only
            # binds it, as the compiler sees it.
            reads = symbol.is_referenced() and (symbol.is_global() or (body and not symbol.is_free()))
            if reads or symbol.is_declared_global():
                (later if deferred else now).add(symbol.get_name())
        waiting += [(child, deferred) for child in scope.get_children()]
    return now, later


def _runs_at_once(scope: symtable.SymbolTable) -> bool:
    """Comprehensions are functions to the compiler, but run where they stand."""
    return scope.get_name().strip("<>") in ("listcomp", "setcomp", "dictcomp", "genexpr")
