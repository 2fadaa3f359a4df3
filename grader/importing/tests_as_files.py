"""Tests in cells become test files: a function each, with the student's functions called over the wall.

What a cell calls by name is bound to the student's function first, and what comes
back is the bare value, so that the cell's own lines stay as they were.
"""

import ast
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.importing.exercises import Draft
from grader.importing.names import bound, joined, needed
from grader.importing.parts import CellTest, NotCarried


@dataclass(frozen=True)
class TestFiles:
    """The test files of an exercise.

    Attributes:
        visible: What students get.
        hidden: What counts.
        left: Tests that could not be carried over.
    """

    __test__ = False  # the name looks like a test class to pytest

    visible: str
    hidden: str
    left: tuple[NotCarried, ...]


def test_files(draft: Draft, where: str) -> TestFiles:
    """The test files of an exercise.

    Args:
        draft: The exercise.
        where: The master's name.
    """
    visible: list[str] = []
    hidden: list[str] = []
    left: list[NotCarried] = []
    for number, test in enumerate(_tests(draft), 1):
        if (why := _obstacle(test, draft)) is not None:
            left.append(NotCarried(where, f"test {number} of {draft.name}", why))
            continue
        title = test.title or f"Test {number} of {draft.title}"
        # What students see of a test stands in both files; only the hidden one counts.
        marks = f"@points({test.points:g})\n{'@shown' if test.shown.strip() else ''}".strip()
        hidden.append(f"{marks}\n{_function(number, title, test.code, draft)}")
        if test.shown.strip():
            visible.append(_function(number, title, test.shown, draft))
    if not hidden:
        left.append(NotCarried(where, f"all tests of {draft.name}", "write some: an exercise needs tests"))
    return TestFiles(
        _file(f"Visible tests of {draft.name}.", visible, draft),
        _file(f"Hidden tests of {draft.name}.", hidden, draft),
        tuple(left),
    )


def _tests(draft: Draft) -> Iterator[CellTest]:
    for question in draft.questions:
        yield from question.tests


def _obstacle(test: CellTest, draft: Draft) -> str | None:
    """Why a test cannot be carried over, if it cannot."""
    body = ast.parse(test.code).body
    used = needed(body)
    if used & draft.classes:
        name = sorted(used & draft.classes)[0]
        return f"it makes a {name}; write it with student.{name}.keep(...), which stays on the far side"
    given = {name for text in draft.given_to_tests for name in bound(ast.parse(text).body)}
    if unknown := sorted(used - draft.entry_points.keys() - given):
        return f"it uses {', '.join(unknown)}, which another cell makes; put that into the test"
    if any(
        isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
        for node in ast.walk(ast.Module(body, []))
    ):
        return "a function cannot import *; name what it needs"
    return None


def _function(number: int, title: str, code: str, draft: Draft) -> str:
    used = needed(ast.parse(code).body)
    bindings = [f"{name} = plain(student.{name})" for name in draft.entry_points if name in used]
    told = " ".join(title.replace("\\", "/").replace('"', "'").split())
    told = told if told.endswith((".", "!", "?")) else f"{told}."
    lines = [f'"""{told}"""', *bindings, _inner(code)]
    return f"def test_{number}(student):\n{textwrap.indent(chr(10).join(lines), '    ')}"


def _inner(code: str) -> str:
    """Code that may be indented: where a string goes over several lines, written anew."""
    indented = ast.parse("if 1:\n" + textwrap.indent(code, "    ")).body[0]
    assert isinstance(indented, ast.If)
    body = ast.parse(code).body
    same = [*map(ast.dump, indented.body)] == [*map(ast.dump, body)]
    return code if same else "\n".join(map(ast.unparse, body))


def _file(what: str, functions: Sequence[str], draft: Draft) -> str:
    text = "\n\n\n".join(functions)
    used = [name for name in ("plain", "points", "shown") if re.search(rf"(@|= ){name}\b", text)]
    imports = [f"from grader.checks import {', '.join(used)}"] if used else []
    return joined([f'"""{what}"""', *imports, *draft.given_to_tests, *functions])
