"""`grader doctor`: what this machine has, and what it lacks.

Versions, devices, layers of isolation, scratch space. Every row is found by
trying (the layers are those that a real worker reports), and one that fails is
told, never raised: this is the command for when the others do not work.
"""

from __future__ import annotations

import importlib
import json
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from grader import __version__
from grader.cli.exits import FINDINGS
from grader.cli.place import Place, place_of
from grader.errors import GraderError

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


def doctor(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="For a program: one JSON document.")] = False,
) -> None:
    """Say what this machine has: versions, devices, layers of isolation, scratch space.

    Exits with 1 if something is broken without which nothing can be checked.

    \b
    Examples:
      grader doctor
      grader doctor --json
    """
    rows = list(examine(place_of(context)))
    broken = any(row.state == "broken" for row in rows)
    if as_json:
        print(
            json.dumps(
                {"schema_version": 1, "ok": not broken, "rows": [asdict(row) for row in rows]}, indent=1
            )
        )
    else:
        show(rows)
    raise typer.Exit(FINDINGS if broken else 0)


def examine(place: Place) -> Iterator[Row]:
    """Look at everything, from the ground up."""
    yield Row("grader", "ok", __version__)
    yield Row("python", "ok", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    looks: list[tuple[str, Callable[[], Iterator[Row]]]] = [
        ("torch", _torch),
        ("isolation", _isolation),
        ("scratch", _scratch),
        ("course", lambda: _course(place)),
    ]
    for what, look in looks:
        try:
            yield from look()
        except GraderError as error:
            yield Row(what, "broken", str(error))
        except Exception as error:  # noqa: BLE001 - a doctor tells of every illness and dies of none
            first = (str(error).splitlines() or [""])[0]
            yield Row(what, "broken", f"{type(error).__name__}: {first}")


def show(rows: list[Row]) -> None:
    """Print the rows, and what they come to."""
    from rich.table import Table
    from rich.text import Text

    from grader.report.terminal import console

    styles = {"ok": "green", "missing": "yellow", "broken": "red"}
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for row in rows:
        table.add_row(Text(row.state, styles[row.state]), Text(row.what), Text(row.value))
    out = console()
    out.print(table)
    broken = [row.what for row in rows if row.state == "broken"]
    if broken:
        out.print(Text(f"\nNothing can be checked until this is mended: {', '.join(broken)}."))


def _torch() -> Iterator[Row]:
    torch = importlib.import_module("torch")
    yield Row("torch", "ok", f"{torch.__version__}, {torch.get_num_threads()} threads")
    yield Row("device cpu", "ok", platform.processor() or platform.machine())
    if not torch.cuda.is_available():
        yield Row("device cuda", "missing", "no CUDA device; tests on it are not run")
        return
    for index in range(torch.cuda.device_count()):
        yield Row(f"device cuda:{index}", "ok", torch.cuda.get_device_name(index))


def _isolation() -> Iterator[Row]:
    from grader.sandbox.layers import posture

    expected, seen = posture(), worker_layers()
    for name in seen:
        yield Row("isolation", "ok", name)
    for name in expected.layers:
        if name not in seen:
            yield Row("isolation", "broken", f"{name}: this machine has it, but a worker came up without it")
    for name, reason in expected.missing:
        if name not in seen:
            yield Row("isolation", "missing", f"{name}: {reason}")


def worker_layers() -> tuple[str, ...]:
    """The layers that are on in a worker, which is started to say so and ended.

    Raises:
        IsolationError: No worker can be started.
    """
    from grader.course import Limits
    from grader.student.launch import Zygote

    with Zygote() as zygote:
        line = zygote.fork(Limits(), "cpu")
        zygote.end(line)
        return line.layers


def _scratch() -> Iterator[Row]:
    folder = tempfile.gettempdir()
    with tempfile.TemporaryFile(dir=folder):
        free = shutil.disk_usage(folder).free >> 20
    state = "ok" if free >= SCRATCH_MB else "broken"
    yield Row("scratch", state, f"{folder}, {free:,} MiB free")


def _course(place: Place) -> Iterator[Row]:
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
