"""What an attack and an honest neighbour are: their folders and what must come of them.

`attacks/<slug>/attack.toml` and `neighbours/<name>/neighbour.toml`, strictly
read; everything else in such a folder is what is handed in. A file `make.py`
makes what should not lie in a repository (archives, links, pipes, odd names);
it is the staff's, and runs on the trusted side.
"""

from __future__ import annotations

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError

from grader.errors import CourseError
from grader.findings import Frozen
from grader.verdicts import Layer, Verdict

ATTACK_FILE = "attack.toml"
NEIGHBOUR_FILE = "neighbour.toml"
MAKER = "make.py"
OURS = (ATTACK_FILE, NEIGHBOUR_FILE, MAKER, "__pycache__")
"""Names in the folder of an attack that are not handed in."""


class Goal(StrEnum):
    """What an attack is after."""

    FORGE = "forge"
    LEAK = "leak"
    NEIGHBOUR = "neighbour"
    ESCAPE = "escape"
    DENY = "deny"
    INJECT = "inject"
    PACKAGING = "packaging"


class AttackManifest(Frozen):
    """What may stand in attack.toml."""

    title: str = Field(min_length=1, description="What it tries, in one line.")
    goal: Goal = Field(description="What it is after.")
    stopped_by: tuple[Layer | str, ...] = Field(
        min_length=1, description="The layers of isolation, or the chapters of the grader, that stop it."
    )
    score: float = Field(default=0, ge=0, description="The most points that it may get.")
    verdicts: tuple[Verdict, ...] = Field(
        default=(), description="Verdicts that its exercise may end in; () for any."
    )
    findings: tuple[str, ...] = Field(
        default=(), description="Codes of findings of which at least one must be there; () for any."
    )
    needs: tuple[Layer, ...] = Field(
        default=(), description="Layers without which nothing stops it: there it may get its points."
    )
    exercise: str = Field(default="double", description="The exercise that the verdict is taken from.")
    student: str | None = Field(default=None, description="Its folder's name, where that is the attack.")
    copies: int = Field(default=1, ge=1, le=4, description="How many students hand it in.")
    absent: bool = Field(default=False, description="Whether the reader may refuse it as a whole.")
    beside: bool = Field(default=False, description="Whether it lies beside the students' folders.")
    limit: str = Field(
        default="",
        description="Why it gets what `score` grants, where no wall can stop it.",
    )


class Attack(AttackManifest):
    """An attack, found."""

    slug: str = Field(description="Its folder's name.")
    folder: Path = Field(description="Its folder.")


class NeighbourManifest(Frozen):
    """What may stand in neighbour.toml."""

    title: str = Field(min_length=1, description="Who it is, in one line.")
    scores: dict[str, float] = Field(description="Points by exercise, exactly.")


class Neighbour(NeighbourManifest):
    """An honest student, found."""

    slug: str = Field(description="Its folder's name.")
    folder: Path = Field(description="Its folder.")


Manifest = TypeVar("Manifest", bound=Frozen)


def read_attacks(folder: Path) -> tuple[Attack, ...]:
    """The attacks of the class in `folder`, sorted by slug.

    Raises:
        CourseError: There are none, or a manifest is not as it must be.
    """
    return _read_all(folder / "attacks", ATTACK_FILE, Attack)


def read_neighbours(folder: Path) -> tuple[Neighbour, ...]:
    """The honest students of the class in `folder`, sorted by slug; raises as `read_attacks`."""
    return _read_all(folder / "neighbours", NEIGHBOUR_FILE, Neighbour)


def _read_all(folder: Path, name: str, model: type[Manifest]) -> tuple[Manifest, ...]:
    found = []
    for path in sorted(folder.glob(f"*/{name}")):
        where = f"{folder.name}/{path.parent.name}/{name}"
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            found.append(model.model_validate(data | {"slug": path.parent.name, "folder": path.parent}))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise CourseError(f"{where} cannot be read: {error}.") from None
        except ValidationError as error:
            wrong = error.errors(include_url=False)[0]
            key = ".".join(map(str, wrong["loc"]))
            raise CourseError(f"{where}: {key}: {wrong['msg']}.") from None
    if not found:
        raise CourseError(f"There is no hostile class here: '{folder}' holds no folder with {name}.")
    return tuple(found)
