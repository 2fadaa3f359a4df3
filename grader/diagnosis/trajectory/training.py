"""A loop that trains: the first step that differs from the reference's, and what was seen there.

The student's steps are laid beside the reference's, one by one. Steps that had no
gradient and changed nothing are told of, and not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import torch

from grader.compare.tolerance import Allowance
from grader.diagnosis.trajectory.gradients import Gradients, Made
from grader.diagnosis.trajectory.loops import MOST_SEEN, Problem, Right, Taken, tape_of
from grader.diagnosis.trajectory.losses import Losses, has_graph
from grader.findings.trajectory import Curves, Place, Seen, SeenKind, Trajectory
from grader.student.calls import Witness

MOST = 10_000
"""Counts are cut here: whatever a worker says, they stay small."""


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


def of_training(
    problem: Problem, witness: Witness, right: Right, allowance: Allowance | None
) -> Trajectory | None:
    """What was seen of a loop with an optimizer; None if it tells nothing of what went wrong.

    Args:
        problem: What the loop worked on.
        witness: Its call, and what came back.
        right: The reference's run.
        allowance: How far parameters may differ; None if that cannot be told.
    """
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
            buffers = differs[0] >= right.parameters
            seen = [*_at(both, i, buffers), *_of_all(both, i)]
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
        losses=_curves(both) if step is not None else None,
        **facts,  # type: ignore[arg-type]
    )


def _curves(both: Both) -> Curves | None:
    """The losses along both ways; None where the student's loop made no step, so that there is no way."""
    if not both.counted:
        return None
    losses = Losses(both.problem, both.right)
    yours, expected = losses.along(both.states()), losses.along(list(both.theirs.states))
    return Curves(yours=yours, expected=expected, batches=len(both.problem.loader.batches))


def _at(both: Both, i: int, buffers: bool) -> list[Seen]:
    """What was seen at the first step that differs, from 0; `buffers` if no parameter differs there."""
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
        seen += _forwards(both, i)
        return seen if seen or buffers else [Seen(kind="gradient-right", places=here)]
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
