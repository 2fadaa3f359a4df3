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


def namings(failing: Set[str], candidates: Sequence[Candidate]) -> list[tuple[Candidate, ...]]:
    """What the submission may have done, each as the mistakes that it would have made.

    Args:
        failing: The tests that the submission fails.
        candidates: Mistakes worth trying.

    Returns:
        Several where nothing seen so far tells neighbours apart; in each the
        mistake that explains most comes first. Empty if nothing fits.
    """
    possible = [each for each in candidates if each.explains and each.fails <= failing]
    whole = [each for each in possible if each.explains == each.fails]
    alone: list[tuple[Candidate, ...]] = [(each,) for each in whole if each.fails == failing]
    if alone:
        return alone
    for count in range(2, MOST + 1):
        fits = [group for group in combinations(possible, count) if _fits(failing, group)]
        if fits:
            return _best(fits)
    # One mistake that is seen clearly, and something else that nobody knows, in fewer tests.
    return _best([(each,) for each in whole if 2 * len(each.fails) >= len(failing)])


def _best(namings: Sequence[tuple[Candidate, ...]]) -> list[tuple[Candidate, ...]]:
    """Those that explain most tests, and of these those that leave least to what hides behind another."""

    def weight(group: tuple[Candidate, ...]) -> tuple[int, int]:
        explained = sum(len(each.explains) for each in group)
        return explained, explained - sum(len(each.fails) for each in group)

    most = max(map(weight, namings), default=(0, 0))
    best = [group for group in namings if weight(group) == most]
    return [tuple(sorted(group, key=lambda each: (-len(each.explains), each.name))) for group in best]


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
