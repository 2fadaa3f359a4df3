"""A loop that measures: it has no optimizer, and should leave all as it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch

from grader.diagnosis.trajectory.loops import MOST_SEEN, Problem, Right, numbers_of
from grader.diagnosis.trajectory.losses import Losses, has_graph
from grader.findings.trajectory import Seen, SeenKind, Trajectory
from grader.student.calls import Witness


def of_measuring(problem: Problem, witness: Witness, right: Right) -> Trajectory | None:
    """What was seen of a loop that has no optimizer and changes nothing."""
    value = witness.answer.value if witness.answer is not None else None
    kinds: list[SeenKind] = list(_moved(problem, right))
    kinds += Losses(problem, right).of_measuring(value)
    if has_graph(value):
        kinds.append("graph-returned")
    kinds += _recorded(problem)
    seen = tuple(Seen(kind=kind) for kind in dict.fromkeys(kinds))[:MOST_SEEN]
    return Trajectory(steps=0, expected_steps=0, same=0, seen=seen) if seen else None


def _moved(problem: Problem, right: Right) -> Iterable[SeenKind]:
    """Whether the model is another one afterwards."""
    state, before = problem.far.state_dict(), problem.model.state
    if {name: t.shape for name, t in state.items()} != {name: t.shape for name, t in before.items()}:
        return
    same = [torch.equal(state[name], before[name].cpu()) for name, _ in right.names]
    if not all(same[: right.parameters]):
        yield "evaluation-trains"
    if not all(same[right.parameters :]):
        yield "statistics-moved"


def _recorded(problem: Problem) -> list[SeenKind]:
    """Whether autograd followed the loop, and whether something went backward in it."""
    trace = problem.far.trace()
    columns = (
        [numbers_of(trace.get(name)) for name in ("batch", "graph")] if isinstance(trace, Mapping) else []
    )
    if len(columns) != 2 or columns[0] is None or columns[1] is None or len(columns[0]) != len(columns[1]):
        return []
    batches, graphs = columns[0], columns[1]
    seen: list[SeenKind] = []
    if any(graph for batch, graph in zip(batches, graphs, strict=True) if batch >= 0):
        seen.append("graph-recorded")
    if -1 not in batches and problem.far.gradients():  # else the test may have made them itself
        seen.append("evaluation-backward")
    return seen
