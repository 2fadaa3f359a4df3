"""Item analysis: how hard a test is, and whether it tells who can from who cannot.

Two numbers from test theory. Difficulty is the share that passed. Discrimination
is the corrected item-total correlation: the point-biserial correlation of
passing with the points of all *other* tests, because a test that counts itself
agrees with itself (Henrysson, "Correction of item-total correlations in item
analysis", Psychometrika 28, 1963). It is preferred to comparing the upper and
the lower 27% because it uses everybody, and so says something of small classes.

Sums only, of whole numbers: nothing is kept of a student, and nothing is rounded
until the end.
"""

import math
from dataclasses import dataclass
from typing import Literal

ENOUGH = 10
"""Students without whom a correlation is not given: at ten, chance alone still makes one of
plus or minus a third."""

_PARTS = 10**6
"""Points are counted in millionths, so that 0.1 and 0.2 are 0.3 and equal points are equal."""


@dataclass
class Item:
    """What is known of one test, student after student.

    Attributes:
        taken: How many have taken it.
        passed: How many of those have passed it.
    """

    taken: int = 0
    passed: int = 0
    _rest: int = 0
    _squares: int = 0
    _rest_of_passed: int = 0

    def add(self, passed: bool, rest: float) -> None:
        """Count one who took it.

        Args:
            passed: Whether they passed.
            rest: Their points in all other tests of the exercise.
        """
        points = round(rest * _PARTS)
        self.taken += 1
        self.passed += passed
        self._rest += points
        self._squares += points * points
        self._rest_of_passed += points * passed

    @property
    def difficulty(self) -> float | None:
        """The share that passed; None if nobody took it."""
        return self.passed / self.taken if self.taken else None

    @property
    def passed_by(self) -> Literal["all", "some", "none"] | None:
        """Who of those that took it passed; None if nobody took it."""
        if not self.taken:
            return None
        return "all" if self.passed == self.taken else "some" if self.passed else "none"

    @property
    def discrimination(self) -> float | None:
        """Between -1 and 1; None if fewer than `ENOUGH` took it, or where one of the two does not vary."""
        spread = self.passed * (self.taken - self.passed)
        spread_of_rest = self.taken * self._squares - self._rest * self._rest
        if self.taken < ENOUGH or not spread or not spread_of_rest:
            return None
        # Pearson's coefficient, of which the point-biserial one is the case of a variable that is 0 or 1.
        together = self.taken * self._rest_of_passed - self.passed * self._rest
        return math.copysign(math.sqrt(together * together / (spread * spread_of_rest)), together)
