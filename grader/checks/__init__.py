"""What the author of a test writes with.

    from grader.checks import check, cites, expect, points

Fixtures do the rest: `student` (the far side), `reference` (the float64
oracle), `rng` (inputs drawn afresh for each student and test), `device` and
`digits`. A test says what should hold; what differs is found, measured and
worded by other chapters.
"""

from grader.checks.cites import cites
from grader.checks.draw import Draw
from grader.checks.expect import CheckFailed, check, expect
from grader.checks.plain import plain
from grader.checks.points import points
from grader.checks.shown import shown

__all__ = ["CheckFailed", "Draw", "check", "cites", "expect", "plain", "points", "shown"]
