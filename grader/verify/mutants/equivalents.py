"""Mutants that do the same as the reference: `reference/<exercise>/equivalents.toml`.

Each entry names a line of the reference and what it becomes, as they stand in
`diff()`, and says why nobody could tell the two apart. An entry that fits no
mutant, or more than one place, is told of, so that the list never outlives the
reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from grader.course.files import read_toml
from grader.course.manifest import Line
from grader.findings import Frozen
from grader.verify.mutants.mutant import Mutant

FILE = "equivalents.toml"


class Equivalent(Frozen):
    """An entry `[[equivalent]]`."""

    line: Line = Field(description="The reference's line, without indentation and comment.")
    becomes: str = Field(strict=True, description="The mutant's line, likewise; '' if it is gone.")
    reason: Line = Field(description="Why no test could tell the two apart, in one sentence.")
    function: Line | None = Field(
        default=None, description="The function, such as 'MLP.forward', where the line stands in several."
    )


class EquivalentsManifest(Frozen):
    """What may stand in equivalents.toml."""

    equivalent: tuple[Equivalent, ...] = Field(default=(), description="The entries.")


@dataclass(frozen=True)
class Listed:
    """Entries and the mutants that they stand for.

    Attributes:
        reasons: The reason for each mutant that is listed, by its name.
        stale: Entries that fit no mutant, or none that is not listed already.
        ambiguous: Entries that fit mutants of several functions.
    """

    reasons: Mapping[str, str]
    stale: tuple[Equivalent, ...]
    ambiguous: tuple[Equivalent, ...]


def read_equivalents(folder: Path, exercise: str) -> tuple[Equivalent, ...]:
    """The entries of an exercise; none if there is no such file.

    Args:
        folder: `reference/<exercise>`.
        exercise: The exercise's name, for messages.

    Raises:
        CourseError: The file is not as it must be.
    """
    path = folder / FILE
    if not path.exists():
        return ()
    return read_toml(path, f"reference/{exercise}/{FILE}", EquivalentsManifest).equivalent


def listed(entries: Sequence[Equivalent], mutants: Sequence[Mutant]) -> Listed:
    """Find the mutants of each entry."""
    reasons: dict[str, str] = {}
    stale, ambiguous = [], []
    for entry in entries:
        fitting = [mutant for mutant in mutants if _fits(entry, mutant) and mutant.name not in reasons]
        if not fitting:
            stale.append(entry)
        elif len({mutant.function for mutant in fitting}) > 1:
            ambiguous.append(entry)
        else:
            reasons |= {mutant.name: entry.reason for mutant in fitting}
    return Listed(reasons, tuple(stale), tuple(ambiguous))


def _fits(entry: Equivalent, mutant: Mutant) -> bool:
    if entry.function is not None and entry.function != mutant.function:
        return False
    return (entry.line.strip(), entry.becomes.strip()) == (mutant.before, mutant.after)
