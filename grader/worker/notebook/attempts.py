"""Gets the entry points out of a notebook, in up to three attempts, and says which cells that took.

First what they need, by name. Then, where a later statement fails or gives an
entry point's name to something else, what their definitions need. Last all
cells one by one. An attempt replaces the one before it only if it finds more.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType

from grader.wire.messages import (
    MOST_DEFINED,
    NAME_LENGTH,
    Aside,
    Defines,
    NotebookCells,
    Stopped,
    clipped,
)
from grader.worker.notebook import selecting
from grader.worker.notebook.reading import Cell
from grader.worker.notebook.running import Ran, Runner, Stop
from grader.worker.tracebacks import class_name


@dataclass(frozen=True)
class Attempts:
    """What came of all attempts.

    Attributes:
        first: The first attempt: what it says of a failure is about what is needed.
        best: The one that counts.
        one_by_one: Whether that one ran all cells.
    """

    first: Ran
    best: Ran
    one_by_one: bool


def attempt(
    cells: Sequence[Cell],
    wanted: Sequence[str],
    filenames: Mapping[int, str],
    seconds: float,
    fresh: Callable[[], ModuleType],
) -> Attempts:
    """Run what it takes to have the entry points.

    Args:
        cells: The notebook.
        wanted: The entry points.
        filenames: For each cell, what its code objects have as the name of their file.
        seconds: What loading may take.
        fresh: Makes an empty module of the notebook's name.
    """
    written = {cell.writes.removesuffix(".py"): cell.number for cell in cells if cell.writes}
    runner = Runner(filenames, written, wanted, seconds)
    first = best = runner.each(selecting.needed(cells, wanted), fresh())
    missing = [name for name in wanted if name not in first.found]
    if not selecting.functions(cells).isdisjoint(missing):
        kept = selecting.needed(cells, wanted, only_definitions=missing)
        best = _better(best, runner.each(kept, fresh()))
    # What stands nowhere in the notebook does not come of running it.
    if not any(selecting.may_make(cells, name) for name in wanted if name not in best.found):
        return Attempts(first, best, one_by_one=False)
    every = runner.cell_by_cell(selecting.runnable(cells), fresh())
    best = _better(best, every)
    return Attempts(first, best, one_by_one=best is every)


def _better(before: Ran, after: Ran) -> Ran:
    return after if len(after.found) > len(before.found) else before


def told(cells: Sequence[Cell], wanted: Sequence[str], attempts: Attempts) -> NotebookCells:
    """What the judge is told of the cells."""
    ran = attempts.best
    stopped = sorted(ran.stopped.items())
    defined = [Defines(name, ran.defined[name]) for name in wanted if name in ran.defined]
    return NotebookCells(
        count=cells[-1].number if cells else 0,
        one_by_one=attempts.one_by_one,
        used=tuple(sorted(ran.used)),
        defined=tuple(defined[:MOST_DEFINED]),
        stopped=tuple(Stopped(number, max(stop.line, 1), _said(stop)) for number, stop in stopped),
        aside=tuple(_aside(cells, attempts)),
    )


def _aside(cells: Sequence[Cell], attempts: Attempts) -> Iterator[Aside]:
    """The cells that were not to be run, or that no time was left for."""
    ran = attempts.best
    kept = {statement.cell for statement in selecting.runnable(cells)} if attempts.one_by_one else None
    for cell in cells:
        if cell.number in ran.used:
            continue
        if cell.why is not None:
            yield Aside(cell.number, cell.why)
        elif cell.number in ran.late - ran.stopped.keys():
            yield Aside(cell.number, "no time left")
        elif kept is not None and cell.body and cell.number not in kept:
            yield Aside(cell.number, "tests")


def _said(stop: Stop) -> str:
    return "" if stop.is_late else clipped(class_name(type(stop.error)), NAME_LENGTH)
