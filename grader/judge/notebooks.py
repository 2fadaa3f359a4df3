"""From what was said of a notebook's cells to the report's words for it.

What was said has been checked (`grader.student.cells`). Every cell that nothing
was said of is one that nothing needs.
"""

from __future__ import annotations

from grader.report.notebook_use import Definition, LeftOut, NotebookUse, Stop, WhyLeftOut
from grader.student.cells import NotebookRead, first_read


def notebook_use(read: NotebookRead | None) -> NotebookUse | None:
    """Which cells were used and which were not; None where there is no notebook."""
    if read is None:
        return None
    cells = read.cells
    why: dict[int, WhyLeftOut] = {}
    for aside in cells.aside:
        why[aside.cell] = aside.why
    for stop in cells.stopped:
        why[stop.cell] = "failed" if stop.error else "too long"
    used = frozenset(cells.used)
    return NotebookUse(
        file=read.file,
        cells=cells.count,
        way="one by one" if cells.one_by_one else "needed",
        used=cells.used,
        defined=tuple(Definition(name=each.name, cell=each.cell) for each in cells.defined),
        left_out=tuple(
            LeftOut(cell=number, why=why.get(number, "not needed"))
            for number in range(first_read(cells.count), cells.count + 1)
            if number not in used
        ),
        stopped=tuple(Stop(cell=stop.cell, line=stop.line, error=stop.error) for stop in cells.stopped),
    )
