"""What `grade` shows while it works: on a terminal a display in its place, elsewhere a line now and then.

The display is drawn by rich, a few times a second whatever happens, from counts
that events only add to; nothing is drawn because something happened. Without a
terminal there is no thread either: an event that comes ten seconds after the last
line writes the next one. Students' names are hostile text and are shown inert.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.cells import cell_len, set_cell_size
from rich.console import Console, Group, RenderableType
from rich.live import Live as Drawn
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from grader.cli.tally import Taken, Tally
from grader.report.numbers import count
from grader.report.safe import safe_text
from grader.report.terminal import console as terminal

if TYPE_CHECKING:
    from grader.judge.job import Job
    from grader.report.model import ExerciseReport

PER_SECOND = 4
"""How often the display is drawn: seconds are seen to pass, and it costs half a percent of a core."""

LINE_SECONDS = 10.0
"""Between two lines where there is no terminal: 360 in an hour, and nobody wonders whether it hangs."""

NAME = 24
"""Columns of a student's name that are shown: a matriculation number, or most of a name."""

_LABEL = "running  "
"""As wide as what stands before names."""

STARTING = "starting: collecting the hidden tests ..."
"""Torch is imported and tests are collected before the first submission, which takes some seconds."""


class Live:
    """Shows how far a batch is; a `Progress`, used as a context manager.

    Args:
        exercises: How many exercises of each student are asked for.
        console: Where it is shown; stderr by default.
        clock: Seconds, never running backwards.
    """

    def __init__(
        self, exercises: int, console: Console | None = None, clock: Callable[[], float] = monotonic
    ) -> None:
        self.tally = Tally(exercises, clock)
        self._console = console or terminal(sys.stderr)
        self._clock = clock
        self._told = clock()
        self._lines = 0
        self._note = ""
        self._is_news = False
        self._drawn: Drawn | None = None
        self._over = False
        if is_live(self._console):
            self._drawn = Drawn(
                console=self._console,
                get_renderable=self.view,
                refresh_per_second=PER_SECOND,
                # What is printed meanwhile appears above it; what goes into a file must go on doing so.
                redirect_stdout=sys.stdout.isatty(),
                redirect_stderr=sys.stderr.isatty(),
            )

    def __enter__(self) -> Self:
        if self._drawn is not None:
            self._drawn.start(refresh=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True
        if self._drawn is not None:
            self._drawn.stop()  # draws once more, and that stays
        elif self._lines and self._is_news:
            self._say()

    # --- what happens -------------------------------------------------------------

    def expect(self, students: int) -> None:
        """So many students are there."""
        self.tally.expect(students)

    def started(self, job: Job) -> None:
        """A slot has begun with this job."""
        self.tally.started(job)
        self._say_if_due()

    def finished(self, job: Job, report: ExerciseReport) -> None:
        """A job has its report."""
        self.tally.finished(job, report)
        self._say_if_due()

    def reused(self, student: str, exercise: str) -> None:
        """An exercise's result was in the journal."""
        self.tally.reused(student, exercise)
        self._say_if_due()

    def completed(self, student: str) -> None:
        """A student's reports are written."""
        self.tally.completed(student)
        self._is_news = True

    def note(self, text: str) -> None:
        """Something that is true until told otherwise, such as what is being waited for."""
        self._is_news |= text != self._note
        self._note = text
        if self._is_news:
            self._say_if_due()

    # --- how it looks -------------------------------------------------------------

    def view(self) -> RenderableType:
        """The display as it is now: at most four lines, none longer than the terminal."""
        tally, console = self.tally, self._console
        share = min(1.0, tally.done / tally.expected) if tally.expected else 0.0
        lines: list[RenderableType] = [_bar(share, _amount(tally, over=self._over), console)]
        if tally.done or tally.running():
            lines.append(_line("", _counts(tally, over=self._over), console))
        elif tally.students and not self._over:
            lines.append(_line("", STARTING, console))
        if not self._over:
            lines += _named("running", tally.running(), console)
        lines += _named("slowest", tally.slowest, console)
        if self._note and not self._over:
            lines.append(_line("", self._note, console))
        return Group(*lines)

    def line(self) -> str:
        """The same in one line, for a log."""
        tally = self.tally
        parts = [_amount(tally, over=self._over), _counts(tally, over=self._over)]
        facts = [", ".join(filter(None, parts))]
        if not self._over and (running := tally.running()):
            facts.append(f"running: {_listed(running[:1])}")
        if tally.slowest:
            facts.append(f"slowest: {_listed(tally.slowest[:1])}")
        if self._note and not self._over:
            facts.append(self._note)
        return "; ".join(facts)

    def _say_if_due(self) -> None:
        self._is_news = True
        if self._drawn is None and self._clock() - self._told >= LINE_SECONDS:
            self._say()

    def _say(self) -> None:
        self._told = self._clock()
        self._lines += 1
        self._is_news = False
        self._console.print(self.line(), soft_wrap=True)
        self._console.file.flush()


def is_live(console: Console) -> bool:
    """Whether something can be drawn over: FORCE_COLOR makes no terminal of a file."""
    return console.is_interactive and console.file.isatty()


# --- words ------------------------------------------------------------------------


def span(seconds: float) -> str:
    """A time as people say it: `8 s`, `4 min`, `1 h 20 min`."""
    if seconds < 60:
        return f"{max(0, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"


def _amount(tally: Tally, *, over: bool) -> str:
    said = f"{tally.students_done:,} of {count(tally.students, 'student')}"
    left = None if over else tally.seconds_left()
    return said if left is None or tally.students_done >= tally.students else f"{said}, {span(left)} left"


def _counts(tally: Tally, *, over: bool) -> str:
    parts = [f"{count(tally.graded, 'exercise')} graded"]
    if tally.from_journal:
        parts.append(f"{tally.from_journal:,} reused")
    rate = tally.a_minute()
    if rate is not None and rate >= 1 and (over or tally.students_done < tally.students):
        parts.append(f"{rate:,.0f} a minute")
    return ", ".join(parts)


def _taken(each: Taken) -> str:
    words = (_cut(safe_text(word), NAME) for word in (each.student, each.attempt, each.exercise))
    # What is quick differs by fractions.
    took = f"{each.seconds:.1f} s" if 0.05 <= each.seconds < 2 else span(each.seconds)
    return f"{' '.join(filter(None, words))} {took}"


def _listed(taken: Iterable[Taken]) -> str:
    return ", ".join(map(_taken, taken))


# --- lines ------------------------------------------------------------------------


def _bar(share: float, amount: str, console: Console) -> RenderableType:
    room = console.width - len(amount) - 1
    if room < 8:  # too short to show anything
        return _line("", amount, console)
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=room - 1, no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_row(ProgressBar(total=1.0, completed=share, width=room - 1), Text(amount))
    return grid


def _named(label: str, taken: Iterable[Taken], console: Console) -> list[RenderableType]:
    """As many as fit, whole; and how many more there are."""
    shown, names = "", [_taken(each) for each in taken]
    for at, name in enumerate(names):
        longer = f"{shown}, {name}" if shown else name
        left = len(names) - at - 1
        # The first is shown in any case: its end is cut off rather than all of it.
        if shown and len(_LABEL) + cell_len(_printable(longer + _more(left), console)) > console.width:
            return [_line(label, shown + _more(left + 1), console)]
        shown = longer
    return [_line(label, shown, console)] if shown else []


def _more(left: int) -> str:
    return f" and {left} more" if left else ""


def _line(label: str, text: str, console: Console) -> Text:
    """A line that is no longer than the terminal: one that wraps could not be drawn over."""
    line = Text(no_wrap=True)
    if label:
        line.append(f"{label:<{len(_LABEL)}}", "dim")
    line.append(_cut(_printable(text, console), console.width - len(line)))
    return line


def _cut(text: str, width: int) -> str:
    return text if cell_len(text) <= width else set_cell_size(text, max(0, width - 3)) + "..."


def _printable(text: str, console: Console) -> str:
    """As the terminal will get it: what its encoding lacks is spelled out, which takes more columns."""
    return text.encode(console.encoding, "backslashreplace").decode(console.encoding)
