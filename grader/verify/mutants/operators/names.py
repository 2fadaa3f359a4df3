"""Slips of names: another variable of the same kind."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from grader.verify.mutants.operators.base import Change, Operator
from grader.verify.mutants.parts import called, parts, parts_of, written

NEIGHBOURS = 2
"""Of how many names of its kind one is taken for another: the nearest, by where they first stand."""

SHAPED = frozenset({"len", "zeros_like", "ones_like", "empty_like", "full_like", "rand_like", "randn_like"})
"""Calls that ask for the shape only, which tensors of a kind often share."""


def another_name(function: cst.FunctionDef) -> Iterator[Change]:
    """A student takes another variable of the same kind, such as the stride for the padding.

    Alike are parameters with the same annotation, names that are unpacked
    together, and tensors with the other names that are given a value on the way.
    """
    known: list[list[str]] = _parameters(function)
    for part in parts(function.body):
        if isinstance(part, cst.Assign | cst.AnnAssign | cst.AugAssign | cst.Return | cst.Expr):
            yield from _uses(part, known)
        if isinstance(part, cst.Assign | cst.For):
            _learn(part, known)


def _parameters(function: cst.FunctionDef) -> list[list[str]]:
    kinds: dict[str, list[str]] = {"torch.Tensor": []}
    for param in function.params.params:
        if param.annotation is not None:
            kinds.setdefault(written(param.annotation.annotation), []).append(param.name.value)
    return list(kinds.values())


def _learn(part: cst.Assign | cst.For, known: list[list[str]]) -> None:
    """Names that are unpacked together are a kind; those that are assigned alone are the first kind."""
    targets = [part.target] if isinstance(part, cst.For) else [target.target for target in part.targets]
    for target in targets:
        if isinstance(target, cst.Tuple):
            known.append([name.value for name in parts_of(target, cst.Name)])
        elif isinstance(target, cst.Name) and not any(target.value in kind for kind in known):
            known[0].append(target.value)


def _uses(part: cst.CSTNode, known: list[list[str]]) -> Iterator[Change]:
    for name in _read(part):
        kind: list[str] = next((kind for kind in known if name.value in kind), [])
        others = [other for other in dict.fromkeys(kind) if other != name.value]
        others.sort(key=lambda other: abs(kind.index(other) - kind.index(name.value)))
        yield from ((name, cst.Name(other)) for other in others[:NEIGHBOURS])


def _read(node: cst.CSTNode) -> Iterator[cst.Name]:
    """Names whose values are used: no targets, attributes or keywords."""
    match node:
        case cst.Name():
            yield node
        case cst.Attribute(value=value) | cst.Arg(value=value) | cst.AugAssign(value=value):
            yield from _read(value)
        case cst.AssignTarget() | cst.Annotation() | cst.FormattedString():
            return
        case cst.Call() if called(node) in SHAPED:
            return
        case _:
            for child in node.children:
                yield from _read(child)


OPERATORS = (Operator("name", (cst.FunctionDef,), another_name),)
