"""Notebooks to work in: the handout, what is to be filled in, and a check right below.

What `grader start --notebook` lays out. Handed in as it is, such a notebook is
graded as any other: its cells of checks define nothing, so they never run. The
same course gives the same bytes, ids of cells included (nbformat 4.5).
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.course import Course, Exercise

HOW = """\
Work from top to bottom: read, fill in the function, run its cell, and run the check below it. \
Run a cell with Shift+Enter. What you change counts once its cell has run again."""

Cell = dict[str, Any]


def notebook_of(course: Course, exercises: Exercise | Sequence[Exercise], *, named: bool = False) -> bytes:
    """A notebook for one exercise, or for several one below the other.

    Args:
        course: The course.
        exercises: What is to be done in it.
        named: Whether it says where the course is, because nobody can tell from where the notebook lies.
    """
    setup = "from grader.notebook import check"
    if named:
        setup = f"import grader.notebook\n{setup}\n\ngrader.notebook.course({str(course.root.absolute())!r})"
    several = [exercises] if not isinstance(exercises, Sequence) else exercises
    cells = [
        markdown_cell(f"*{course.name}*\n\n{HOW}", "how"),
        code_cell(setup, "setup"),
    ]
    for exercise in several:
        cells += _cells(exercise)
    return notebook(cells)


def notebook(cells: Iterable[Cell]) -> bytes:
    """A notebook of these cells, in nbformat 4.5."""
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    book = {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, indent=1).encode("ascii") + b"\n"


def code_cell(source: str, name: str) -> Cell:
    """A code cell that has not run, with its id."""
    cell: Cell = {"cell_type": "code", "execution_count": None, "id": name, "metadata": {}, "outputs": []}
    return {**cell, "source": _lines(source)}


def markdown_cell(source: str, name: str) -> Cell:
    """A cell of text, with its id."""
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": _lines(source)}


def _lines(source: str) -> list[str]:
    """As the format writes text: a list of lines that keep their ends, for readable differences."""
    return source.rstrip("\n").splitlines(keepends=True)


def _cells(exercise: Exercise) -> Iterator[Cell]:
    sections = _sections(exercise.handout.read_text(encoding="utf-8"))
    for place, section in enumerate(sections, start=1):
        yield markdown_cell(section, f"{exercise.name}-handout-{place}")
    yield code_cell(exercise.stub.read_text(encoding="utf-8"), f"{exercise.name}-yours")
    yield markdown_cell(_about_tests(exercise), f"{exercise.name}-tests")
    yield code_cell(_check_of(exercise), f"{exercise.name}-check")


def _sections(handout: str) -> Iterator[str]:
    """A handout in Markdown, cut ahead of each heading; one in a block of code is none."""
    section: list[str] = []
    fenced = False
    for line in handout.splitlines():
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        if line.startswith("#") and not fenced and any(part.strip() for part in section):
            yield "\n".join(section)
            section = []
        section.append(line)
    yield "\n".join(section)


def _check_of(exercise: Exercise) -> str:
    """One entry point is checked as what it is; of several the exercise."""
    points = [point.name for point in exercise.entry_points]
    return f"check({points[0]})" if len(points) == 1 else f'check("{exercise.name}")'


def _about_tests(exercise: Exercise) -> str:
    """What the tests are about that the check runs."""
    titles = "\n".join(f"- {title}" for title in titles_of(exercise.visible_tests))
    return f"Run the cell above, then this check. It calls your code, and tests:\n\n{titles}"


def titles_of(path: Path) -> list[str]:
    """The first lines of the docstrings of a file's tests, in order; nothing is run."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tests = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test")]
    return [(ast.get_docstring(test) or test.name).splitlines()[0] for test in tests]
