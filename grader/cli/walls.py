"""What `grader doctor` says about the walls round student code.

Which layers workers have here, what came of the self-test that runs before any
class is marked, the level that both come to, and what the hostile class came
to. Found by trying, told in tables and as plain data; decides nothing but what
is broken: a layer that is on and lets something through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.errors import UsageError
from grader.verdicts import Isolation, Layer

if TYPE_CHECKING:
    from rich.console import Console

    from grader.cli.place import Place
    from grader.sandbox.layers import Posture
    from grader.student.conformance import Result
    from grader.verify.hostile import Outcome

HOSTILE = Path("tests/hostile")
"""Where a course has the hostile class."""


@dataclass(frozen=True)
class Walls:
    """The walls round student code on this machine.

    Attributes:
        posture: The layers that workers have.
        results: What came of the self-test's probes.
    """

    posture: Posture
    results: tuple[Result, ...]

    @property
    def level(self) -> Isolation:
        """The level that was reached."""
        return self.posture.level

    @property
    def through(self) -> tuple[Result, ...]:
        """What got through although the layers that should have stopped it are on."""
        from grader.student.conformance import matters

        return tuple(each for each in self.results if not each.held and matters(each.layer, self.posture))

    @property
    def open(self) -> bool:
        """Whether student code could read the course's own files here."""
        from grader.sandbox.policy import CLOSING
        from grader.student.conformance import COURSE

        read = any(each.name == COURSE.name and not each.held for each in self.results)
        return read or not self.posture.on & CLOSING

    @property
    def in_short(self) -> str:
        """The level, and what it lacks, in one line."""
        from grader.sandbox.policy import REQUIRED

        lacking = [layer for layer in Layer if layer in REQUIRED[Isolation.FULL] - self.posture.on]
        if not lacking:
            return f"{self.level}: all that marking a class asks for"
        return f"{self.level}, not full: without {', '.join(lacking)}"

    def data(self) -> dict[str, Any]:
        """Everything, for JSON."""
        from grader.sandbox.policy import MEANING, REMEDY

        return {
            "level": self.level,
            "layers": [
                {"name": each.layer, "on": each.on, "detail": each.detail}
                | ({} if each.on else {"meaning": MEANING[each.layer], "remedy": REMEDY[each.layer]})
                for each in self.posture.found
            ],
            "probes": [asdict(each) for each in self.results],
        }


def walls(hidden: Sequence[Path] = ()) -> Walls:
    """Start the far side and have it try everything.

    Args:
        hidden: What student code must never get at.

    Raises:
        IsolationError: No worker can be started.
    """
    from grader.student.conformance import examine
    from grader.student.launch import Zygote

    with Zygote() as zygote:
        posture = zygote.posture
        return Walls(posture, examine(zygote, hidden=hidden))


def show(found: Walls, out: Console) -> None:
    """Print the layers and the probes."""
    from rich.text import Text

    from grader.sandbox.policy import MEANING, REMEDY

    layers = []
    for each in found.posture.found:
        if each.on:
            layers.append((("on", "green"), each.layer, each.detail))
        else:
            why = f" ({each.detail})" if each.detail else ""
            told = f"{MEANING[each.layer]}{why}; to have it, {REMEDY[each.layer]}"
            layers.append((("missing", "yellow"), each.layer, told))
    through = set(found.through)
    probes = [
        (
            ("held", "green") if each.held else ("not held", "red" if each in through else "yellow"),
            each.layer or "all layers",
            f"{each.name}: {each.detail}",
        )
        for each in found.results
    ]
    out.print(Text("\nLayers of isolation round student code:"))
    out.print(_table(layers))
    out.print(Text("\nWhat a worker tried, and what should stop it:"))
    out.print(_table(probes))


def hostile_class(place: Place) -> Path:
    """The folder of the hostile class.

    Raises:
        CourseError: There is no course.
        UsageError: It has none.
    """
    folder = place.root() / HOSTILE
    if not (folder / "attacks").is_dir():
        raise UsageError(
            f"There is no hostile class in {folder.absolute()}. It comes with the grader's own repository; "
            "name that with --course."
        )
    return folder


def attack(folder: Path, jobs: int) -> tuple[Outcome, ...]:
    """Mark the hostile class behind the best wall that can be had here.

    Raises:
        CourseError: It is not what it must be.
    """
    from grader.cli.place import progress
    from grader.sandbox.policy import Confinement
    from grader.verify.hostile import run_class

    try:
        return tuple(run_class(folder, jobs=jobs, confinement=Confinement(), progress=progress))
    finally:
        progress("")


def show_attacks(outcomes: Sequence[Outcome], out: Console) -> None:
    """Print a line for each attack, and what they come to."""
    from rich.text import Text

    from grader.report.safe import safe_text

    out.print(Text("\nThe hostile class:"))
    out.print(
        _table(
            [
                (("held", "green") if each.held else ("NOT HELD", "red"), each.slug, safe_text(each.happened))
                for each in outcomes
            ]
        )
    )
    lost = sum(not each.held for each in outcomes)
    total = len(outcomes)
    out.print(Text(f"\n{lost} of {total} did not hold." if lost else f"\nAll {total} held."))


def _table(rows: Sequence[tuple[tuple[str, str], str, str]]) -> Any:
    """A table of a coloured word, a name, and text."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for (word, style), name, told in rows:
        table.add_row(Text(word, style), Text(name), Text(told))
    return table
