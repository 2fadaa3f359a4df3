"""The hostile class: attacks that are graded as any class is, and what came of them.

Trusted side. A class of attacks is laid out in a temporary place full of
canaries, graded by one batch together with honest neighbours, and judged by
what can be seen from outside: canaries in reports, listeners that were called,
files that were changed, processes that are left. What an attack says of itself
never speaks in its favour.
"""

from grader.verify.hostile.judging import Outcome
from grader.verify.hostile.manifest import Attack, Goal, Neighbour, read_attacks, read_neighbours
from grader.verify.hostile.run import run_class

__all__ = ["Attack", "Goal", "Neighbour", "Outcome", "read_attacks", "read_neighbours", "run_class"]
