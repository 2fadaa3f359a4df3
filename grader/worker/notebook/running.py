"""Runs a notebook's statements, each cell with a deadline, an exception in one not stopping the next.

What is needed runs statement by statement. Where an entry point is missing
after that, all cells run one at a time in a fresh module, each up to its first
exception, as they would in Jupyter. What a cell defines is noted while it runs,
so that a function counts even if a later experiment gave its name to a number.
"""

import asyncio
import inspect
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from time import monotonic as _now
from types import FrameType, ModuleType, TracebackType
from typing import Any

from grader.worker.notebook.selecting import Statement

ALL_CELLS = 0.8
"""Of the time for loading, for all cells: the rest is for reading them, and for a machine that is busy.

So a notebook's cells are given up before the judge gives up the notebook.
"""

ONE_CELL = 0.2
"""Of the time for loading, for one cell: 2 of 10 seconds, where definitions take milliseconds.

Three cells that never end leave as much for all others.
"""

AGAIN = 0.5
"""Seconds after which a cell is told again that its time is up, if it caught that."""


class TimeUp(BaseException):
    """A cell has run for as long as it may; a BaseException, which honest code does not catch."""


@dataclass(frozen=True)
class Stop:
    """Where a cell stopped, and why."""

    line: int
    error: BaseException

    @property
    def is_late(self) -> bool:
        """Whether its time was up; `isinstance` would ask a class of the student's."""
        return type(self.error) is TimeUp


@dataclass
class Ran:
    """What came of running statements.

    Attributes:
        module: The module that they ran in.
        found: The entry points, by name.
        defined: The last cell that defined each of them.
        own: Those that the notebook defines itself, and doesn't only import.
        used: The cells of which something ran to its end.
        stopped: For cells that stopped, the first place.
        late: Cells for which no time was left.
    """

    module: ModuleType
    found: dict[str, Callable[..., Any]] = field(default_factory=dict)
    defined: dict[str, int] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    used: set[int] = field(default_factory=set)
    stopped: dict[int, Stop] = field(default_factory=dict)
    late: set[int] = field(default_factory=set)


class Runner:
    """Runs statements of one notebook.

    Args:
        filenames: For each cell, what its code objects have as the name of their file.
        written: For each module that a cell is the text of, the cell.
        wanted: The entry points.
        seconds: What loading may take; the clock starts now.
    """

    def __init__(
        self, filenames: Mapping[int, str], written: Mapping[str, int], wanted: Sequence[str], seconds: float
    ) -> None:
        self._filenames = filenames
        self._written = written
        self._wanted = wanted
        self._end = _now() + ALL_CELLS * seconds
        self._each = ONE_CELL * seconds

    def each(self, statements: Sequence[Statement], module: ModuleType) -> Ran:
        """Run every statement, whatever the one before it did."""
        return self._run([[statement] for statement in statements], module)

    def cell_by_cell(self, statements: Sequence[Statement], module: ModuleType) -> Ran:
        """Run every cell up to its first exception, whatever the one before it did."""
        return self._run([list(cell) for _, cell in groupby(statements, lambda each: each.cell)], module)

    def _run(self, pieces: Sequence[Sequence[Statement]], module: ModuleType) -> Ran:
        ran = Ran(module)
        # Without them, `IN_COLAB = "google.colab" in str(get_ipython())` is a question without an answer.
        module.__dict__.update(display=print, get_ipython=lambda: None)
        for piece in pieces:
            cell = piece[0].cell
            if _now() >= self._end:
                ran.late.add(cell)
                continue
            with self._deadline():
                for statement in piece:
                    stop = self._carried_out(statement, module)
                    if stop is None:
                        ran.used.add(cell)
                    self._note(ran, statement)
                    if stop is None:
                        continue
                    ran.stopped.setdefault(cell, stop)
                    if stop.is_late or not statement.imports:
                        break  # what is not installed here may be installed where it was written
        return ran

    def _carried_out(self, statement: Statement, module: ModuleType) -> Stop | None:
        """Run a statement; None if it ran to its end, whatever student code did to stop that."""
        try:
            self._carry_out(statement, module)
        except BaseException as error:  # noqa: BLE001 - cells that crash don't count against a notebook
            return Stop(self._line(error, statement), error)
        return None

    def _carry_out(self, statement: Statement, module: ModuleType) -> None:
        code = statement.compiled(self._filenames[statement.cell])
        if code.co_flags & inspect.CO_COROUTINE:
            asyncio.run(eval(code, module.__dict__))  # noqa: S307 - what a worker is for
        else:
            exec(code, module.__dict__)  # noqa: S102 - what a worker is for

    def _note(self, ran: Ran, statement: Statement) -> None:
        """Note the entry points that have just been defined, and the cell that they come from."""
        imports = statement.imports
        home = self._written.get(imports, statement.cell)
        if statement.cell in ran.used:
            ran.used.add(home)
        for name in self._wanted:
            value = ran.module.__dict__.get(name)
            if not callable(value) or value is ran.found.get(name):
                continue
            if imports and name in ran.own:
                # Torch's function beside the student's is there to compare with.
                ran.module.__dict__[name] = ran.found[name]
                continue
            ran.found[name] = value
            ran.defined[name] = home
            ran.used.add(home)
            if not imports:
                ran.own.add(name)

    def _line(self, error: BaseException, statement: Statement) -> int:
        """The line of the cell in which an exception was raised."""
        # Past anything that a class of the student's says of itself.
        trace: TracebackType | None = BaseException.__dict__["__traceback__"].__get__(error)
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self._filenames[statement.cell]:
                return trace.tb_lineno or statement.line
            trace = trace.tb_next
        return statement.line

    @contextmanager
    def _deadline(self) -> Iterator[None]:
        """Raise TimeUp in the student's code when its time is up; whoever catches that is told again."""
        ours = frozenset(self._filenames.values())

        def ring(number: int, frame: FrameType | None) -> None:
            # Never in code of ours, which may be done with the cell already.
            while frame is not None:
                if frame.f_code.co_filename in ours:
                    raise TimeUp
                frame = frame.f_back

        before = signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, max(min(self._each, self._end - _now()), 0.001), AGAIN)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
