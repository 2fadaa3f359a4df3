"""What each of the ten students should be told, read from `expected.toml` and checked for slips."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SUBMISSIONS = HERE / "submissions"


@dataclass(frozen=True)
class Expectation:
    """What is to be read about one exercise of one student; the fields are explained in the file."""

    student: str
    exercise: str
    wrong: str
    next: str
    first: str
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[str, str]:
        """Student and exercise."""
        return self.student, self.exercise


def expectations() -> list[Expectation]:
    """All of them, in the order in which they stand in the file."""
    written = tomllib.loads((HERE / "expected.toml").read_text(encoding="utf-8"))
    return [
        Expectation(student, exercise, **_listed(fields))
        for student, table in written.items()
        for exercise, fields in table.items()
        if isinstance(fields, dict)
    ]


def _listed(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
