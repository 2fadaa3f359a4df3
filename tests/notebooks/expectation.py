"""What a person says of each notebook of the corpus, read from `expected.toml` and checked for slips."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class Expectation:
    """What is to come of one exercise in one student's notebooks; the fields are explained in the file."""

    student: str
    exercise: str
    used: list[int]
    score: float
    why: str
    verdict: str = "passed"
    way: str = "needed"
    left_out: dict[int, str] = field(default_factory=dict)
    stopped: dict[int, str] = field(default_factory=dict)
    code: str = ""
    not_yet: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """Student and exercise."""
        return self.student, self.exercise


def expectations() -> list[Expectation]:
    """All of them, in the order in which they stand in the file."""
    written = tomllib.loads((CORPUS.parent / "expected.toml").read_text(encoding="utf-8"))
    return [
        _expectation(student, exercise, fields)
        for student, table in written.items()
        for exercise, fields in table.items()
        if isinstance(fields, dict)
    ]


def _expectation(student: str, exercise: str, fields: dict[str, Any]) -> Expectation:
    for cells in ("left_out", "stopped"):
        fields[cells] = {int(cell): why for cell, why in fields.get(cells, {}).items()}
    return Expectation(student, exercise, **fields)
