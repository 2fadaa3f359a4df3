"""What a worker says of a notebook's cells, before anybody believes it.

The worker runs the student's code, and nobody here looks into the notebook:
what can be checked is that it speaks of a notebook that was handed in, of cells
that fit into its bytes, and of entry points that were asked for. No mark hangs
on the rest.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from grader.wire.messages import MOST_CODE_CELLS, Loaded, NotebookCells

LEAST_BYTES = len('{"cell_type":"code","input":"x"}')
"""No code cell is shorter."""


@dataclass(frozen=True)
class NotebookRead:
    """What was said of a notebook's cells, and which one it is."""

    file: str
    cells: NotebookCells


def first_read(count: int) -> int:
    """The number of the first cell that is read, of so many."""
    return max(1, count - MOST_CODE_CELLS + 1)


def lie_about_cells(loaded: Loaded, sizes: Mapping[str, int], entry_points: Collection[str]) -> str | None:
    """What cannot be true of the cells in an answer to a request to load; None if all of it can.

    Args:
        loaded: The answer.
        sizes: For each file that was handed in, how many bytes it has.
        entry_points: What was asked for.
    """
    cells = loaded.notebook
    if cells is None:
        return None
    if not loaded.file.endswith(".ipynb") or loaded.file not in sizes:
        return "It spoke of cells of a notebook that was not handed in."
    if cells.count * LEAST_BYTES > sizes[loaded.file]:
        return "It spoke of more cells than the notebook can have."
    aside, stopped = [each.cell for each in cells.aside], [each.cell for each in cells.stopped]
    sound = all(_ascend(numbers, cells.count) for numbers in (cells.used, aside, stopped))
    if not sound or not set(aside).isdisjoint((*cells.used, *stopped)):
        return "It spoke of cells that the notebook does not have, or of one cell in two ways."
    defined = [each.name for each in cells.defined]
    asked = set(entry_points).issuperset(defined) and len(set(defined)) == len(defined)
    if not asked or not set(cells.used).issuperset(each.cell for each in cells.defined):
        return "It spoke of definitions that nobody asked for, or in cells that it did not use."
    return None


def _ascend(numbers: Sequence[int], most: int) -> bool:
    """Whether the numbers are numbers of cells that are read, in order, each once."""
    ordered = all(before < after for before, after in pairwise(numbers))
    return ordered and (not numbers or (first_read(most) <= numbers[0] and numbers[-1] <= most))
