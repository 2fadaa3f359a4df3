"""From two tapes to the first step that differs, and what was seen there.

The student's steps are laid beside the reference's, one by one. Steps that had no
gradient and changed nothing are told of, and not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import ModuleType

import torch

from grader.compare.samples import Sample
from grader.compare.tolerance import Allowance
from grader.diagnosis.trajectory.gradients import Gradients, Made
from grader.diagnosis.trajectory.loops import (
    Problem,
    Right,
    Taken,
    numbers_of,
    problem_of,
    run_reference,
    tape_of,
)
from grader.diagnosis.trajectory.losses import Losses, has_graph
from grader.findings.trajectory import Place, Seen, SeenKind, Trajectory
from grader.student.calls import Witness
from grader.student.failures import StudentFailed

MOST_SEEN = 3
"""Things that are told of one loop: the first is what matters, the others where it shows."""

MOST = 10_000
"""Counts are cut here: whatever a worker says, they stay small."""

DRIFT = {
    torch.float64: Allowance(terms=10_000, magnitude=1_000.0),
    torch.float32: Allowance(terms=64, magnitude=10.0),
}
"""How far parameters of right loops may drift apart, where a test does not say."""

TOUCHING = ("load_state_dict", "set_parameters", "step", "to")
"""Methods with which a test changes a model by itself."""


def explain_training(
    witnesses: Sequence[Witness], samples: Sequence[Sample], solution: ModuleType
) -> Trajectory | None:
    """Where the last loop of a failing test left the reference's way, and what was seen there.

    Args:
        witnesses: The calls of that test, made while they were witnessed; its worker
            still lives, so that what it built can be asked.
        samples: What the test claimed, for how far numbers may differ.
        solution: The reference's module.

    Returns:
        None if the test has no loop over what blueprints describe, the reference has
        no function of that name, or nothing is known of what went wrong.
    """
    loops = [(each, found) for each in witnesses if (found := problem_of(each))]
    if not loops:
        return None
    witness, problem = loops[-1]
    function = getattr(solution, witness.asked.name, None)
    met_before = any(other.far is problem.far for _, other in loops[:-1])
    if function is None or met_before or not problem.far.alive or _touched(problem, witnesses):
        return None
    with torch.random.fork_rng(devices=[]):
        right = run_reference(problem, witness, function)
        try:
            if problem.optimizer is not None:
                return _of_training(problem, witness, right, _allowance(problem, witness, samples))
            return _of_measuring(problem, witness, right)
        except StudentFailed:  # the worker ended, or does not answer: then nothing is known
            return None


def _touched(problem: Problem, witnesses: Sequence[Witness]) -> bool:
    """Whether the test itself changed the model, before the loop or after it."""
    names = (*TOUCHING, "__call__") if any("running" in name for name in problem.model.state) else TOUCHING
    return any(witness.asked.name in names for witness in witnesses)


def _allowance(problem: Problem, witness: Witness, samples: Sequence[Sample]) -> Allowance | None:
    """How far parameters may differ; None where rounding alone can lead another way."""
    if problem.dtype not in DRIFT or problem.optimizer is None:
        return None
    if problem.dtype != torch.float64 and problem.optimizer.name != "sgd":
        return None
    for sample in samples:
        claims_state = sample.name == witness.asked.name and isinstance(sample.expected, Mapping)
        if claims_state and isinstance(sample.allowance, Allowance):
            return sample.allowance
    return DRIFT[problem.dtype]


# --- loops that train -----------------------------------------------------------------


@dataclass(frozen=True)
class Both:
    """A student's loop and the reference's.

    Attributes:
        problem: What both worked on.
        right: The reference's run.
        theirs: The reference's tape.
        mine: The student's tape.
        counted: Which of the student's steps count, in order.
        stopped: Whether the student's loop ended in an exception.
        allowance: How far numbers may differ.
    """

    problem: Problem
    right: Right
    theirs: Taken
    mine: Taken
    counted: list[int]
    stopped: bool
    allowance: Allowance

    @property
    def needed(self) -> int:
        """Steps that the reference makes; its tape may hold fewer."""
        return self.right.rounds * len(self.problem.loader.batches)

    @property
    def empty(self) -> int:
        """Steps that had no gradient and changed nothing."""
        return self.mine.steps - len(self.counted)

    def place(self, step: int) -> Place:
        """Where the reference is at a step, from 0."""
        many = len(self.problem.loader.batches)
        return Place(epoch=step // many + 1, batch=step % many + 1)

    def states(self) -> list[torch.Tensor]:
        """The student's states before each step that counts, and after the last."""
        before = [self.mine.states[step] for step in self.counted]
        return [*before, self.mine.states[-1]]

    def differing(self, mine: torch.Tensor, theirs: torch.Tensor) -> tuple[int, float, float] | None:
        """Which name is the first that differs, by how much, and how much was allowed."""
        sizes = [size for _, size in self.right.names]
        allowed = self.allowance.limit(theirs, self.problem.dtype)
        gaps = (mine - theirs).abs()
        wrong = ~(gaps <= allowed)
        parts = zip(*(torch.split(each, sizes) for each in (wrong, gaps, allowed)), strict=True)
        for i, (bad, gap, limit) in enumerate(parts):
            if bad.any():
                return i, float(gap.max()), float(limit[bad.nonzero()[0]])
        return None


