"""What came of filling somebody's table: its bytes, and everybody to whom nothing happened.

A mark that found no row and a row that found no mark are said, never dropped, and so
is a mark whose row has the student's number and somebody else's name.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from grader.errors import UsageError
from grader.export.marks import Mark, rounded
from grader.export.sheet import Sheet


@dataclass
class Filling:
    """What came of filling a table.

    Attributes:
        content: The filled table.
        column: The column that was filled.
        filled: How many cells have a mark now.
        changed: Of them, those whose mark was another one before, each `who: before, now`.
        strangers: Students of the run whom the table does not know.
        unmarked: Whom the table names, and the run does not.
        left: Rows that were left as they are, each `who: why`.
        misnamed: Rows that have the number of a student and another name, each `who is 'name'`.
        in_doubt: Students whose mark a fault of ours may have lowered.
    """

    content: bytes = b""
    column: str = ""
    filled: int = 0
    changed: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    unmarked: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    misnamed: list[str] = field(default_factory=list)
    in_doubt: list[str] = field(default_factory=list)


def by_key(marks: Sequence[Mark], keys: Sequence[str | None], filling: Filling) -> dict[str, Mark]:
    """Marks by what they are matched by; who has nothing to be matched by is a stranger.

    Raises:
        UsageError: Two students have the same key.
    """
    found: dict[str, Mark] = {}
    for mark, key in zip(marks, keys, strict=True):
        if key is None:
            filling.strangers.append(mark.student)
        elif key in found:
            raise UsageError(
                f"'{found[key].student}' and '{mark.student}' are the same in that table, '{key}'; "
                "match by something else."
            )
        else:
            found[key] = mark
    return found


def scaled(marks: Sequence[Mark], most: Decimal | None, where: str, *, scale: bool) -> list[Mark]:
    """Marks out of what the table's full marks are.

    Args:
        marks: The marks.
        most: The table's full marks; None if it does not say.
        where: What says so, for the message.
        scale: Whether marks are to be scaled to it.

    Raises:
        UsageError: They are out of something else, and nobody asked to scale them, or they cannot be scaled.
    """
    if scale:
        if not most:
            raise UsageError(f"{where} says no points that marks could be scaled to; leave --scale out.")
        if not all(mark.most for mark in marks):
            raise UsageError("The run's marks are out of 0, which nothing can be scaled from.")
        return [mark.out_of(most) for mark in marks]
    others = {mark.most for mark in marks if most is not None and rounded(mark.most) != most}
    if most is not None and others:
        raise UsageError(
            f"{where} says {most.normalize():f} points, and the run's marks are out of "
            f"{', '.join(f'{each:g}' for each in sorted(others))}; scale them with --scale, "
            "or change the points there."
        )
    return list(marks)


def letters(name: str) -> str:
    """A name without all that platforms write otherwise in one place than in another."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFC", name)).casefold()


def number(text: str) -> Decimal | None:
    """A number as platforms write it, with a point or a comma; None if it is none."""
    plain = text.strip().replace(",", ".")
    digits = plain.lstrip("-").replace(".", "", 1)
    return Decimal(plain) if digits.isascii() and digits.isdigit() else None


def written(score: float, decimal_mark: str) -> str:
    """A mark with two decimals."""
    return f"{rounded(score):f}".replace(".", decimal_mark)


def put_mark(sheet: Sheet, cell: tuple[int, int], mark: Mark, decimal_mark: str, filling: Filling) -> None:
    """Put a mark into its row and column; a cell that says the same number stays as it is written."""
    before, now = sheet.value(*cell).strip(), written(mark.score, decimal_mark)
    filling.filled += 1
    filling.in_doubt += [mark.student] if mark.in_doubt else []
    if number(before) == rounded(mark.score):
        return
    if before:
        filling.changed.append(f"{mark.student}: {before}, now {now}")
    sheet.put(*cell, now)
