"""The class as notebooks: the same programs, for graders that grade nothing else.

A notebook has a cell for each exercise, with the student's file as it is; a helper
module of hers becomes a cell that writes it. One notebook for all six exercises, so
that a submission needs one kernel and imports torch once: the cheapest way there is.
"""

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from benchmarks.throughput.course import TESTS

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def written(folder: Path) -> list[NotebookNode]:
    """The cells of one student: helpers first, then the exercises."""
    helpers = [path for path in sorted(folder.glob("*.py")) if path.stem not in TESTS]
    cells = [new_code_cell(f"%%writefile {path.name}\n{path.read_text()}") for path in helpers]
    for exercise in TESTS:
        cell = new_code_cell((folder / f"{exercise}.py").read_text())
        # nbgrader tells by the metadata which cell is an answer; the others don't look at it.
        cell.metadata["nbgrader"] = answer(exercise)
        cells.append(cell)
    return cells


def answer(exercise: str) -> dict[str, object]:
    """What nbgrader keeps of a cell with an answer."""
    return {
        "grade": False,
        "solution": True,
        "locked": False,
        "task": False,
        "schema_version": 3,
        "grade_id": exercise,
        "cell_type": "code",
    }


def write(path: Path, cells: list[NotebookNode]) -> None:
    """Write a notebook."""
    for i, cell in enumerate(cells):
        cell["id"] = f"cell-{i:03}"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells, metadata=KERNEL), path)
