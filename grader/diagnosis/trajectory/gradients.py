"""What the gradient of a step is made of: which batches, in which mode, times what.

Every candidate is computed and compared number by number. One is believed if
it is the only one that fits: small problems have coincidences.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from grader.diagnosis.trajectory.loops import Problem, load_flat
from grader.findings.trajectory import FactorName

MOST_BATCHES = 32
"""Batches of a round for which sums are tried: one step of a longer one is not worth the time."""

SUPPORT = 4
"""Numbers that must not be zero before a factor is believed: two small vectors can be parallel by chance."""


@dataclass(frozen=True)
class Made:
    """What a gradient is made of.

    Attributes:
        steps: Which steps of the reference's those batches belong to, from 0, in order.
        own: Whether each batch met the parameters of its own step; else all those of this one.
        training: Whether the model was in training mode.
        factor: How many times as large it is.
        named: What that equals.
    """

    steps: tuple[int, ...]
    own: bool = False
    training: bool = True
    factor: float = 1.0
    named: FactorName = ""


class Gradients:
    """Gradients of the batches of a problem, at the parameters that a student's loop met.

    Args:
        problem: The problem.
        order: Which batch each step of the reference's is about.
        states: The states before the student's steps, by step; they are the reference's up to the last.
    """

    def __init__(self, problem: Problem, order: Sequence[int], states: Sequence[torch.Tensor]) -> None:
        self._pairs, self._order, self._states = problem.pairs(), order, states
        self._model, self._criterion = problem.model.build().double(), problem.criterion.build()
        self._known: dict[tuple[int, int, bool], torch.Tensor] = {}
        self._near = 1e-8 if problem.dtype == torch.float64 else 1e-4

    def of(self, step: int, at: int, training: bool = True) -> torch.Tensor:
        """The gradient of the batch of a step, at the parameters before step `at`."""
        batch = self._order[step]
        key = (batch, at, training)
        if key not in self._known:
            load_flat(self._model, self._states[at])
            self._model.train(training)
            self._known[key] = self._gradient(*self._pairs[batch])
        return self._known[key]

    def _gradient(self, inputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        parameters = list(self._model.parameters())
        try:
            loss = self._criterion(self._model(inputs), targets)
        except ValueError:  # as BatchNorm says of a single sample in training mode
            return torch.full((sum(p.numel() for p in parameters),), torch.nan, dtype=torch.float64)
        parts = torch.autograd.grad(loss, parameters, allow_unused=True, materialize_grads=True)
        return torch.cat([part.reshape(-1) for part in parts])

    def near(self, one: torch.Tensor, other: torch.Tensor) -> bool:
        """Whether two gradients are equal up to rounding."""
        size = max(float(one.abs().max()), float(other.abs().max()))
        return size > 0 and float((one - other).abs().max()) <= self._near * size

    def explained(self, seen: torch.Tensor, step: int) -> Made | None:
        """What the gradient of the student's step is made of; None if nothing fits, or several do.

        Args:
            seen: That gradient.
            step: Which step, from 0.
        """
        if self.near(seen, self.of(step, step)):
            return Made((step,))
        modes = [True]
        if not self.near(self.of(step, step), self.of(step, step, False)):
            modes.append(False)
        candidates = {made: total for mode in modes for made, total in self._sums(step, mode)}
        fits = [made for made, total in candidates.items() if self.near(seen, total)]
        if not fits and int((seen != 0).sum()) >= SUPPORT:
            fits = [
                each
                for made, total in candidates.items()
                if step in made.steps and (each := self._scaled(made, seen, total)) is not None
            ]
        batches = {(tuple(self._order[i] for i in made.steps), made.training) for made in fits}
        return fits[0] if len(batches) == 1 else None

    def _sums(self, step: int, training: bool) -> Iterator[tuple[Made, torch.Tensor]]:
        """Gradients of one batch, and of several that follow each other."""
        total = self.of(step, step, training)
        for first in range(step - 1, max(-1, step - MOST_BATCHES), -1):
            total = total + self.of(first, first, training)
            yield Made(tuple(range(first, step + 1)), own=True, training=training), total
        batches = len(self._pairs)
        begin = step - step % batches
        if batches > MOST_BATCHES:
            yield Made((step,), training=training), self.of(step, step, training)
            return
        for first in range(begin, begin + batches):
            total = torch.zeros_like(total)
            for last in range(first, begin + batches):
                total = total + self.of(last, step, training)
                yield Made(tuple(range(first, last + 1)), training=training), total

    def _scaled(self, made: Made, seen: torch.Tensor, total: torch.Tensor) -> Made | None:
        factor = float(seen @ total) / max(float(total @ total), 1e-300)
        if factor <= 0 or not self.near(seen, factor * total):
            return None
        named = self._named(factor, made)
        return Made(made.steps, made.own, made.training, factor, named)

    def _named(self, factor: float, made: Made) -> FactorName:
        size = len(self._pairs[self._order[made.steps[-1]]][0])
        known: dict[int, tuple[FactorName, FactorName]] = {
            sum(len(inputs) for inputs, _ in self._pairs): ("samples", "1/samples"),
            len(self._pairs): ("batches", "1/batches"),
            size: ("batch size", "1/batch size"),  # with a single batch that of all samples, too
        }
        for whole, (name, inverse) in known.items():
            if whole > 1 and abs(factor - whole) <= self._near * whole:
                return name
            if whole > 1 and abs(factor * whole - 1) <= self._near:
                return inverse
        return ""
