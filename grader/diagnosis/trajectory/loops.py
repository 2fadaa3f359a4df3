"""One loop on both sides: what a student's left on its tape, and the reference's run on the same blueprints.

What comes from the far side is checked for shapes and types before anything is
read off it; where it is not as an honest worker sends it, there is no record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn

from grader.blueprints import Batches, CriterionBlueprint, LoaderBlueprint, ModelBlueprint, OptimizerBlueprint
from grader.student.calls import Witness
from grader.student.remote import RecordedObject, RemoteModule, RemoteObject
from grader.tape import Tape
from grader.wire.values import TensorValue

Pair = tuple[torch.Tensor, torch.Tensor]

MOST_SEEN = 3
"""Things that are told of one loop: the first is what matters, the others where it shows."""


@dataclass(frozen=True)
class Problem:
    """What a loop worked on: everything that it was given, as blueprints.

    Attributes:
        model: The model.
        loader: The batches.
        criterion: The loss.
        optimizer: The optimizer; None where something is only measured.
        far: What stands for the model of the student's loop.
        steps: What stands for its optimizer, likewise.
    """

    model: ModelBlueprint
    loader: LoaderBlueprint
    criterion: CriterionBlueprint
    optimizer: OptimizerBlueprint | None
    far: RemoteModule
    steps: RecordedObject | None
    walked: RecordedObject

    @property
    def dtype(self) -> torch.dtype:
        """The floating dtype of the model."""
        return next((t.dtype for t in self.model.state.values() if t.is_floating_point()), torch.float32)

    def pairs(self) -> list[Pair]:
        """The batches of one round, in the order of the blueprint, floating tensors in float64."""
        return [(_double(x), _double(y)) for x, y in self.loader.batches]

    def order(self, rounds: int) -> list[int]:
        """Which batch comes when, over so many rounds of the loader."""
        numbers = [(torch.tensor(i), torch.tensor(i)) for i in range(len(self.loader.batches))]
        walk = Batches(numbers, self.loader.rotate)
        return [int(number) for _ in range(rounds) for number, _ in walk]


@dataclass(frozen=True)
class Taken:
    """A tape that was read; see `Tape.record`."""

    states: torch.Tensor
    gradients: torch.Tensor
    at: list[int]
    moved: list[int]
    settings: list[int]
    graphs: list[int]
    forwards: list[int]
    modes: list[int]
    whole: bool

    @property
    def steps(self) -> int:
        """How many steps it holds."""
        return len(self.gradients)


@dataclass(frozen=True)
class Right:
    """The reference's run.

    Attributes:
        taken: Its tape; None where it has no optimizer.
        rounds: How often it went through the loader.
        losses: The loss of each call of the criterion.
        value: What it returned.
        names: Names of all parameters and then buffers, with how many numbers each has.
        parameters: How many of the names are parameters.
    """

    taken: Taken | None
    rounds: int
    losses: list[float]
    value: object
    names: list[tuple[str, int]]
    parameters: int


def problem_of(witness: Witness) -> Problem | None:
    """What a call worked on; None if it is no loop over what blueprints describe."""
    given = [*witness.asked.args, *witness.asked.kwargs.values()]
    built = {type(each.blueprint): each for each in given if isinstance(each, RemoteObject)}
    far, loader, criterion = (
        built.get(kind) for kind in (ModelBlueprint, LoaderBlueprint, CriterionBlueprint)
    )
    if not isinstance(far, RemoteModule) or not isinstance(loader, RecordedObject) or criterion is None:
        return None
    steps = built.get(OptimizerBlueprint)
    blueprint = steps.blueprint if isinstance(steps, RecordedObject) else None
    if isinstance(blueprint, OptimizerBlueprint) and blueprint.model is not far:
        return None
    assert isinstance(far.blueprint, ModelBlueprint)
    assert isinstance(loader.blueprint, LoaderBlueprint)
    assert isinstance(criterion.blueprint, CriterionBlueprint)
    return Problem(
        model=far.blueprint,
        loader=loader.blueprint,
        criterion=criterion.blueprint,
        optimizer=blueprint if isinstance(blueprint, OptimizerBlueprint) else None,
        far=far,
        steps=steps if isinstance(steps, RecordedObject) else None,
        walked=loader,
    )


def run_reference(problem: Problem, witness: Witness, function: Callable[..., object]) -> Right:
    """Run the reference's loop on what the blueprints describe, in float64 on the CPU."""
    model = problem.model.build().double()
    model.eval()
    loader = replace(problem.loader, batches=tuple(problem.pairs())).build()
    criterion, losses = problem.criterion.build(), list[float]()
    tape = optimizer = None
    if problem.optimizer is not None:
        optimizer = replace(problem.optimizer, model=model).build()
        tape = Tape(model, optimizer)

    def measured(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        loss = criterion(outputs, targets)
        losses.append(float(loss.detach()))
        return loss

    stands_for = {
        ModelBlueprint: model,
        LoaderBlueprint: loader,
        OptimizerBlueprint: optimizer,
        CriterionBlueprint: measured,
    }

    def near(value: object) -> object:
        if isinstance(value, RemoteObject):
            return stands_for[type(value.blueprint)]
        return "cpu" if value == "cuda" else value

    asked = witness.asked
    value = function(*map(near, asked.args), **{key: near(each) for key, each in asked.kwargs.items()})
    parameters = [(name, tensor.numel()) for name, tensor in model.named_parameters()]
    buffers = [(name, tensor.numel()) for name, tensor in model.named_buffers()]
    taken = None if tape is None else _read(tape.record())
    return Right(taken, loader.rounds, losses, value, [*parameters, *buffers], len(parameters))


def tape_of(problem: Problem, right: Right) -> Taken | None:
    """What the student's optimizer left, if it is sound."""
    trace = problem.steps.trace() if problem.steps is not None else None
    record = trace.get("tape") if isinstance(trace, Mapping) else None
    if not isinstance(record, Mapping):
        return None
    plain = {name: each.data if isinstance(each, TensorValue) else each for name, each in record.items()}
    taken = _read(plain)
    if taken is None or right.taken is None:
        return None
    sizes = (right.taken.states.shape[1], right.taken.gradients.shape[1])
    return taken if (taken.states.shape[1], taken.gradients.shape[1]) == sizes else None


def _read(record: Mapping[str, Any]) -> Taken | None:
    """A record as it should be, or None."""
    states, gradients = record.get("states"), record.get("gradients")
    for each in (states, gradients):
        if not isinstance(each, torch.Tensor) or each.dim() != 2 or each.dtype != torch.float64:
            return None
    assert isinstance(states, torch.Tensor)
    assert isinstance(gradients, torch.Tensor)
    steps = len(gradients)
    lengths = dict.fromkeys(("at", "settings", "graphs", "forwards"), steps)
    columns = {name: numbers_of(record.get(name), length) for name, length in lengths.items()}
    columns |= {"moved": numbers_of(record.get("moved"), steps + 1), "modes": numbers_of(record.get("modes"))}
    if len(states) != steps + 1 or any(column is None for column in columns.values()):
        return None
    known = {name: column for name, column in columns.items() if column is not None}
    return Taken(states, gradients, **known, whole=record.get("whole") is True)


def numbers_of(column: object, length: int | None = None) -> list[int] | None:
    """A column of whole numbers as a list, or None if it is none of that length."""
    data = column.data if isinstance(column, TensorValue) else column
    if not isinstance(data, torch.Tensor) or data.dim() != 1 or data.dtype not in (torch.int64, torch.bool):
        return None
    return [int(each) for each in data.tolist()] if length in (None, len(data)) else None


def load_flat(model: nn.Module, state: torch.Tensor) -> None:
    """Give a model all numbers of its parameters and buffers, in the order of a tape."""
    with torch.no_grad():
        tensors: Sequence[torch.Tensor] = [*model.parameters(), *model.buffers()]
        for tensor, part in zip(tensors, torch.split(state, [t.numel() for t in tensors]), strict=True):
            tensor.copy_(part.reshape(tensor.shape))


def _double(value: torch.Tensor) -> torch.Tensor:
    return value.double() if value.is_floating_point() else value
