"""What the exports' commands have in common: arguments, options, and what they say at the end."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from grader.cli.export.finished import one_run

if TYPE_CHECKING:
    from grader.export.filling import Filling

Run = Annotated[
    Path,
    typer.Argument(metavar="RUN", callback=one_run, help="The folder that `grader grade --out` wrote."),
]
To = Annotated[Path, typer.Option(metavar="FILE", help="The file to write; - for the standard output.")]
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

STDOUT = Path("-")
"""What stands for the standard output, as in other programs."""


class Read(StrEnum):
    """Whose view of a report is written."""

    STUDENT = "student"
    STAFF = "staff"


_LISTED = 20
"""Students that are listed by name before the rest is only counted: more scroll away."""


def write(to: Path, content: bytes | Iterable[bytes], *, beside: Sequence[Path] = ()) -> None:
    """Write what was made, whole or not at all.

    Args:
        to: Where.
        content: The bytes, or pieces of them.
        beside: Files that it was made from, which must stay as they are.

    Raises:
        OutputError: It cannot be written there.
    """
    from grader.errors import OutputError
    from grader.report.files import write_whole
    from grader.report.safe import safe_text

    if to == STDOUT:
        sys.stdout.buffer.writelines([content] if isinstance(content, bytes) else content)
        sys.stdout.flush()
        return
    if any(to.exists() and source.exists() and to.samefile(source) for source in beside):
        raise OutputError(f"'{to}' is the file that was downloaded; name another one with --to.")
    if _is_of_a_run(to):
        raise OutputError(f"'{safe_text(str(to))}' is a part of the reports; name another file with --to.")
    if to.exists() and not (to.is_file() or to.is_dir()):  # root could put a file in the place of /dev/null
        raise OutputError(f"'{safe_text(str(to))}' is no file; name one with --to, or - to have it printed.")
    # A link stays one, and the file that it leads to is the one that was meant.
    write_whole(to.resolve() if to.is_symlink() else to, content, option="--to")


def _is_of_a_run(to: Path) -> bool:
    """Whether a run is kept there, of which this file is a part."""
    from grader.cli.outputs import RUN_FILES, STUDENT_FILES

    if to.name in (*RUN_FILES, "journal.sqlite", "journal.lock"):
        return (to.parent / "run.json").exists()
    return to.name in STUDENT_FILES and (to.parent / "report.json").exists()


def voice(to: Path) -> TextIO:
    """Where to speak of what was written: beside it where it went to the standard output."""
    return sys.stderr if to == STDOUT else sys.stdout


def say(to: Path, text: str) -> None:
    """Say what was written."""
    from grader.report.safe import safe_text

    print(f"{safe_text(str(to))}: {text}", file=voice(to))


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

    say(to, f"{count(filling.filled, 'mark')} in '{safe_text(filling.column)}'.")
    for told, who in (
        ("Had another mark", filling.changed),
        ("Left as they were", filling.left),
        ("In the run, but not in that file", filling.strangers),
        ("In that file, but not in the run", filling.unmarked),
    ):
        if who:
            print(f"{told}: {_listed(who)}.", file=voice(to))
    if filling.misnamed:
        print(
            f"warning: the number is theirs, but the name is not: {_listed(filling.misnamed)}; "
            "look at them before you upload it.",
            file=sys.stderr,
        )
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
