"""How a student's commands speak: laid out for a terminal, or plain for a screen reader.

`--plain` (or GRADER_PLAIN=1) gives one thing a line, without tables, alignment or
colour. Both say the same.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from grader.course import Hint
    from grader.report.model import ExerciseReport

Plain = Annotated[
    bool,
    typer.Option(
        "--plain",
        envvar="GRADER_PLAIN",
        help="For a screen reader: one thing a line, no tables, no colour.",
    ),
]
JSON = Annotated[bool, typer.Option("--json", help="For a program: one JSON document.")]


_SENTENCE = 2000
"""Characters of a sentence: longer than any of ours, with a path in it."""


@dataclass(frozen=True)
class Voice:
    """Says things on stdout.

    Attributes:
        plain: Whether it speaks to a screen reader.
    """

    plain: bool = False

    def say(self, sentence: str = "", style: str = "") -> None:
        """Say one thing; nothing makes an empty line. Names of files may stand in it."""
        from grader.report.safe import safe_text

        said = safe_text(sentence, _SENTENCE)
        if self.plain:
            self._lines([said])
            return
        from rich.text import Text

        from grader.report.terminal import console

        console().print(Text(said, style))

    def report(self, report: ExerciseReport, *, each_test: bool) -> None:
        """Say what came of an exercise: all of it, and each passed test too if that is wanted."""
        if self.plain:
            from grader.report.plain import exercise_lines

            self._lines(exercise_lines(report, each_test=each_test))
            return
        from grader.report.terminal import console, exercise_view

        console().print(exercise_view(report, each_test=each_test))

    def passed(self, report: ExerciseReport) -> None:
        """Say in one line that all of an exercise's tests passed."""
        from grader.report import telling

        self.say(f"{report.name}: {telling.tally(report)}", "green")

    def hint(self, exercise: str, hint: Hint, number: int, total: int) -> None:
        """Say a hint."""
        from grader.report.hints import hint_lines, hint_view

        if self.plain:
            self._lines(hint_lines(exercise, hint, number, total))
            return
        from grader.report.terminal import console

        console().print(hint_view(exercise, hint, number, total))

    def rows(self, rows: Sequence[Sequence[tuple[str, str]]]) -> None:
        """Say rows of a table, each cell with its style; the last cell is folded, the others are not."""
        from grader.report.safe import safe_text

        rows = [[(safe_text(text), style) for text, style in row] for row in rows]
        if self.plain:
            said = ([text for text, _ in row if text] for row in rows)
            self._lines([f"{first}: {', '.join(others)}" for first, *others in said])
            return
        from rich.table import Table
        from rich.text import Text

        from grader.report.terminal import console

        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        for row in rows:
            table.add_row(*(Text(text, style) for text, style in row))
        console().print(table)

    def _lines(self, lines: Sequence[str]) -> None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")  # as on a terminal that cannot show a character
        for line in lines:
            print(line)
