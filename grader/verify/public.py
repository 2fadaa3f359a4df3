"""What of the staff's files students are meant to have, because the course says so.

A hidden test that is `shown` may have its name, its title and its lines in common with
the visible test of the same name. Functions and classes that the manifest says are
`given` stand whole in the stub, and just so in the reference and in tests.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from grader.course import Course, Exercise
from grader.course.manifest import EXERCISE_FILE
from grader.errors import CourseError
from grader.verify.fragments import DEFINITIONS
from grader.verify.sources import parsed, shown, text_of


@dataclass(frozen=True)
class Public:
    """What students are meant to have.

    Attributes:
        given: Syntax trees of functions and classes of the stub, as text.
        tests: The visible tests that show hidden ones, by name.
    """

    given: frozenset[str]
    tests: dict[str, ast.FunctionDef]

    @property
    def tree(self) -> ast.Module:
        """The visible tests that show hidden ones, as a module."""
        return ast.Module([*self.tests.values()], [])


def public_of(course: Course, exercise: Exercise) -> Public:
    """What students are meant to have of the staff's files of an exercise.

    Raises:
        CourseError: The stub or the visible tests do not have what they should, or a file cannot be read.
    """
    return Public(_given(course, exercise), _shown(course, exercise))


def _given(course: Course, exercise: Exercise) -> frozenset[str]:
    defined = {node.name: node for node in parsed(exercise.stub).body if isinstance(node, DEFINITIONS)}
    for name in exercise.given:
        if name not in defined:
            raise CourseError(
                f"{shown(course, exercise.folder / EXERCISE_FILE)}: given names '{name}', which the stub "
                f"{exercise.stub.name} does not define; take it out."
            )
    return frozenset(ast.dump(defined[name]) for name in exercise.given)


def _shown(course: Course, exercise: Exercise) -> dict[str, ast.FunctionDef]:
    if exercise.hidden_tests is None:
        return {}
    visible = {
        node.name: node for node in parsed(exercise.visible_tests).body if isinstance(node, ast.FunctionDef)
    }
    found = {}
    for node in parsed(exercise.hidden_tests).body:
        if isinstance(node, ast.FunctionDef) and any(map(_is_shown, node.decorator_list)):
            if node.name not in visible:
                raise CourseError(
                    f"{shown(course, exercise.hidden_tests)}, line {node.lineno}: {node.name} is @shown, but "
                    f"{exercise.visible_tests.name} has no test of that name; add it, or take @shown away."
                )
            found[node.name] = visible[node.name]
    return found


def _is_shown(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Name) and decorator.id == "shown"


def lines_of(exercise: Exercise, public: Public) -> list[str]:
    """The lines of the visible tests that show hidden ones."""
    lines = text_of(exercise.visible_tests).splitlines()
    return [line for node in public.tests.values() for line in lines[node.lineno - 1 : node.end_lineno]]
