"""Where two submissions are alike: runs of equal tokens round the fingerprints that they share."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from grader.similar.code import Code, Place
from grader.similar.fingerprints import GRAM, Prints, grams

MOST_PLACES = 20
"""Of one fingerprint in one submission: code that repeats itself a thousand times is alike anywhere."""

GAP = 8
"""Tokens that may lie between two runs of one region, on both sides: a line that was changed."""


@dataclass(frozen=True)
class Region:
    """A stretch of code that both have.

    Attributes:
        first: The lines of it in the first submission, in order.
        second: The lines of it in the second one.
    """

    first: tuple[Place, ...]
    second: tuple[Place, ...]


@dataclass(frozen=True)
class _Run:
    """Equal tokens: where they begin in each, and how many there are (in each, once runs are joined)."""

    first: int
    second: int
    length: int
    other_length: int


def regions(
    codes: tuple[Code, Code],
    prints: tuple[Prints, Prints],
    shared: AbstractSet[int],
    given: AbstractSet[int] = frozenset(),
) -> list[Region]:
    """The regions that two submissions have in common, in the order of the first.

    Args:
        codes: The two.
        prints: Their fingerprints.
        shared: The fingerprints that they have in common.
        given: Runs of tokens that everybody was given; no region reaches into them.
    """
    own = _own(codes[0].tokens, given), _own(codes[1].tokens, given)
    runs = _apart(_runs(own, prints, shared))
    return [
        Region(
            _lines(codes[0], run.first, run.length),
            _lines(codes[1], run.second, run.other_length),
        )
        for run in _joined(sorted(runs, key=lambda run: run.first))
    ]


def _own(tokens: Sequence[int], given: AbstractSet[int]) -> list[int | None]:
    """The tokens, with None for those of what everybody was given."""
    own: list[int | None] = list(tokens)
    for at, gram in enumerate(grams(tokens)):
        if gram in given:
            own[at : at + GRAM] = [None] * GRAM
    return own


def _runs(
    tokens: tuple[Sequence[int | None], Sequence[int | None]],
    prints: tuple[Prints, Prints],
    shared: AbstractSet[int],
) -> list[_Run]:
    """The longest runs of equal tokens round each shared fingerprint."""
    anchors = sorted(
        (second - first, first)
        for gram in shared
        for first in prints[0][gram][:MOST_PLACES]
        for second in prints[1][gram][:MOST_PLACES]
    )
    found: list[_Run] = []
    shift, done = 0, -1
    for offset, first in anchors:
        if found and offset == shift and first < done:
            continue
        start, end = _grown(*tokens, offset, first)
        if start < end:
            found.append(_Run(start, start + offset, end - start, end - start))
            shift, done = offset, end
    return found


def _grown(a: Sequence[int | None], b: Sequence[int | None], offset: int, first: int) -> tuple[int, int]:
    """Where the run of equal tokens begins and ends in `a`, of which a fingerprint begins at `first`.

    In `b` it is by `offset` further on.
    """

    def equal(at: int) -> bool:
        return (
            0 <= at < len(a) and 0 <= at + offset < len(b) and a[at] is not None and a[at] == b[at + offset]
        )

    within = [at for at in range(first, first + GRAM) if equal(at)] or [first]
    start, end = within[0], within[-1]
    while equal(start - 1):
        start -= 1
    while equal(end):
        end += 1
    return start, end


def _apart(runs: Iterable[_Run]) -> Iterator[_Run]:
    """The longest runs of which no two share a token."""
    taken: tuple[set[int], set[int]] = (set(), set())
    for run in sorted(runs, key=lambda run: (-run.length, run.first, run.second)):
        sides = range(run.first, run.first + run.length), range(run.second, run.second + run.length)
        if all(side.isdisjoint(span) for side, span in zip(taken, sides, strict=True)):
            for side, span in zip(taken, sides, strict=True):
                side.update(span)
            yield run


def _joined(runs: Iterable[_Run]) -> list[_Run]:
    """Runs that follow one another in both, as one."""
    found: list[_Run] = []
    for run in runs:
        if found:
            last = found[-1]
            gaps = run.first - last.first - last.length, run.second - last.second - last.other_length
            if all(0 <= gap <= GAP for gap in gaps):
                lengths = run.first + run.length - last.first, run.second + run.other_length - last.second
                found[-1] = _Run(last.first, last.second, *lengths)
                continue
        found.append(run)
    return found


def _lines(code: Code, start: int, length: int) -> tuple[Place, ...]:
    return tuple(sorted(set(code.places[start : start + length])))
