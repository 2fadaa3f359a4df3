"""`grader import-course`: masters of nbgrader or Otter become exercises of a course.

Prints what came of each and lists what could not be carried over; the same list
stays in the course's folder.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from grader.importing.parts import Master


class System(StrEnum):
    """Whose masters are imported."""

    AUTO = "auto"
    NBGRADER = "nbgrader"
    OTTER = "otter"


def import_course(
    masters: Annotated[
        list[Path],
        typer.Argument(metavar="MASTER...", help="Master notebooks, solutions and tests included."),
    ],
    to: Annotated[
        Path, typer.Option(metavar="DIR", help="The course's folder; a new one, or one that is there.")
    ],
    system: Annotated[System, typer.Option("--from", help="Whose masters these are.")] = System.AUTO,
    name: Annotated[
        str, typer.Option(metavar="TEXT", help="What a new course is called.")
    ] = "Imported course",
) -> None:
    """Import master notebooks of nbgrader or Otter into a course: stub, reference and tests apart.

    Nothing that is there is changed. What could not be carried over is listed.

    \b
    Examples:
      grader import-course source/week1/week1.ipynb --to mycourse
      grader import-course hw01.ipynb hw02.ipynb --from otter --to mycourse
    """
    from grader.errors import UsageError
    from grader.importing.exercises import Draft, drafts
    from grader.importing.tests_as_files import test_files
    from grader.importing.writing import LIST, files_of, list_of, write
    from grader.report.safe import safe_text

    made: dict[str, list[Draft]] = {}
    files: dict[str, str] = {}
    left = []
    for path in masters:
        master = _read(path, system)
        exercises, without = drafts(
            master, taken=[each.name for several in made.values() for each in several]
        )
        made[path.name] = list(exercises)
        left += [*master.left, *without]
        for draft in exercises:
            tests = test_files(draft, path.name)
            files |= files_of(draft, tests.visible, tests.hidden)
            left += tests.left
    names = [draft.name for several in made.values() for draft in several]
    if not names:
        raise UsageError(f"'{masters[0]}' asks for no function, so there is no exercise to make of it.")
    new = write(files, to, name, names, list_of(made, left))
    for source, several in made.items():
        for draft in several:
            print(f"{draft.name}: from {safe_text(source)}, {' and '.join(draft.entry_points.values())}")
    for each in left:
        print(safe_text(f"not carried over: {each.where}: {each.what}: {each.why}.", 1000))
    if not new:
        listed = ", ".join(f'"{each}"' for each in names)
        print(f"Add {listed} to exercises in {to / 'course.toml'}.")
    print(f"{to / LIST} has this list. Next: cd {to} && grader verify --quick")


def _read(path: Path, system: System) -> Master:
    """A master, read as the system's that it is of.

    Raises:
        CourseError: It cannot be read.
        UsageError: It is of no system that is known.
    """
    from grader.errors import UsageError
    from grader.importing.cells import read_cells
    from grader.importing.nbgrader import is_nbgrader, read_nbgrader
    from grader.importing.otter import is_otter, read_otter

    cells = read_cells(path)
    if system is System.NBGRADER or (system is System.AUTO and is_nbgrader(cells)):
        return read_nbgrader(path.stem, cells)
    if system is System.OTTER or is_otter(cells):
        return read_otter(path.stem, cells)
    raise UsageError(
        f"'{path}' has neither nbgrader's metadata nor Otter's '# BEGIN QUESTION': "
        "name a master, not what students get; or say whose it is with --from."
    )
