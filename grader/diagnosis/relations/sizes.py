"""Names for numbers: the sizes of a call, and what is made of them.

A factor of 4 says little; "4 is N, the number of rows" says what to look for.
Names come from the exercise (`dims` in exercise.toml), and where it has none
from what every tensor has: the size along `dim`, and how many numbers there are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import torch

from grader.compare.samples import Sample

Dims = Mapping[str, Sequence[tuple[str, ...]]]
"""For each entry point the names of the dimensions of each argument, by position."""

CONSTANTS: Mapping[str, float] = {
    "2": 2.0,
    "1/2": 0.5,
    "ln 2": math.log(2),
    "log2 e": 1 / math.log(2),
    "ln 10": math.log(10),
    "log10 e": 1 / math.log(10),
    "100": 100.0,
    "1/100": 0.01,
    "255": 255.0,
    "1/255": 1 / 255,
}
"""Numbers that are a factor often enough to have a name; other plain ones are said as they are."""

PATTERNS: tuple[tuple[str, str], ...] = (
    ("{}", "n"),
    ("1/{}", "1/n"),
    ("2/{}", "2/n"),
    ("{}/2", "n/2"),
    ("sqrt({})", "root"),
    ("1/sqrt({})", "1/root"),
    ("{0}/({0} - 1)", "n/(n-1)"),
    ("({0} - 1)/{0}", "(n-1)/n"),
)
"""What is made of a size, simplest first."""


def sizes_of(sample: Sample, expected: torch.Tensor, dims: Dims) -> dict[str, int]:
    """Sizes of one call by name: single ones first, then products of neighbours.

    Args:
        sample: The call.
        expected: What was expected of this part of it.
        dims: Names, by entry point and position.
    """
    names = dims.get(sample.name, ())
    named: list[list[tuple[str, int]]] = []
    for value, labels in zip(sample.args, names, strict=False):
        if isinstance(value, torch.Tensor) and value.ndim == len(labels) and "..." not in labels:
            named.append(list(zip(labels, value.shape, strict=True)))
    sizes: dict[str, int] = {}
    for pairs in named:
        for name, size in pairs:
            sizes.setdefault(name, size)
    if not named:
        sizes.update(_unnamed(sample, along_dim="dim" in sample.kwargs or ("...",) in names))
    for pairs in named:
        for start in range(len(pairs)):
            for stop in range(start + 2, len(pairs) + 1):
                run = pairs[start:stop]
                sizes.setdefault("*".join(name for name, _ in run), math.prod(size for _, size in run))
    if expected.ndim:
        sizes.setdefault("all", expected.numel())
    if expected.ndim == 4 and sample.claim == "value":
        sizes.setdefault("outH*outW", expected.shape[2] * expected.shape[3])
    return sizes


def _unnamed(sample: Sample, *, along_dim: bool) -> Iterator[tuple[str, int]]:
    """Sizes of the first argument, where the exercise names none; `n` only where there is an option `dim`."""
    first = sample.args[0] if sample.args else None
    if not isinstance(first, torch.Tensor) or not first.ndim:
        return
    dim = sample.kwargs.get("dim", -1)
    if along_dim and isinstance(dim, int) and -first.ndim <= dim < first.ndim:
        yield "n", first.shape[dim]
    if first.ndim > 1:
        yield "rows", first.shape[0]


def made_of(pattern: str, size: int) -> float | None:
    """The number that a pattern makes of a size; None if there is none."""
    match pattern:
        case "n":
            return float(size)
        case "1/n":
            return 1 / size
        case "2/n":
            return 2 / size
        case "n/2":
            return size / 2
        case "root":
            return math.sqrt(size)
        case "1/root":
            return 1 / math.sqrt(size)
        case "n/(n-1)":
            return size / (size - 1) if size > 1 else None
        case _:
            return (size - 1) / size if size > 1 else None


def names(sizes: Mapping[str, int]) -> Iterator[tuple[str, float]]:
    """Every name and its number, simplest first: constants, sizes, what is made of one, or of two."""
    yield from CONSTANTS.items()
    for shape, pattern in PATTERNS:
        for name, size in sizes.items():
            number = made_of(pattern, size)
            if number is not None:
                plain = "*" not in name or pattern in ("n", "root")
                label = name if plain and pattern != "n/(n-1)" else f"({name})"
                yield shape.format(label if pattern != "root" else name), number
    single = [(name, size) for name, size in sizes.items() if "*" not in name and name != "all"]
    for name, size in single:
        yield from ((f"{name}/{other}", size / below) for other, below in single if other != name)
