"""The stage: a course and a class of attackers and neighbours, laid out with canaries.

Everything lies in one temporary folder that the run removes. Files are copied
with their places filled in; what a `make.py` makes is made there. Who sits
where is drawn once and for all, so that two runs are alike and every honest
neighbour sits between attackers.
"""

from __future__ import annotations

import importlib.util
import os
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import CourseError
from grader.verify.hostile.canaries import Canaries
from grader.verify.hostile.manifest import MAKER, OURS, Attack, Neighbour

EVERY = 9
"""One honest neighbour after so many attackers."""

Fill = Callable[[str], str]


@dataclass(frozen=True)
class Seated:
    """A student of the class.

    Attributes:
        student: The id in the reports.
        who: What was handed in.
    """

    student: str
    who: Attack | Neighbour


@dataclass(frozen=True)
class Stage:
    """Where everything lies.

    Attributes:
        course: The course, filled in.
        submissions: The class: attackers and neighbours.
        alone: The neighbours by themselves, under the same names.
        seated: Everyone, in order.
    """

    course: Path
    submissions: Path
    alone: Path
    seated: tuple[Seated, ...]


def places(root: Path) -> dict[str, str]:
    """Paths of the course and the class, by the names under which attacks ask for them."""
    course, submissions = root / "course", root / "submissions"
    return {
        "course": str(course),
        "hidden_tests": str(course / "tests" / "hidden" / "test_double.py"),
        "reference": str(course / "reference" / "double" / "solution.py"),
        "secret": str(course / "reference" / "secret.txt"),
        "submissions": str(submissions),
        "reports": str(root / "reports"),
    }


def lay_out(
    folder: Path, root: Path, attacks: Sequence[Attack], neighbours: Sequence[Neighbour], canaries: Canaries
) -> Stage:
    """Lay out the class in `folder` under `root`.

    Raises:
        CourseError: The class has no course, or a maker is broken.
    """
    if not (folder / "course" / "course.toml").is_file():
        raise CourseError(f"There is no hostile class here: '{folder}' has no course/course.toml.")
    stage = Stage(
        course=root / "course",
        submissions=root / "submissions",
        alone=root / "alone",
        seated=tuple(_seated(attacks, neighbours)),
    )
    _copy(folder / "course", stage.course, lambda content: canaries.fill(content, "course"))
    for seat in stage.seated:
        _hand_in(seat, stage.submissions, canaries)
        if isinstance(seat.who, Neighbour):
            _hand_in(seat, stage.alone, canaries)
    return stage


def _seated(attacks: Sequence[Attack], neighbours: Sequence[Neighbour]) -> Iterator[Seated]:
    entries: list[Attack | Neighbour] = [attack for attack in attacks for _ in range(attack.copies)]
    random.Random(0).shuffle(entries)  # noqa: S311 - an order, not a secret
    for honest, place in enumerate(range(0, len(entries), EVERY) if neighbours else ()):
        entries.insert(place + honest, neighbours[honest % len(neighbours)])
    for number, who in enumerate(entries):
        named = who.student if isinstance(who, Attack) else None
        yield Seated(as_student(named) if named is not None else f"s{number:03d}-{who.slug}", who)


def as_student(name: str) -> str:
    """The id that a folder of this name gives a student; bytes that are not UTF-8 are written as escapes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _hand_in(seat: Seated, submissions: Path, canaries: Canaries) -> None:
    def fill(content: str) -> str:
        return canaries.fill(content, seat.student)

    submissions.mkdir(exist_ok=True)
    target = submissions
    if not (isinstance(seat.who, Attack) and seat.who.beside):
        named = seat.who.student if isinstance(seat.who, Attack) else None
        target = submissions / (named or seat.student)
        target.mkdir()
        _copy(seat.who.folder, target, fill)
    maker = seat.who.folder / MAKER
    if maker.is_file():
        _made(maker)(target, fill)


def _made(path: Path) -> Callable[[Path, Fill], None]:
    """The function `make(folder, fill)` of a maker."""
    spec = importlib.util.spec_from_file_location(f"maker_{path.parent.name}".replace("-", "_"), path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    make: Callable[[Path, Fill], None] | None = getattr(module, "make", None)
    if make is None:
        raise CourseError(f"{path.parent.name}/{path.name} has no function make(folder, fill).")
    return make


def _copy(source: Path, target: Path, fill: Fill) -> None:
    """Copy a folder, places in its text files filled in."""
    target.mkdir(exist_ok=True)
    for path in sorted(source.iterdir()):
        if path.name in OURS:
            continue
        if path.is_dir():
            _copy(path, target / path.name, fill)
            continue
        content = path.read_bytes()
        if b"@@" in content:
            content = fill(content.decode("utf-8")).encode("utf-8")
        (target / path.name).write_bytes(content)


def remove(root: Path) -> None:
    """Remove a stage, links as links."""
    shutil.rmtree(root, ignore_errors=True)