def _of_training(
    problem: Problem, witness: Witness, right: Right, allowance: Allowance | None
) -> Trajectory | None:
    mine, theirs = tape_of(problem, right), right.taken
    batches = len(problem.loader.batches)
    if mine is None or theirs is None or allowance is None or not batches:
        return None
    if theirs.steps > right.rounds * batches or (theirs.whole and theirs.steps < right.rounds * batches):
        return None  # no step for each batch: this is another kind of loop
    both = Both(problem, right, theirs, mine, _counted(mine, theirs), witness.answer is None, allowance)
    if both.differing(mine.states[0], theirs.states[0]) is not None:
        return None  # the test did something to the model before
    value = witness.answer.value if witness.answer is not None else None
    for i, step in enumerate(both.counted[: theirs.steps]):
        differs = both.differing(mine.states[step + 1], theirs.states[i + 1])
        if differs is not None:
            seen = [*_at(both, i), *_of_all(both, i)]
            return _trajectory(both, i, i, differs, [*seen, *_kept(both, value)])
    if not mine.whole or not theirs.whole:
        return None
    return _same_so_far(both, witness, value)


def _counted(mine: Taken, theirs: Taken) -> list[int]:
    if bool((theirs.gradients == 0).all(1).any()):
        return list(range(mine.steps))  # the reference has such steps too
    return [
        step
        for step in range(mine.steps)
        if bool((mine.gradients[step] != 0).any())
        or not torch.equal(mine.states[step], mine.states[step + 1])
    ]


def _same_so_far(both: Both, witness: Witness, value: object) -> Trajectory | None:
    """No step differs: there are too few or too many, or it is about something else than steps."""
    made, needed = len(both.counted), both.needed
    end = both.mine.states[-1]
    if made < needed:
        differs = both.differing(end, both.theirs.states[made + 1])
        if both.stopped and not both.mine.steps:
            return None
        if differs is not None:
            return _trajectory(both, made, made, differs, [*_of_all(both, made), *_kept(both, value)])
    if made > needed:
        differs = both.differing(both.mine.states[both.counted[needed] + 1], both.theirs.states[-1])
        if differs is not None:
            return _trajectory(both, needed, needed, differs, [*_extra(both), *_kept(both, value)])
    seen = [*_unused(both), Seen(kind="moved-outside")] if both.mine.moved[-1] else []
    seen += _after_all(both)
    kind = None if both.stopped else Losses(both.problem, both.right).of_training(value)
    if kind is not None:
        seen.append(Seen(kind=kind))
    seen += [*([] if both.stopped else _number(both)), *_kept(both, value)]
    if both.stopped and made:
        seen.insert(0, Seen(kind="stopped", count=made, expected=needed))
    return _trajectory(both, made, None, None, seen) if seen else None


def _after_all(both: Both) -> list[Seen]:
    """Forward passes after the last step, which move buffers."""
    state = both.problem.far.state_dict()
    final = [state[name].double().reshape(-1) for name, _ in both.right.names if name in state]
    passes, needed = both.mine.modes.count(1), len(both.right.losses)
    if both.stopped or [len(each) for each in final] != [size for _, size in both.right.names]:
        return []
    differs = both.differing(torch.cat(final), both.theirs.states[-1])
    if differs is None or differs[0] < both.right.parameters or passes <= needed:
        return []
    return [Seen(kind="more-forwards", count=passes, expected=needed)]


def _trajectory(
    both: Both, same: int, step: int | None, differs: tuple[int, float, float] | None, seen: Iterable[Seen]
) -> Trajectory:
    facts: dict[str, object] = {}
    if step is not None and differs is not None:
        first, gap, allowed = differs
        facts = {
            "step": step + 1,
            "missing": step >= len(both.counted),
            "place": both.place(step) if step < both.needed else None,
            "name": both.right.names[first][0],
            "buffer": first >= both.right.parameters,
            "gap": gap,
            "allowed": allowed,
        }
    return Trajectory(
        steps=both.mine.steps,
        expected_steps=both.needed,
        same=same,
        seen=tuple(seen)[:MOST_SEEN],
        **facts,  # type: ignore[arg-type]
    )


