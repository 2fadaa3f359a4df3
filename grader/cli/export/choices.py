"""What the exports' commands have in common: arguments, options, and what they say at the end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from grader.export.filling import Filling

Run = Annotated[Path, typer.Argument(metavar="RUN", help="The folder that `grader grade --out` wrote.")]
To = Annotated[Path, typer.Option(metavar="FILE", help="The file to write.")]
Student = Annotated[
    str | None, typer.Option(metavar="ID", help="Whose report; needed if the run has several students.")
]
OfExercise = Annotated[
    str | None, typer.Option(metavar="EXERCISE", help="The mark of this exercise, not the one in all.")
]
Scale = Annotated[
    bool, typer.Option("--scale", help="Scale marks to the points that the file says full marks are.")
]

RUN = Path("reports")


class Read(StrEnum):
    """Whose view of a report is written."""

    STUDENT = "student"
    STAFF = "staff"


_LISTED = 20
"""Students that are listed by name before the rest is only counted: more scroll away."""


def write(to: Path, content: bytes, *, beside: Sequence[Path] = ()) -> None:
    """Write what was made, whole or not at all.

    Args:
        to: Where.
        content: The bytes.
        beside: Files that it was made from, which must stay as they are.

    Raises:
        OutputError: It cannot be written there.
    """
    from grader.errors import OutputError
    from grader.report.files import write_whole

    if any(to.exists() and source.exists() and to.samefile(source) for source in beside):
        raise OutputError(f"'{to}' is the file that was downloaded; name another one with --to.")
    write_whole(to, content, option="--to")


def read(path: Path, option: str) -> bytes:
    """The bytes of a file that somebody named.

    Raises:
        UsageError: It cannot be read.
    """
    from grader.errors import UsageError

    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"'{path}' cannot be read ({error.strerror}); name a file with {option}.") from None


def tell(filling: Filling, to: Path) -> None:
    """Say what was filled, and to whom nothing happened."""
    from grader.report.numbers import count
    from grader.report.safe import safe_text

    print(f"{to}: {count(filling.filled, 'mark')} in '{safe_text(filling.column)}'.")
    for told, who in (
        ("Had another mark", filling.changed),
        ("Left as they were", filling.left),
        ("In the run, but not in that file", filling.strangers),
        ("In that file, but not in the run", filling.unmarked),
    ):
        if who:
            print(f"{told}: {_listed(who)}.")
    warn(filling.in_doubt)


def warn(in_doubt: Sequence[str]) -> None:
    """Say whose mark may be too low through no fault of theirs."""
    if in_doubt:
        print(
            f"warning: not all could be judged, for no fault of theirs, of {_listed(in_doubt)}; "
            "grade them again before their marks count.",
            file=sys.stderr,
        )


def _listed(names: Sequence[str]) -> str:
    from grader.report.safe import safe_text

    shown = "; ".join(safe_text(name, 120) for name in names[:_LISTED])
    left = len(names) - _LISTED
    return f"{shown}; and {left:,} more" if left > 0 else shown
