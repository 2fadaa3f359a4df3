"""Which known mistakes a submission has made, from what each of them explains.

A mistake *fails* some tests, and *explains* those on which it agrees with the
submission. Naming a wrong one costs a student an evening, so nothing is claimed
unless all that is seen fits: a mistake that a passing test contradicts is out,
and one that fails a test in another way than the submission counts only where a
second mistake is at work there too.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import combinations

MOST = 3
"""Mistakes made at once that are told apart: with more, too little is left that shows one of them alone."""


@dataclass(frozen=True)
class Candidate:
    """A known mistake beside a submission.

    Attributes:
        name: Its name.
        fails: The tests that it fails.
        explains: Those of them on which it agrees with the submission.
    """

    name: str
    fails: frozenset[str]
    explains: frozenset[str]


def worth_trying(fails: Set[str], failing: Set[str]) -> bool:
    """Whether a mistake that fails `fails` may be in a submission that fails `failing`."""
    return bool(fails) and fails <= failing


def named(failing: Set[str], candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The mistakes that a submission has made, the one that explains most first; empty if none fits.

    Args:
        failing: The tests that the submission fails.
        candidates: Mistakes worth trying.
    """
    possible = [each for each in candidates if each.explains and each.fails <= failing]
    whole = [each for each in possible if each.explains == each.fails]
    best = _largest([each for each in whole if 2 * len(each.fails) >= len(failing)])
    if best and best[0].fails == failing:
        return best if len(best) == 1 else ()  # neighbours that nothing tells apart: claim nothing
    for count in range(2, MOST + 1):
        fits = [group for group in combinations(possible, count) if _fits(failing, group)]
        if fits:
            group = max(fits, key=lambda group: sum(len(each.explains) for each in group))
            return tuple(sorted(group, key=lambda each: (-len(each.explains), each.name)))
    return best if len(best) == 1 else ()


def _largest(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    most = max((len(each.fails) for each in candidates), default=0)
    return tuple(each for each in candidates if len(each.fails) == most)


def _fits(failing: Set[str], group: Sequence[Candidate]) -> bool:
    """Whether these together explain all: each by a test of its own, and the rest where they meet."""
    if frozenset[str]().union(*(each.fails for each in group)) != failing:
        return False
    for each in group:
        others = frozenset[str]().union(*(other.fails for other in group if other is not each))
        if not each.explains - others:
            return False
        if each.fails - others - each.explains:
            return False  # alone there, and yet not what was seen
    return True