def _at(both: Both, i: int) -> list[Seen]:
    """What was seen at the first step that differs, from 0."""
    mine, step, here = both.mine, both.counted[i], (both.place(i),)
    gradient = mine.gradients[step]
    if mine.moved[step]:
        return [Seen(kind="moved-outside", places=here)]
    seen = [Seen(kind="settings-changed", places=here)] if mine.settings[step] else []
    if bool((gradient == 0).all()):
        return [*seen, Seen(kind="step-empty", count=1, places=here)]
    gradients = Gradients(both.problem, both.problem.order(both.right.rounds), both.states())
    made = gradients.explained(gradient, i) if bool(gradient.isfinite().all()) else None
    if made == Made((i,)):
        return [*seen, *_forwards(both, i)] or [Seen(kind="gradient-right", places=here)]
    if i and torch.equal(gradient, mine.gradients[both.counted[i - 1]]):
        return [*seen, Seen(kind="step-repeated", places=(both.place(i - 1),))]
    if made is None:
        return [*seen, Seen(kind="gradient-differs", places=here)]
    return [*seen, *_made(both, i, made)]


def _made(both: Both, i: int, made: Made) -> list[Seen]:
    places = tuple(both.place(step) for step in made.steps)
    seen: list[Seen] = []
    if made.factor != 1:
        seen.append(Seen(kind="scaled", places=places, factor=made.factor, named=made.named))
    elif len(places) > 1:
        seen.append(Seen(kind="piled-up" if made.own else "joined", places=places))
    elif made.steps != (i,):
        seen += _other(both, i, made.steps[0])
    if not made.training:
        seen.append(Seen(kind="evaluation-mode", places=places))
    return seen


def _other(both: Both, i: int, used: int) -> list[Seen]:
    """The step was about another batch: the one that the loader had just given, if it is that."""
    order = both.problem.order(both.right.rounds)
    given = both.mine.at[both.counted[i]] - 1
    if not i < given < len(order) or order[given] != order[used]:
        return [Seen(kind="other-batch", places=(both.place(used),))]
    without = tuple(map(both.place, range(i, given)))
    return [Seen(kind="other-batch", places=(both.place(given),)), Seen(kind="no-step", places=without)]


def _forwards(both: Both, i: int) -> list[Seen]:
    """The gradient is right, and still something moved: buffers do with each forward pass."""
    mine, step, here = both.mine, both.counted[i], (both.place(i),)
    rows = mine.modes[mine.forwards[step - 1] if step else 0 : mine.forwards[step]]
    if not both.mine.states.shape[1] > both.mine.gradients.shape[1]:
        return []
    if rows.count(1) > 1:
        return [Seen(kind="more-forwards", count=rows.count(1), expected=1, places=here)]
    return [Seen(kind="evaluation-mode", places=here)] if rows and not any(rows) else []


def _extra(both: Both) -> list[Seen]:
    """All steps of the reference were made, and then one more."""
    needed, mine = both.needed, both.mine
    last, extra = (mine.gradients[both.counted[i]] for i in (needed - 1, needed))
    seen = [Seen(kind="step-repeated", places=(both.place(needed - 1),))] if torch.equal(last, extra) else []
    return [*seen, *_of_all(both, needed)]


def _of_all(both: Both, i: int) -> list[Seen]:
    """How many steps there were in all, and how often the loader was begun."""
    made, needed = len(both.counted), both.needed
    rounds = [] if both.stopped else _rounds(both)
    seen = rounds[:1] if rounds and not rounds[0].count else _unused(both)
    if made <= i and both.mine.moved[-1]:
        seen.append(Seen(kind="moved-outside"))
    if both.empty:
        seen.append(Seen(kind="step-empty", count=both.empty))
    if both.stopped:
        seen.append(Seen(kind="stopped", count=made, expected=needed))
    else:
        seen += [*_number(both), *(each for each in rounds if each.count)]
    return seen


def _number(both: Both) -> list[Seen]:
    """How many steps there were, if that is not how many there should be."""
    made, needed = len(both.counted), both.needed
    if both.empty or not made or made == needed or not both.mine.whole:
        return []
    kind: SeenKind = "steps-fewer" if made < needed else "steps-more"
    return [Seen(kind=kind, count=made, expected=needed)]


def _unused(both: Both) -> list[Seen]:
    """The optimizer that was given made no step at all."""
    if both.mine.steps or both.stopped:
        return []
    return [Seen(kind="optimizer-unused", expected=both.needed)]


def _rounds(both: Both) -> list[Seen]:
    trace = both.problem.walked.trace()
    rounds = trace.get("rounds") if isinstance(trace, Mapping) else None
    if type(rounds) is not int or not 0 <= rounds != both.right.rounds:
        return []
    return [Seen(kind="loader-rounds", count=min(rounds, MOST), expected=both.right.rounds)]


def _kept(both: Both, value: object) -> list[Seen]:
    """Graphs that are held on to."""
    if has_graph(value):
        return [Seen(kind="graph-returned")]
    grown = both.mine.graphs[: len(both.problem.loader.batches)]
    if len(grown) >= 3 and all(later > earlier for earlier, later in pairwise(grown)):
        return [Seen(kind="graphs-kept", count=min(grown[-1], MOST), expected=1)]
    return []


# --- loops that measure ---------------------------------------------------------------


def _of_measuring(problem: Problem, witness: Witness, right: Right) -> Trajectory | None:
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
