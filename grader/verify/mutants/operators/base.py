"""What an operator is: a slip that people make, as a way to change a program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import libcst as cst

Replacement = cst.CSTNode | cst.RemovalSentinel
Change = tuple[cst.CSTNode, Replacement]
"""A part of the program, and what takes its place."""


@dataclass(frozen=True)
class Operator:
    """One kind of slip.

    Attributes:
        name: What it is called in the names of mutants.
        kinds: The kinds of syntax that it looks at.
        changes: All slips of this kind in a part of a program, the part itself or what is in it. Its
            docstring says whose slip it stands for.
    """

    name: str
    kinds: tuple[type[cst.CSTNode], ...]
    # Any, because each operator takes the kinds that it names.
    changes: Callable[[Any], Iterator[Change]]
