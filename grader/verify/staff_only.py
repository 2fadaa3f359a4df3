"""What of an exercise no student may ever read, cut into pieces that can be found again elsewhere.

Of code (hidden tests, everything in the reference's folder but null answers): two
statements of a function that follow each other, and the whole body of a function
that has only one. Of hidden tests also names and titles, of TOML files what is told
to those who make a mistake, and the secret. One line of a formula is no piece: a
handout may show that on purpose. Nor is what the course says is public (`public`).
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from grader.course import Course, Exercise
from grader.errors import CourseError
from grader.verify.citations import bare, citing_tests
from grader.verify.fragments import DEFINITIONS, Fragment, of_code
from grader.verify.public import lines_of, public_of
from grader.verify.sources import parsed, shown, text_of

LEAST = 30
"""Characters that two statements, or one, must have to say where they come from."""

FEWEST_WORDS = 6
"""Words that a text must have likewise."""

SHORTEST_SECRET = 6
"""Characters; a shorter line of the secret's file stands in any text."""

TOLD = ("headline", "explanation", "question", "reason")
"""Keys of TOML files beside the reference whose texts are for staff, or for one mistake's authors."""

Run = tuple[str, ...]
"""Statements that follow each other, as `Fragment` writes them."""


@dataclass(frozen=True)
class StaffOnly:
    """What no student may read, each piece with its place, such as 'tests/hidden/test_softmax.py, line 3'.

    Attributes:
        runs: Two statements in a row, or the only one of a function.
        names: Names of hidden tests.
        titles: Their titles.
        texts: Texts of known mistakes and of equivalent mutants, bare.
        secrets: Lines of the secret's file.
        lines: Lines of code, without any white space.
    """

    runs: dict[Run, str]
    names: dict[str, str]
    titles: dict[str, str]
    texts: dict[str, str]
    secrets: dict[str, str]
    lines: dict[str, str]


def staff_only(course: Course, exercise: Exercise) -> StaffOnly:
    """What no student may read of one exercise, and the course's secret.

    Raises:
        CourseError: A file cannot be read, or is not Python.
    """
    code: dict[Run, str] = {}
    lines: dict[str, str] = {}
    public = public_of(course, exercise)
    visible = {run for run, _ in _runs(public.tree)}
    seen = {squeeze(line) for line in lines_of(exercise, public)}
    shown_titles = {title for title, _ in titles(public.tree)}
    for path in _modules(exercise):
        where = shown(course, path)
        tree = _without(parsed(path), public.given)
        found = {run: f"{where}, line {line}" for run, line in _runs(tree)}
        code |= {run: place for run, place in found.items() if run not in visible}
        lines |= {line: f"{where}, line {at}" for line, at in _lines(text_of(path)) if line not in seen}
    tests = exercise.hidden_tests
    tree = parsed(tests) if tests is not None else ast.Module([], [])
    place = f"{shown(course, tests)}, line" if tests is not None else ""
    return StaffOnly(
        runs=code,
        names={
            test.name: f"{place} {test.line}" for test in citing_tests(tree) if test.name not in public.tests
        },
        titles={title: f"{place} {line}" for title, line in titles(tree) if title not in shown_titles},
        texts={text: shown(course, path) for path in _tables(exercise) for text in _told(_table(path))},
        secrets=_secrets(course),
        lines=lines,
    )


def _without(tree: ast.Module, given: frozenset[str]) -> ast.Module:
    """A file of the staff's without the functions and classes that students are given whole."""
    return ast.Module([node for node in tree.body if ast.dump(node) not in given], [])


def _modules(exercise: Exercise) -> Iterator[Path]:
    """The staff's Python files; null answers are not worth hiding, and look like anything."""
    if exercise.reference is not None:
        for path in sorted(exercise.reference.rglob("*.py")):
            if path.relative_to(exercise.reference).parts[0] != "null":
                yield path
    if exercise.hidden_tests is not None:
        yield exercise.hidden_tests
        helpers = sorted(exercise.hidden_tests.parent.glob("*.py"))
        yield from (path for path in helpers if not path.name.startswith("test_"))


def _tables(exercise: Exercise) -> list[Path]:
    return sorted(exercise.reference.rglob("*.toml")) if exercise.reference is not None else []


def _table(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(text_of(path))
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{path} is not valid TOML: {error}.") from None


def _secrets(course: Course) -> dict[str, str]:
    if course.secret_file is None:
        return {}
    lines = (line.strip() for line in text_of(course.secret_file).splitlines())
    return {line: shown(course, course.secret_file) for line in lines if len(line) >= SHORTEST_SECRET}


def _runs(tree: ast.Module) -> Iterator[tuple[Run, int]]:
    for node in ast.walk(tree):
        if isinstance(node, DEFINITIONS) and not isinstance(node, ast.ClassDef):
            yield from runs(of_code(node.body), alone=True)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            yield from runs([Fragment(f"return {ast.unparse(node.value.body)}", node.lineno)], alone=True)


def runs(fragments: list[Fragment], *, alone: bool = False) -> Iterator[tuple[Run, int]]:
    """Two statements in a row, with the line of the first, where they say enough to be known again.

    Args:
        fragments: Statements in order.
        alone: Whether a statement without others is a run too.
    """
    for first, second in pairwise(fragments):
        if len(first.text) + len(second.text) >= LEAST:
            yield (first.text, second.text), first.line
    if alone and len(fragments) == 1 and len(fragments[0].text) >= LEAST:
        yield (fragments[0].text,), fragments[0].line


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """Lines of code that are long enough to be known again, squeezed."""
    for at, line in enumerate(text.splitlines(), start=1):
        squeezed = squeeze(line)
        if len(squeezed) >= LEAST and not squeezed.startswith(("#", '"""', "from", "import")):
            yield squeezed, at


def squeeze(text: str) -> str:
    """`text` without any white space, so that no line break hides it."""
    return "".join(text.split())


def titles(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The titles of the tests in a Python file, with the lines of their functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            title = (ast.get_docstring(node) or "").partition("\n")[0].strip()
            yield from [(title, node.lineno)] if title else []


def _told(data: object) -> Iterator[str]:
    """The texts of a TOML file that are for staff."""
    if isinstance(data, list):
        for each in data:
            yield from _told(each)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key in TOLD and isinstance(value, str) and len(bare(value).split()) >= FEWEST_WORDS:
                yield bare(value)
            elif isinstance(value, dict | list):
                yield from _told(value)
