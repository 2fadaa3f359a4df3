"""What of a program may be changed, and small questions about its syntax.

Docstrings, annotations, imports, messages (of exceptions, of asserts, in
f-strings), self-tests under `__main__` and prints are never changed: no test of
what a program computes could notice.
"""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeVar

import libcst as cst

LEFT_ALONE = (cst.Annotation, cst.Import, cst.ImportFrom, cst.FormattedString, cst.TypeAlias, cst.Comment)
CLOSED = (cst.Raise, cst.Assert, cst.Decorator)
"""Changed as a whole or not at all."""

MODULES = frozenset({"torch", "nn", "F", "functional", "np", "numpy", "math", "itertools", "self", "init"})
"""Names before a dot that hold functions: `torch.sum(x)` sums x, `x.sum()` sums x too."""

MESSENGERS = frozenset({"print", "warnings.warn", "warn"})

Node = TypeVar("Node", bound=cst.CSTNode)


def parts(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The node and everything in it that may be changed, outer ones first."""
    yield node
    if isinstance(node, CLOSED):
        return
    for child in node.children:
        if not _is_left_alone(child):
            yield from parts(child)


def parts_of(node: cst.CSTNode, kind: type[Node]) -> Iterator[Node]:
    """Those of one kind."""
    return (part for part in parts(node) if isinstance(part, kind))


def _is_left_alone(node: cst.CSTNode) -> bool:
    if isinstance(node, cst.If):
        return "__name__" in {name.value for name in parts_of(node.test, cst.Name)}
    if isinstance(node, cst.Expr):
        value = node.value
        is_text = isinstance(value, cst.SimpleString | cst.ConcatenatedString)
        return is_text or (isinstance(value, cst.Call) and written(value.func) in MESSENGERS)
    return isinstance(node, LEFT_ALONE)


def written(node: cst.CSTNode) -> str:
    """A part of a program as it is written."""
    return cst.Module([]).code_for_node(node)


def is_differentiated(function: cst.FunctionDef) -> bool:
    """Whether autograd may go backward through it; not if its name says that it computes a gradient."""
    return not any(word in function.name.value for word in ("grad", "backward"))


@lru_cache(maxsize=8)  # the program itself is asked for with each of its mutants
def bare(text: str) -> tuple[str, ...]:
    """The lines of a program or of a part of one, without indentation and comments."""
    lines = text.splitlines()
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                row, column = token.start
                lines[row - 1] = lines[row - 1][:column]
    except (tokenize.TokenError, SyntaxError):
        pass  # the end of a part that is no whole program; what stands before it was seen
    return tuple(line.strip() for line in lines)


def has_tensors(function: cst.FunctionDef) -> bool:
    """Whether a function takes or returns tensors, as far as its annotations say; without any, it may."""
    said = [function.returns] if function.returns else []
    said += [param.annotation for param in function.params.params if param.annotation]
    return not said or any("Tensor" in written(annotation.annotation) for annotation in said)


def called(call: cst.Call) -> str:
    """The last name of what is called: 'sum' for `x.sum()`, `torch.sum(x)` and `sum(x)`."""
    match call.func:
        case cst.Attribute(attr=cst.Name(value=name)) | cst.Name(value=name):
            return name
    return ""


def receiver(call: cst.Call) -> cst.BaseExpression | None:
    """The tensor or object whose method is called; None for functions."""
    if not isinstance(call.func, cst.Attribute):
        return None
    value = call.func.value
    root: cst.BaseExpression = value
    while isinstance(root, cst.Attribute):
        root = root.value
    if isinstance(root, cst.Name) and root.value in MODULES:
        return None
    return value


def renamed(call: cst.Call, name: str) -> cst.Call:
    """The same call of something else."""
    if isinstance(call.func, cst.Attribute):
        return call.with_changes(func=call.func.with_changes(attr=cst.Name(name)))
    return call.with_changes(func=cst.Name(name))


def without(call: cst.Call, index: int) -> cst.Call:
    """The call without its argument at `index`."""
    args = [arg for place, arg in enumerate(call.args) if place != index]
    if args:
        args[-1] = args[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return call.with_changes(args=args)


def with_value(call: cst.Call, index: int, value: cst.BaseExpression) -> cst.Call:
    """The call with another value of its argument at `index`."""
    args = list(call.args)
    args[index] = args[index].with_changes(value=value)
    return call.with_changes(args=args)


def with_keyword(call: cst.Call, name: str, value: str) -> cst.Call:
    """The call with one more argument, by name."""
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    last = [arg.with_changes(comma=cst.MaybeSentinel.DEFAULT) for arg in call.args[-1:]]
    more = cst.Arg(cst.parse_expression(value), keyword=cst.Name(name), equal=equal)
    return call.with_changes(args=[*call.args[:-1], *last, more])


def keyword(call: cst.Call, *names: str) -> int | None:
    """Where the call has an argument of one of these names."""
    for index, arg in enumerate(call.args):
        if arg.keyword is not None and arg.keyword.value in names:
            return index
    return None


def whole_number(node: cst.CSTNode | None) -> int | None:
    """The value of a written integer such as `2` or `-1`; None for anything else."""
    match node:
        case cst.Integer():
            return int(node.evaluated_value)
        case cst.UnaryOperation(operator=cst.Minus(), expression=cst.Integer() as positive):
            return -int(positive.evaluated_value)
    return None


def number(value: float) -> cst.BaseExpression:
    """A number as it is written."""
    return cst.parse_expression(repr(value))


def reworded(text: cst.SimpleString, other: str) -> cst.SimpleString:
    """Another text in the same quotation marks."""
    return text.with_changes(value=f"{text.prefix}{text.quote}{other}{text.quote}")


def grouped(node: cst.BaseExpression) -> cst.BaseExpression:
    """The expression with parentheses, if it needs them as an operand."""
    atoms = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.BaseNumber, cst.List, cst.BaseString)
    if isinstance(node, atoms) or node.lpar:
        return node
    return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def method(value: cst.BaseExpression, spelling: str) -> cst.BaseExpression:
    """A method of a value: `method(x, 'sum(0)')` is `x.sum(0)`."""
    return cst.parse_expression(f"{written(grouped(value))}.{spelling}")


def expression(template: str, **values: cst.BaseExpression) -> cst.BaseExpression:
    """An expression with values put in for names: `expression('2 * {x}', x=...)`."""
    return cst.parse_expression(template.format_map({k: written(grouped(v)) for k, v in values.items()}))
