"""Code in any text, as statements that can be compared: from modules, handouts, comments and docstrings.

A statement is a fragment: its text as `ast.unparse` writes it, so that layout,
quotes and comments don't count, and its line. Of a compound statement the head is a
fragment, and what it holds are others. What anybody writes (imports, `pass`, a bare
name, the head of a function) is left out: it says nothing about where code comes from.
"""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

Block = list[tuple[int, str]]
"""Lines of text that stand together, each with its number."""

MARK = re.compile(r"^\s*(?:>>> |\.\.\. |#+ ?|> ?|[-*+] |\d+\. )?")
SPAN = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^ {0,3}(?:```|~~~)")

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
NOTHING = (ast.Import, ast.ImportFrom, ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal)


@dataclass(frozen=True)
class Fragment:
    """A statement, or the head of one, and its line."""

    text: str
    line: int


def of_code(body: Iterable[ast.stmt], offset: int = 0) -> list[Fragment]:
    """The statements of a body, with all that they hold, in order."""
    found: list[Fragment] = []
    for node in body:
        if text := _text(node):
            found.append(Fragment(text, node.lineno + offset))
        for inner in _held(node):
            found += of_code(inner, offset)
    return found


def _held(node: ast.stmt) -> Iterator[Sequence[ast.stmt]]:
    """What a compound statement holds: its body, else, handlers, cases."""
    for field in ("body", "orelse", "finalbody"):
        yield getattr(node, field, [])
    for part in (*getattr(node, "handlers", []), *getattr(node, "cases", [])):
        yield part.body


def _text(node: ast.stmt) -> str:
    """A statement as it is compared; '' if it says nothing."""
    match node:
        case ast.Expr(value=ast.Constant() | ast.Name() | ast.Tuple() | ast.Attribute() | ast.UnaryOp()):
            return ""
        case ast.Raise(exc=exc) if exc is None or "NotImplementedError" in ast.unparse(exc):
            return ""
        case ast.Return(value=None | ast.Constant() | ast.Name()):
            return ""
    if isinstance(node, (*DEFINITIONS, *NOTHING, ast.Try)):
        return ""
    text = ast.unparse(node)
    return text.partition("\n")[0] if any(_held(node)) else text


def of_module(text: str) -> list[list[Fragment]]:
    """The code of a Python file, and the code in its comments and docstrings."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return of_prose(text)
    hidden = [_in_lines(block) for block in (*_comments(text), *_docstrings(tree))]
    return [of_code(tree.body), *hidden]


def of_prose(text: str) -> list[list[Fragment]]:
    """The code in a text: in its blocks, in its sessions, in its lines and between backticks."""
    blocks = list(_blocks(text))
    return [_in_lines(block) for block in blocks] + [_spans(text)]


def _blocks(text: str) -> Iterator[Block]:
    """Fenced and indented blocks; then the whole text, for code that is spread over it."""
    block: Block = []
    fenced = False
    for at, line in enumerate(text.splitlines(), start=1):
        if FENCE.match(line):
            fenced = not fenced
        elif fenced or line.startswith("    ") or (block and not line.strip()):
            block.append((at, line))
            continue
        if block:
            yield block
        block = []
    yield block
    yield list(enumerate(text.splitlines(), start=1))


def _comments(text: str) -> Iterator[Block]:
    """Comments that fill lines one below the other."""
    block: Block = []
    for at, line in enumerate([*text.splitlines(), ""], start=1):
        if line.lstrip().startswith("#"):
            block.append((at, re.sub(r"^\s*#+:? ?", "", line)))
        elif block:
            yield block
            block = []


def _docstrings(tree: ast.Module) -> Iterator[Block]:
    """Texts that stand alone in a module, a class or a function."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            yield list(enumerate(node.value.value.splitlines(), start=node.lineno))


def _in_lines(block: Block) -> list[Fragment]:
    """The code of a block: all of it, if it is code as it stands, else of the lines that are."""
    if not block:
        return []
    whole = textwrap.dedent("\n".join(line for _, line in block))
    if (body := _parsed(whole)) is not None:
        return of_code(body, block[0][0] - 1)
    found: list[Fragment] = []
    session: Block = []
    for at, line in [*block, (0, "")]:
        if session and line.lstrip().startswith("... "):
            session.append((at, line.lstrip()[4:]))
            continue
        found += _statements(session)
        is_prompt = line.lstrip().startswith(">>> ")
        session = [(at, line.lstrip()[4:] if is_prompt else MARK.sub("", line).strip(" `"))]
    return found


def _spans(text: str) -> list[Fragment]:
    """The code between backticks."""
    lines = enumerate(text.splitlines(), start=1)
    return [each for at, line in lines for span in SPAN.findall(line) for each in _statements([(at, span)])]


def _statements(block: Block) -> list[Fragment]:
    """The code of some lines if they are code; the head of a loop or a condition may stand alone."""
    text = "\n".join(line for _, line in block)
    if not text.strip():
        return []
    body = _parsed(text)
    if body is None and text.rstrip().endswith(":"):
        body = _parsed(f"{text} pass")
    return [] if body is None else of_code(body, block[0][0] - 1)


def _parsed(text: str) -> list[ast.stmt] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # prose that happens to parse, such as "a \\d b"
        try:
            return ast.parse(text).body
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return None
