"""What a function or class takes, read from its text: no import, so nothing is run.

A class is called as its `__init__` says; a name that is bound to a lambda, or to an
object of a class of the same file, as that is called. Annotations don't count.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace

CALLED = ("__call__", "forward")
"""What answers where an object is called: of a plain class, and of an `nn.Module`."""


@dataclass(frozen=True)
class Parameter:
    """A parameter as it is written.

    Attributes:
        name: Its name.
        kind: '' as usual, '/' by position only, 'k' by name only, '*' or '**' for all the rest.
        default: The default's text; None if there is none.
    """

    name: str
    kind: str = ""
    default: str | None = None

    def __str__(self) -> str:
        stars = self.kind if self.kind in ("*", "**") else ""
        return f"{stars}{self.name}" + ("" if self.default is None else f"={self.default}")

    @property
    def required(self) -> bool:
        """Whether a call must give it."""
        return self.default is None and self.kind not in ("*", "**")


@dataclass(frozen=True)
class Signature:
    """What an entry point, or a method of one, takes.

    Attributes:
        name: Such as 'softmax' or 'MLP.forward'.
        parameters: In order, without `self`.
        line: Where it stands.
    """

    name: str
    parameters: tuple[Parameter, ...]
    line: int = 1

    def __str__(self) -> str:
        parts: list[str] = []
        for at, each in enumerate(self.parameters):
            before = [other.kind for other in self.parameters[:at]]
            if before and before[-1] == "/" and each.kind != "/":
                parts.append("/")
            if each.kind == "k" and not {"k", "*"}.intersection(before):
                parts.append("*")
            parts.append(str(each))
        if self.parameters and self.parameters[-1].kind == "/":
            parts.append("/")
        return f"{self.name}({', '.join(parts)})"


def promised(signature: str) -> Signature:
    """The signature that a manifest writes, such as 'softmax(logits, dim=-1)'.

    Raises:
        SyntaxError: It is not one.
    """
    body = ast.parse(f"def {signature}: ...").body
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef):
        raise SyntaxError(signature)
    return Signature(body[0].name, _parameters(body[0].args))


def signatures(tree: ast.Module, names: Container[str]) -> dict[str, Signature]:
    """The signatures of the entry points `names`, and of their public methods, as far as the text tells.

    As in Python, the last definition counts.
    """
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    found: dict[str, Signature] = {}
    for node in tree.body:
        for name, signature in _bound(node, classes):
            if name not in names:
                continue
            for old in [old for old in found if old.partition(".")[0] == name]:
                del found[old]
            if signature is not None:
                found[name] = signature
            if isinstance(node, ast.ClassDef):
                found |= {each.name: each for each in _methods(node)}
    return found


def _bound(node: ast.stmt, classes: dict[str, ast.ClassDef]) -> Iterator[tuple[str, Signature | None]]:
    """The names that a statement binds, each with what a call takes, if the text tells."""
    match node:
        case ast.FunctionDef(name=name):
            yield name, Signature(name, _parameters(node.args), node.lineno)
        case ast.ClassDef(name=name):
            yield name, _method(node, "__init__", name)
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                if isinstance(target, ast.Name):
                    yield target.id, _of_value(target.id, value, classes)
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, _of_value(name, value, classes)


def _of_value(name: str, value: ast.expr, classes: dict[str, ast.ClassDef]) -> Signature | None:
    match value:
        case ast.Lambda():
            return Signature(name, _parameters(value.args), value.lineno)
        case ast.Call(func=ast.Name(id=of)) if of in classes:
            told = (_method(classes[of], method, name) for method in CALLED)
            return next((signature for signature in told if signature), None)
    return None


def _methods(node: ast.ClassDef) -> Iterator[Signature]:
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and not each.name.startswith("_"):
            yield Signature(f"{node.name}.{each.name}", _parameters(each.args)[1:], each.lineno)


def _method(node: ast.ClassDef, name: str, called: str) -> Signature | None:
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and each.name == name:
            return Signature(called, _parameters(each.args)[1:], each.lineno)
    return None


def _parameters(args: ast.arguments) -> tuple[Parameter, ...]:
    positional = [*(Parameter(a.arg, "/") for a in args.posonlyargs), *(Parameter(a.arg) for a in args.args)]
    first = len(positional) - len(args.defaults)
    for at, default in enumerate(args.defaults, start=first):
        positional[at] = replace(positional[at], default=ast.unparse(default))
    rest = [Parameter(args.vararg.arg, "*")] if args.vararg else []
    named = [
        Parameter(a.arg, "k", None if default is None else ast.unparse(default))
        for a, default in zip(args.kwonlyargs, args.kw_defaults, strict=True)
    ]
    others = [Parameter(args.kwarg.arg, "**")] if args.kwarg else []
    return (*positional, *rest, *named, *others)


def refusal(found: Signature, asked: Signature) -> str | None:
    """Why a call by the contract `asked` does not work with `found`; None if it does.

    The contract's required arguments come by position, the others by name or not at all.
    """
    needed = sum(each.required for each in asked.parameters)
    slots = [each for each in found.parameters if each.kind in ("", "/")]
    kinds = {each.kind for each in found.parameters}
    if len(slots) < needed and "*" not in kinds:
        return f"it takes {len(slots)} by position, not {needed}"
    free = [each for each in found.parameters if each not in slots[:needed]]
    if greedy := [each.name for each in free if each.required]:
        return f"it also needs {' and '.join(greedy)}"
    by_name = {each.name for each in free if each.kind in ("", "k")}
    optional = [each.name for each in asked.parameters if not each.required]
    taken = {each.name for each in slots[:needed] if each.kind == ""}
    missing = [name for name in optional if name in taken or (name not in by_name and "**" not in kinds)]
    return f"it does not take {' and '.join(missing)} by name" if missing else None
