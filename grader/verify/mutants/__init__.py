"""Mutants: a reference with one slip each, to see whether the hidden tests notice.

What survives is a missing test, or does the same as the reference and is listed
in `reference/<exercise>/equivalents.toml` with a reason. This chapter makes
mutants and counts them; it runs none, and needs neither torch nor a judge.
"""

from grader.verify.mutants.equivalents import Equivalent, Listed, listed, read_equivalents
from grader.verify.mutants.making import mutants
from grader.verify.mutants.mutant import Mutant
from grader.verify.mutants.score import caught_by, rows

__all__ = [
    "Equivalent",
    "Listed",
    "Mutant",
    "caught_by",
    "listed",
    "mutants",
    "read_equivalents",
    "rows",
]
