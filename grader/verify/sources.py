"""The course's own files, read as text and as syntax trees; nothing of them is run here."""

from __future__ import annotations

import ast
from pathlib import Path

from grader.course import Course
from grader.course.files import reason
from grader.errors import CourseError


def shown(course: Course, path: Path) -> str:
    """What messages call a file: its path from the course's folder, in posix style."""
    return path.relative_to(course.root).as_posix() if path.is_relative_to(course.root) else path.as_posix()


def text_of(path: Path) -> str:
    """The text of a file.

    Raises:
        CourseError: It cannot be read.
    """
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} cannot be read ({reason(error)}).") from None


def parsed(path: Path) -> ast.Module:
    """The syntax tree of a Python file.

    Raises:
        CourseError: It cannot be read, or it is not Python.
    """
    try:
        return ast.parse(text_of(path))
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise CourseError(f"{path}{f', line {line}' if line else ''} is not Python: {error}.") from None


def line_of(path: Path, function: str) -> int | None:
    """The line on which a function of a module is defined; None if there is none of that name.

    Raises:
        CourseError: The module cannot be read, or is not Python.
    """
    nodes = (node for node in ast.walk(parsed(path)) if isinstance(node, ast.FunctionDef))
    return next((node.lineno for node in nodes if node.name == function), None)
