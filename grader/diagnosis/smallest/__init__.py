"""The smallest case: the simplest call on which a submission still goes wrong as a failing test did.

Calls are what an exercise's `cases.py` allows (`calls`); one that goes wrong is
shrunk and replayed (`search`), and written as Python to paste (`spelling`).
"""

from grader.diagnosis.smallest.calls import Oracle, Trouble
from grader.diagnosis.smallest.search import in_haste, smallest

__all__ = ["Oracle", "Trouble", "in_haste", "smallest"]
