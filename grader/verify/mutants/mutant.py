"""A mutant: a reference with one small change, and how people are told of it.

Its name says where it is and what was changed, and holds no line number, so that
it stays the same when something else in the file changes.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field

CONTEXT = 2
"""Lines of a diff around the changed one: enough to recognise the place."""


@dataclass(frozen=True)
class Mutant:
    """A program with one change.

    Attributes:
        name: What it is called; no other mutant of the same program is called so.
        operator: What made the change, such as 'axis'.
        function: The function that was changed, such as 'MLP.forward'; '' outside of functions.
        line: The changed line, from 1.
        column: Where in it the change begins, from 1.
        before: The changed line as it was, without indentation and comment; several are joined by a space.
        after: The same line in the mutant; '' if it is gone.
        source: The whole mutant.
        original: The whole program that it was made of.
    """

    name: str
    operator: str
    function: str
    line: int
    column: int
    before: str
    after: str
    source: str = field(repr=False)
    original: str = field(repr=False)

    def diff(self, file: str = "solution.py") -> str:
        """What was changed, as a unified diff.

        Args:
            file: What the program's file is called in it.
        """
        lines = difflib.unified_diff(
            self.original.splitlines(),
            self.source.splitlines(),
            fromfile=file,
            tofile=f"{file}, mutant",
            n=CONTEXT,
            lineterm="",
        )
        return "\n".join(lines)
