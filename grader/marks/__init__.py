"""From what tests gave to what counts: lateness, attempts, overrides, weights, and what a regrade changed.

Data over data: nothing here runs a process, opens a network or imports torch.
The course's policy says how; reports carry the outcome with every step of it,
so that the raw score, the penalty and the final mark can be read side by side.
"""

from grader.marks.choice import Attempted, attempt_before, choose, wanted
from grader.marks.lateness import late, strangers, told_undated, undated
from grader.marks.marking import marked
from grader.marks.totals import total

__all__ = [
    "Attempted",
    "attempt_before",
    "choose",
    "late",
    "marked",
    "strangers",
    "told_undated",
    "total",
    "undated",
    "wanted",
]
