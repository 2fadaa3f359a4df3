"""What the numbers that a loop returned are, if its parameters went the reference's way.

Each way in which an average can go wrong is worked out from the reference's own
losses, batch by batch, and compared. A number that several of them explain is
left alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import torch

from grader.diagnosis.trajectory.loops import Problem, Right, load_flat
from grader.findings.trajectory import SeenKind
from grader.wire.values import TensorValue

NEAR = 1e-5
"""Numbers that differ by less than this share are taken for equal: they may have been added up in float32."""

APART = 1e-3
"""A wrong way of averaging is told from the right one where it gives something else by this share."""

MOST_POINTS = 64
"""Steps of which the loss is told: as many as a small picture can show, and a few milliseconds."""


def numbers(value: object) -> list[float] | None:
    """The numbers in a flat list or tuple, one-element tensors included; None for anything else."""
    if not isinstance(value, list | tuple):
        return None
    found: list[float] = []
    for each in value:
        if isinstance(each, TensorValue) and each.data.numel() == 1 and not each.data.is_complex():
            found.append(float(each.data))
        elif isinstance(each, int | float):
            found.append(float(each))
        else:
            return None
    return found


def has_graph(value: object) -> bool:
    """Whether a tensor came back that autograd was following."""
    if isinstance(value, list | tuple):
        return any(has_graph(each) for each in value)
    return isinstance(value, TensorValue) and value.requires_grad


@dataclass(frozen=True)
class Round:
    """One round of the loader: the loss of each batch, and how many samples it had."""

    losses: list[float]
    sizes: list[int]

    @property
    def total(self) -> float:
        """The losses of all samples together."""
        return sum(loss * size for loss, size in zip(self.losses, self.sizes, strict=True))

    @property
    def samples(self) -> int:
        """How many samples."""
        return sum(self.sizes)


class Losses:
    """Losses of the batches of a problem along the reference's way.

    Args:
        problem: The problem.
        right: The reference's run.
    """

    def __init__(self, problem: Problem, right: Right) -> None:
        self._problem, self._right = problem, right
        self._pairs, self._order = problem.pairs(), problem.order(right.rounds)
        self._model, self._criterion = problem.model.build().double(), problem.criterion.build()

    def of_training(self, value: object) -> SeenKind | None:
        """What the losses that a training loop returned are, one for each round."""
        return self._told(numbers(value), numbers(self._right.value), self._training_candidates())

    def along(self, states: Sequence[torch.Tensor]) -> tuple[float, ...]:
        """The loss of the batch whose turn it is, with each of the states before it, to six digits."""
        found = []
        for i, (batch, state) in enumerate(zip(self._order[:MOST_POINTS], states, strict=False)):
            torch.manual_seed(i)  # what dropout draws is the same along both ways
            found.append(float(f"{self._loss(batch, state, True):.6g}"))
        return tuple(found)

    def of_measuring(self, value: object) -> list[SeenKind]:
        """What the loss and the accuracy are that a measurement returned."""
        mine, right = numbers(value), numbers(self._right.value)
        if mine is None or right is None or len(mine) != 2 or len(right) != 2:
            return []
        told = [
            self._told(mine[:1], right[:1], self._measuring_candidates()),
            self._told(mine[1:], right[1:], self._accuracy_candidates()),
        ]
        return [each for each in told if each is not None]

    def _told(
        self,
        mine: list[float] | None,
        right: list[float] | None,
        candidates: Iterator[tuple[SeenKind, list[float]]],
    ) -> SeenKind | None:
        if mine is None or right is None or len(mine) != len(right) or _alike(mine, right, APART):
            return None
        fits = {kind: None for kind, values in candidates if _alike(mine, values, NEAR)}
        return next(iter(fits)) if len(fits) == 1 or set(fits) == _AFTERWARDS else None

    def _rounds(self, losses: Sequence[float]) -> list[Round]:
        """`losses` of all batches in their order, by round."""
        sizes, many = [len(self._pairs[batch][0]) for batch in self._order], len(self._pairs)
        starts = range(0, len(sizes), many)
        return [Round(list(losses[i : i + many]), sizes[i : i + many]) for i in starts]

    def _averages(self, rounds: Sequence[Round]) -> Iterator[tuple[SeenKind, list[float]]]:
        yield "loss-by-batch", [sum(each.losses) / len(each.losses) for each in rounds]
        yield "loss-not-divided", [sum(each.losses) for each in rounds]
        yield "loss-not-divided", [each.total for each in rounds]
        yield "loss-not-weighted", [sum(each.losses) / each.samples for each in rounds]
        yield "loss-over-batches", [each.total / len(each.losses) for each in rounds]
        yield "loss-of-first-batch", [each.losses[0] for each in rounds]
        yield "loss-of-last-batch", [each.losses[-1] for each in rounds]

    def _training_candidates(self) -> Iterator[tuple[SeenKind, list[float]]]:
        if len(self._right.losses) != len(self._order):
            return
        rounds = self._rounds(self._right.losses)
        yield from self._averages(rounds)
        before = [rounds[: i + 1] for i in range(len(rounds))]
        yield "loss-so-far", [sum(r.total for r in some) / sum(r.samples for r in some) for some in before]
        yield "loss-so-far", [sum(r.total for r in some) / some[-1].samples for some in before]
        taken, many = self._right.taken, len(self._pairs)
        if taken is None or taken.steps != len(self._order):
            return
        later = [self._loss(batch, taken.states[i + 1], True) for i, batch in enumerate(self._order)]
        yield "loss-after-step", [each.total / each.samples for each in self._rounds(later)]
        for training in (True, False):
            ends = [taken.states[(i // many + 1) * many] for i in range(len(self._order))]
            last = [self._loss(batch, end, training) for batch, end in zip(self._order, ends, strict=True)]
            yield "loss-after-epoch", [each.total / each.samples for each in self._rounds(last)]

    def _measuring_candidates(self) -> Iterator[tuple[SeenKind, list[float]]]:
        state = self._start()
        yield from self._averages(self._rounds([self._loss(batch, state, False) for batch in self._order]))
        training = self._rounds([self._loss(batch, state, True) for batch in self._order])
        yield "measured-in-training-mode", [each.total / each.samples for each in training]

    def _accuracy_candidates(self) -> Iterator[tuple[SeenKind, list[float]]]:
        shares = {training: self._shares(training) for training in (False, True)}
        sizes = [len(self._pairs[batch][0]) for batch in self._order]
        if shares[False]:
            yield "accuracy-by-batch", [sum(shares[False]) / len(shares[False])]
        if shares[True]:
            hits = sum(share * size for share, size in zip(shares[True], sizes, strict=True))
            yield "measured-in-training-mode", [hits / sum(sizes)]

    def _shares(self, training: bool) -> list[float]:
        """The share of each batch whose largest output is the target's; empty if targets are no classes."""
        shares: list[float] = []
        for batch in self._order:
            outputs, targets = self._outputs(batch, self._start(), training), self._pairs[batch][1]
            if outputs is None or targets.dim() != 1 or outputs.dim() != 2 or targets.is_floating_point():
                return []
            shares.append(float((outputs.argmax(1) == targets).double().mean()))
        return shares

    def _loss(self, batch: int, state: torch.Tensor, training: bool) -> float:
        outputs, targets = self._outputs(batch, state, training), self._pairs[batch][1]
        return math.nan if outputs is None else float(self._criterion(outputs, targets))

    def _outputs(self, batch: int, state: torch.Tensor, training: bool) -> torch.Tensor | None:
        """What the model gives; None where it refuses, as BatchNorm does for one sample in training mode."""
        load_flat(self._model, state)
        self._model.train(training)
        try:
            with torch.no_grad():
                return cast(torch.Tensor, self._model(self._pairs[batch][0]))
        except ValueError:
            return None

    def _start(self) -> torch.Tensor:
        return start_of(self._problem.model.state, self._right)


_AFTERWARDS: set[SeenKind] = {"loss-after-step", "loss-after-epoch"}
"""With a single batch the same; the first is said."""


def start_of(state: Mapping[str, torch.Tensor], right: Right) -> torch.Tensor:
    """All numbers of a model's state, in the order of a tape."""
    return torch.cat([state[name].double().reshape(-1) for name, _ in right.names])


def _alike(one: Sequence[float], other: Sequence[float], share: float) -> bool:
    return all(abs(a - b) <= share * max(abs(a), abs(b)) for a, b in zip(one, other, strict=True))
