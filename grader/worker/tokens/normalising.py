"""Makes of a text the sequence of its tokens, each as a number that means the same in every submission.

Names that the file itself binds are all one, and so are the attributes that it
sets, numbers, and strings. Comments, docstrings, indentation and line ends
inside brackets go. What remains is what a renaming cannot change: keywords,
operators, builtins, and what is called of a library, such as `.amax`.
"""

import ast
import builtins
import io
import keyword
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

MOST_TOKENS = 20_000
"""Of one file: a long solution has 2,000."""

_BUILTINS = frozenset(dir(builtins))
_KEYWORDS = frozenset(keyword.kwlist)
_NOTHING = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER, tokenize.ENCODING}
)


class Token(NamedTuple):
    """One token.

    Attributes:
        kind: What it is, as 32 bits of a digest.
        line: The line that it begins in, from 1.
    """

    kind: int
    line: int


@dataclass(frozen=True)
class Names:
    """What a submission binds, so that it may as well have another name.

    Attributes:
        own: Variables, parameters, functions, classes, imports.
        members: Attributes that it sets, and functions of its classes.
    """

    own: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()


def names_of(nodes: Iterable[ast.AST]) -> Names:
    """What these statements bind, at any depth."""
    own: set[str] = set()
    members: set[str] = set()
    for node in (part for each in nodes for part in ast.walk(each)):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                own.add(name)
            case ast.Attribute(attr=name, ctx=ast.Store()):
                members.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                own.add(name)
            case ast.alias(name=name, asname=other):
                own.add(other or name.partition(".")[0])
        if isinstance(node, ast.ClassDef):
            members.update(
                each.name for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
            )
    return Names(frozenset(own), frozenset(members))


def tokens_of(text: str, names: Names) -> tuple[list[Token], bool]:
    """The tokens of a text, as far as it is Python, and whether that is all of it."""
    found: list[Token] = []
    try:
        for line in _logical_lines(text):
            found += _normalised(line, names)
            if len(found) > MOST_TOKENS:
                return found[:MOST_TOKENS], False
    except (tokenize.TokenError, SyntaxError, RecursionError, MemoryError):
        return found, False
    return found, True


def _logical_lines(text: str) -> Iterator[list[tokenize.TokenInfo]]:
    """Statement after statement, without those that are only a string."""
    line: list[tokenize.TokenInfo] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in _NOTHING:
                continue
            line.append(token)
            if token.type == tokenize.NEWLINE or len(line) > MOST_TOKENS:
                if any(each.type not in (tokenize.STRING, tokenize.NEWLINE) for each in line):
                    yield line
                line = []
    except (tokenize.TokenError, SyntaxError):
        yield line  # what stands before the break is code, too
        raise
    yield line


def _normalised(line: list[tokenize.TokenInfo], names: Names) -> Iterator[Token]:
    for place, token in enumerate(line):
        before = line[place - 1].string if place else ""
        after = line[place + 1].string if place + 1 < len(line) else ""
        yield Token(_digest(_kind(token, before, after, names)), token.start[0])


def _kind(token: tokenize.TokenInfo, before: str, after: str, names: Names) -> str:
    """What a token counts as; no two kinds that differ in meaning are the same text."""
    word = token.string
    match token.type:
        case tokenize.NAME if word in _KEYWORDS:
            return word
        case tokenize.NAME if before == ".":
            return "member:" if word in names.members else f"member:{word}"
        case tokenize.NAME if word in names.own:
            return "name:"
        case tokenize.NAME if word in _BUILTINS or (after == "=" and before in ("(", ",")):
            return f"name:{word}"  # a builtin, or an argument that a library gave its name
        case tokenize.NAME:
            return "name:"
        case tokenize.OP:
            return word
        case tokenize.NEWLINE:
            return "end:"
        case other:
            return f"{tokenize.tok_name[other]}:"


@lru_cache(4096)
def _digest(kind: str) -> int:
    return int.from_bytes(blake2b(kind.encode("utf-8", "replace"), digest_size=4).digest(), "little")
