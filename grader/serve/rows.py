"""The students' rows of the live page, and which of them are new to somebody.

Each row knows the version of the table in which it changed last, so that
whoever has seen a version is told what came later and no more. Data only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """A student as the page shows it.

    Attributes:
        name: Inert.
        href: The student's page; '' as long as there is none.
        total: What counts in all; '' as long as not all is judged.
        cells: For each exercise points and verdict, which is '' where there is nothing yet.
        odd: In which ways something was odd, and in what.
        is_done: Whether the reports are written.
    """

    name: str
    href: str
    total: str
    cells: tuple[tuple[str, str], ...]
    odd: Mapping[str, Sequence[str]] = field(default_factory=dict)
    is_done: bool = False


class Rows:
    """Rows by student, with numbers that stay theirs.

    Attributes:
        version: Grows whenever something changes.
    """

    def __init__(self) -> None:
        self.version = 0
        self._rows: dict[str, Row] = {}
        self._numbers: dict[str, int] = {}
        self._changed: dict[str, int] = {}
        self._gone: dict[int, int] = {}

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def get(self, student: str) -> Row | None:
        """A student's row."""
        return self._rows.get(student)

    def number(self, student: str) -> int:
        """A student's number; one who comes again has the same."""
        return self._numbers.setdefault(student, len(self._numbers))

    def put(self, student: str, row: Row) -> None:
        """Say what a student's row is now; it belongs to the version after this one."""
        if self._rows.get(student) == row:
            return
        self._rows[student] = row
        self._changed[student] = self.version + 1
        self._gone.pop(self.number(student), None)

    def remove(self, student: str) -> None:
        """A student is no longer there."""
        if self._rows.pop(student, None) is None:
            return
        del self._changed[student]
        self._gone[self.number(student)] = self.version + 1

    def numbered(self) -> Iterator[tuple[int, Row]]:
        """All rows, each with its number."""
        return ((self._numbers[student], row) for student, row in self._rows.items())

    def since(self, version: int) -> tuple[list[tuple[int, Row]], list[int]]:
        """What came after a version: rows with their numbers, and numbers of those who are gone."""
        rows = [
            (self._numbers[student], self._rows[student])
            for student, changed in self._changed.items()
            if changed > version
        ]
        return rows, [number for number, changed in self._gone.items() if changed > version]
