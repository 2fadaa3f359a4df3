"""Make all mutants of a program.

Only programs that compile and mean something else are kept, each once. The
order is that of the file. Nothing here runs a program.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile

import libcst as cst
from libcst.metadata import MetadataWrapper, WhitespaceInclusivePositionProvider

from grader.errors import CourseError
from grader.verify.mutants.mutant import Mutant
from grader.verify.mutants.operators import OPERATORS, Replacement
from grader.verify.mutants.parts import bare, parts

LINE_ENDS = re.compile(r"\r\n?|\n")
SHOWN = 60
"""Characters of a line beside its change that stand in a name: longer ones lose their middle."""

TOKENS = re.compile(r"\w+|\s+|.")
"""What a line is compared by in a name."""


def mutants(source: str) -> tuple[Mutant, ...]:
    """All mutants of a program, in the order of the file.

    Raises:
        CourseError: The program is no valid Python.
    """
    try:
        wrapper = MetadataWrapper(cst.parse_module(source))
    except cst.ParserSyntaxError as error:
        raise CourseError(
            f"The program has a mistake in line {error.raw_line}; nothing can be mutated."
        ) from None
    seen, taken = {_meaning(source)}, Counter[str]()
    functions, made = _functions(wrapper.module), []
    for slip in _slips(wrapper, source):
        changed = source[: slip.start] + _code(slip.new, wrapper.module) + source[slip.end :]
        meaning = _meaning(changed)
        if meaning is not None and meaning not in seen:
            seen.add(meaning)
            function = functions.get(id(slip.old), "")
            made.append(_mutant(source, changed, slip, function, taken))
    return tuple(made)


@dataclass(frozen=True)
class _Slip:
    """One change of one operator: what takes the place of the characters from `start` to `end`."""

    operator: str
    start: int
    end: int
    old: cst.CSTNode
    new: Replacement


def _slips(wrapper: MetadataWrapper, source: str) -> list[_Slip]:
    """All changes of all operators; at one place, in the order of the operators."""
    ranges = wrapper.resolve(WhitespaceInclusivePositionProvider)  # with a node's own parentheses
    lines = [0, *(end.end() for end in LINE_ENDS.finditer(source))]
    nodes, found = list(parts(wrapper.module)), []
    for operator in OPERATORS:
        for node in nodes:
            for old, new in operator.changes(node) if isinstance(node, operator.kinds) else ():
                there = ranges[old]
                start, end = (lines[at.line - 1] + at.column for at in (there.start, there.end))
                found.append(_Slip(operator.name, start, end, old, new))
    return sorted(found, key=lambda slip: slip.start)


def _code(part: Replacement, module: cst.Module) -> str:
    return "" if isinstance(part, cst.RemovalSentinel) else module.code_for_node(part)


def _meaning(source: str) -> str | None:
    """What tells programs apart that do different things; None if it is no program."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # of `0()` and the like
            tree = ast.parse(source)
            compile(source, "mutant", "exec")
    except (SyntaxError, ValueError):
        return None
    return ast.dump(_Silent().visit(tree))


class _Silent(ast.NodeTransformer):
    """A statement that is only a name or a number does as much as `pass`."""

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        return ast.Pass() if isinstance(node.value, ast.Name | ast.Attribute) else node


def _functions(module: cst.Module) -> dict[int, str]:
    """The dotted name of the function or class that each node is in, by id."""
    names: dict[int, str] = {}

    def walk(node: cst.CSTNode, inside: str) -> None:
        names[id(node)] = inside
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            inside = f"{inside}.{node.name.value}" if inside else node.name.value
        for child in node.children:
            walk(child, inside)

    walk(module, "")
    return names


def _mutant(source: str, changed: str, slip: _Slip, function: str, taken: Counter[str]) -> Mutant:
    line, column, before, after = _change(source, changed)
    place = f"{function}, " if function else ""
    name = f"{place}{slip.operator}: {_in_words(before, after)}"
    taken[name] += 1
    return Mutant(
        name=name if taken[name] == 1 else f"{name} ({taken[name]})",
        operator=slip.operator,
        function=function,
        line=line,
        column=column,
        before=before,
        after=after,
        source=changed,
        original=source,
    )


def _change(source: str, changed: str) -> tuple[int, int, str, str]:
    """Line and column of the first difference, and the differing lines of both, each as one."""
    old, new = source.splitlines(), changed.splitlines()
    first = _alike(old, new)
    last = min(_alike(old[::-1], new[::-1]), len(old) - first, len(new) - first)
    texts = [bare(text)[first : len(lines) - last] for text, lines in ((source, old), (changed, new))]
    before, after = (" ".join(line for line in lines if line) for lines in texts)
    here = old[first]
    there = new[first] if first < len(new) - last else ""
    indentation = len(here) - len(here.lstrip())
    return first + 1, max(_alike(here, there), indentation) + 1, before, after


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many items both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _in_words(before: str, after: str) -> str:
    """A changed line, marked as word diffs are: `dim=[-dim-]{+0+}`."""
    old, new = TOKENS.findall(before), TOKENS.findall(after)
    marked = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = "".join(old[a:b]), "".join(new[c:d])
        if tag == "equal":
            marked.append(gone if len(gone) <= SHOWN else f"{gone[: SHOWN // 2]}...{gone[-SHOWN // 2 :]}")
            continue
        marked += [f"[-{gone}-]" if gone else "", f"{{+{come}+}}" if come else ""]
    return "".join(marked)
