"""`grader doctor`: what this machine has, and what it lacks.

Versions, devices, layers of isolation, scratch space. Every row is found by
trying (of the layers, see `walls`), and one that fails is told, never raised:
this is the command for when the others do not work.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader import __version__
from grader.cli import walls
from grader.cli.exits import FINDINGS
from grader.cli.place import Place, place_of
from grader.cli.walls import Walls
from grader.errors import GraderError
from grader.sandbox.policy import Confinement
from grader.verdicts import Isolation, Layer

if TYPE_CHECKING:
    from rich.console import Console

    from grader.verify.hostile import Outcome

SCRATCH_MB = 256
"""What a few workers may write side by side; under it, answers would be lost to a full disk."""


@dataclass(frozen=True)
class Row:
    """One thing that was looked at.

    Attributes:
        what: Its name.
        state: 'ok', 'missing' (works without it, less well) or 'broken' (does not work).
        value: What was found, or what is wrong.
    """

    what: str
    state: str
    value: str


@dataclass(frozen=True)
class Findings:
    """What was found.

    Attributes:
        rows: One thing each.
        walls: The walls round student code; None if nothing could be found out.
    """

    rows: tuple[Row, ...]
    walls: Walls | None

    @property
    def broken(self) -> tuple[str, ...]:
        """The names of what does not work."""
        return tuple(row.what for row in self.rows if row.state == "broken")


def doctor(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="For a program: one JSON document.")] = False,
    attack: Annotated[
        bool, typer.Option("--attack", help="Mark the hostile class, and see whether an attack succeeds.")
    ] = False,
) -> None:
    """Say what this machine has: versions, devices, layers of isolation, scratch space.

    A worker tries what student code must not be able to do. Exits with 1 if
    something is broken without which nothing can be checked, or if an attack
    succeeds.

    \b
    Examples:
      grader doctor
      grader doctor --json
      grader doctor --attack
    """
    place = place_of(context)
    hostile = walls.hostile_class(place) if attack else None
    found = examine(place)
    if not as_json:
        show(found)
    outcomes = None if hostile is None else walls.attack(hostile, jobs=os.cpu_count() or 1)
    if as_json:
        print(json.dumps(document(found, outcomes), indent=1))
    elif outcomes is not None:
        walls.show_attacks(outcomes, _console())
    held = outcomes is None or all(each.held for each in outcomes)
    raise typer.Exit(0 if held and not found.broken else FINDINGS)


def document(found: Findings, outcomes: Sequence[Outcome] | None) -> dict[str, object]:
    """Everything, for a program to read."""
    return {
        "schema_version": 1,
        "ok": not found.broken and all(each.held for each in outcomes or ()),
        "rows": [asdict(row) for row in found.rows],
        "isolation": found.walls.data() if found.walls is not None else None,
        "attacks": None if outcomes is None else [asdict(each) for each in outcomes],
    }


def examine(place: Place) -> Findings:
    """Look at everything, from the ground up."""
    rows = [
        Row("grader", "ok", __version__),
        Row("python", "ok", f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
    ]
    found: list[Walls] = []
    looks: list[tuple[str, Callable[[], Iterator[Row]]]] = [
        ("torch", _torch),
        ("isolation", lambda: _isolation(place, found)),
        ("scratch", _scratch),
        ("course", lambda: _course(place, found)),
    ]
    for what, look in looks:
        try:
            rows += look()
        except GraderError as error:
            rows.append(Row(what, "broken", str(error)))
        except Exception as error:  # noqa: BLE001 - a doctor tells of every illness and dies of none
            first = (str(error).splitlines() or [""])[0]
            rows.append(Row(what, "broken", f"{type(error).__name__}: {first}"))
    return Findings(tuple(rows), found[0] if found else None)


def show(found: Findings) -> None:
    """Print the rows, the walls, and what they come to."""
    from rich.table import Table
    from rich.text import Text

    styles = {"ok": "green", "missing": "yellow", "broken": "red"}
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for row in found.rows:
        table.add_row(Text(row.state, styles[row.state]), Text(row.what), Text(row.value))
    out = _console()
    out.print(table)
    if found.walls is not None:
        walls.show(found.walls, out)
    if found.broken:
        out.print(Text(f"\nNothing can be checked until this is mended: {', '.join(found.broken)}."))


def _console() -> Console:
    from grader.report.terminal import console

    return console()


def _torch() -> Iterator[Row]:
    torch = importlib.import_module("torch")
    yield Row("torch", "ok", f"{torch.__version__}, {torch.get_num_threads()} threads")
    yield Row("device cpu", "ok", platform.processor() or platform.machine())
    if not torch.cuda.is_available():
        yield Row("device cuda", "missing", "no CUDA device; tests on it are not run")
        return
    for index in range(torch.cuda.device_count()):
        yield Row(f"device cuda:{index}", "ok", torch.cuda.get_device_name(index))


def _isolation(place: Place, found: list[Walls]) -> Iterator[Row]:
    seen = walls.walls(_staff_files(place))
    found.append(seen)
    if not seen.through:
        yield Row("isolation", "ok" if seen.level is Isolation.FULL else "missing", seen.in_short)
    for each in seen.through:
        by = f"the layer '{each.layer}'" if each.layer else "all layers together"
        told = f"a worker could {each.name} ({each.detail}), which {by} should prevent"
        yield Row("isolation", "broken", told)


def _staff_files(place: Place) -> tuple[Path, ...]:
    """What no student may get at, on a machine that has it."""
    try:
        return place.course(staff=True).staff_files
    except GraderError:
        return ()  # no course, or a student's copy of it; `_course` tells what is wrong


def _scratch() -> Iterator[Row]:
    folder = tempfile.gettempdir()
    with tempfile.TemporaryFile(dir=folder):
        free = shutil.disk_usage(folder).free >> 20
    state = "ok" if free >= SCRATCH_MB else "broken"
    yield Row("scratch", state, f"{folder}, {free:,} MiB free")


def _course(place: Place, found: Sequence[Walls]) -> Iterator[Row]:
    from grader.errors import CourseError

    try:
        root = place.root()
    except CourseError as error:
        yield Row("course", "missing", str(error))
        return
    course = place.course(staff=False)
    total = len(course.exercises)
    exercises = f"{total} exercise{'s' if total != 1 else ''}"
    yield Row("course", "ok", f"{course.name}, {exercises}, in {root.absolute()}")
    demand = course.isolation
    asked = Confinement.demanded(demand.level, demand.accept_missing)
    for seen in found:
        if lacking := [layer for layer in Layer if layer in asked.required - seen.posture.on]:
            told = f"isolation '{demand.level}' is asked for, which needs {', '.join(lacking)} too"
            yield Row("marking", "missing", f"{told}: `grader grade` refuses unless it is lowered by name")
        elif asked.closed and seen.open:
            told = "student code could read the course's own files here"
            yield Row("marking", "missing", f"{told}: `grader grade` refuses and says what to do")
