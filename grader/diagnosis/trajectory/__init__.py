"""Training loops beside the reference's, step by step: where one leaves the path, and what was seen there.

A failing test is run once more while all that it builds leaves a tape
(`grader.tape`), and the reference's loop is run here on what the same blueprints
describe. Nothing is claimed that the numbers do not show.
"""

from grader.diagnosis.trajectory.explain import explain_training

__all__ = ["explain_training"]
