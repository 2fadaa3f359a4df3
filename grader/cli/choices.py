"""Options with a closed list of answers."""

from enum import StrEnum

import typer

from grader.errors import suggestion
from grader.verdicts import Layer


class Device(StrEnum):
    """Where student code runs."""

    CPU = "cpu"
    CUDA = "cuda"
    AUTO = "auto"
    ALL = "all"


class Layout(StrEnum):
    """How a class lies: the answers of `grader.submission.Layout`, which `--help` need not load."""

    AUTO = "auto"
    FOLDERS = "folders"
    CANVAS = "canvas"
    MOODLE = "moodle"
    GRADESCOPE = "gradescope"
    NBGRADER = "nbgrader"


def layer(text: str) -> Layer:
    """The layer of isolation that somebody typed: 'private root', or private-root, which needs no quotes.

    Raises:
        BadParameter: There is no such layer.
    """
    plain = " ".join(text.lower().replace("-", " ").replace("_", " ").split())
    known = [each.value for each in Layer]
    if plain not in known:
        raise typer.BadParameter(
            f"there is no layer {text!r}.{suggestion(plain, known)} The layers are: {', '.join(known)}."
        )
    return Layer(plain)


def complete_layer(typed: str) -> list[str]:
    """The layers that begin with what was typed, in words that need no quotes."""
    return [name for each in Layer if (name := each.replace(" ", "-")).startswith(typed)]
