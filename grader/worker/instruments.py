"""The grader's own model, loader, optimizer and criterion, which remember what was done to them.

Student code sees perfectly ordinary objects: an nn.Module, an Optimizer,
something to iterate over. What they remember is evidence for a finding's text,
taken where student code could forge it; a mark hangs on the numbers that came
out. Everything that a `trace` holds is plain data, long columns as tensors.
"""

import functools
import gc
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

from grader.blueprints import Batches, build
from grader.tape import Tape
from grader.worker.handles import Handles, Trace


@dataclass
class Clock:
    """How far the loops of a worker have come: batches given by all of its loaders.

    Each instrument reads it from when it was made on, so that a second loop of
    the same worker starts at zero again. It also knows the losses of criteria that
    are recorded closely.
    """

    batches: int = 0
    losses: list["weakref.ref[Token]"] = field(default_factory=list)

    def graphs(self) -> int:
        """How many losses' graphs are alive."""
        self.losses = [loss for loss in self.losses if loss() is not None]
        return len(self.losses)

    def loss(self, value: Any) -> None:
        """Notice when the graph of a loss is gone."""
        if isinstance(value, torch.Tensor) and value.grad_fn is not None:
            token = Token()
            notes: Any = value.grad_fn.metadata  # live as long as this node of the graph
            notes["loss"] = token
            self.losses.append(weakref.ref(token))


class Token:
    """Something to hang on a graph."""


@dataclass
class _Counting:
    """What has a clock of its own start."""

    clock: Clock

    def __post_init__(self) -> None:
        self._start = self.clock.batches

    @property
    def batches(self) -> int:
        """Batches given since this instrument was made."""
        return self.clock.batches - self._start


@dataclass
class ModelTrace(_Counting):
    """Each forward pass of a model: modes, grad mode, device, batch, and whether a graph came out."""

    model: nn.Module
    modes: list[list[bool]] = field(default_factory=list)
    grad: list[bool] = field(default_factory=list)
    batch: list[int] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)
    graph: list[bool] = field(default_factory=list)

    def forward(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        """Remember a forward pass that is about to begin; `module` may be a copy of the model."""
        self.modes.append([part.training for part in module.modules()])
        self.grad.append(torch.is_grad_enabled())
        self.batch.append(self.batches - 1)
        self.devices.append(str(args[0].device) if args and isinstance(args[0], torch.Tensor) else "")

    def returned(self, outputs: Any) -> None:
        """Remember whether autograd recorded the forward pass that has just ended."""
        self.graph.append(isinstance(outputs, torch.Tensor) and outputs.requires_grad)

    def trace(self) -> dict[str, Any]:
        """The record as plain data.

        Returns:
            `modules`: names of all submodules, '' the model itself; `training`:
            bool tensor (forward passes, modules); `grad`: bool tensor (forward
            passes,); `graph`: bool tensor, whether the output of a forward pass
            that returned carried a graph; `batch`: int64 tensor, the index of the batch that the
            loader had given last, -1 before the first, counted over all
            rounds; `devices`: the devices that inputs were on.
        """
        names = [name for name, _ in self.model.named_modules()]
        return {
            "modules": names,
            "training": torch.tensor(self.modes, dtype=torch.bool).reshape(-1, len(names)),
            "grad": torch.tensor(self.grad, dtype=torch.bool),
            "graph": torch.tensor(self.graph, dtype=torch.bool),
            "batch": torch.tensor(self.batch, dtype=torch.int64),
            "devices": sorted(set(self.devices)),
            "forwards": len(self.grad),
        }


class RecordedBatches(Batches):
    """A loader that tells the clock about each batch."""

    def __init__(self, batches: Any, clock: Clock, rotate: bool = False):
        super().__init__(batches, rotate)
        self._clock = clock
        self.given = 0

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        return self._counted(super().__iter__())

    def _counted(
        self, pairs: Iterator[tuple[torch.Tensor, torch.Tensor]]
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        for pair in pairs:
            self._clock.batches += 1
            self.given += 1
            yield pair


@dataclass
class LoaderTrace(_Counting):
    """How often a loader was iterated, and how many batches it gave."""

    loader: RecordedBatches

    def trace(self) -> dict[str, Any]:
        """The record: `rounds` of the loader, `batches` given in all."""
        return {"rounds": self.loader.rounds, "batches": self.loader.given}


@dataclass
class OptimizerTrace(_Counting):
    """When an optimizer stepped, and how often gradients were cleared through it."""

    steps: list[int] = field(default_factory=list)
    zero_grads: int = 0
    tape: Tape | None = None

    def step(self, *_: Any) -> None:
        """Remember a step."""
        self.steps.append(self.batches)

    def zero_grad(self, original: Callable[..., None]) -> Callable[..., None]:
        """`zero_grad` of an optimizer, counted."""

        @functools.wraps(original)
        def counted(*args: Any, **kwargs: Any) -> None:
            self.zero_grads += 1
            original(*args, **kwargs)

        return counted

    def trace(self) -> dict[str, Any]:
        """The record.

        Returns:
            `steps` and `zero_grads`: how many; `at`: int64 tensor, how many
            batches the loader had given at each step, over all rounds;
            `since`: batches given since the last step; `tape`: what the steps
            did, if that was asked for (see `grader.tape`).
        """
        return ({"tape": self.tape.record()} if self.tape else {}) | {
            "steps": len(self.steps),
            "at": torch.tensor(self.steps, dtype=torch.int64),
            "since": self.batches - (self.steps[-1] if self.steps else 0),
            "zero_grads": self.zero_grads,
        }


@dataclass
class CriterionTrace(_Counting):
    """Each call of a criterion: how many samples, and for which batch."""

    samples: list[int] = field(default_factory=list)
    batch: list[int] = field(default_factory=list)

    def call(self, outputs: Any) -> None:
        """Remember a call."""
        self.samples.append(len(outputs) if isinstance(outputs, torch.Tensor) and outputs.dim() else 0)
        self.batch.append(self.batches - 1)

    def trace(self) -> dict[str, Any]:
        """The record: `calls`; `samples` and `batch`, int64 tensors with one entry a call."""
        return {
            "calls": len(self.samples),
            "samples": torch.tensor(self.samples, dtype=torch.int64),
            "batch": torch.tensor(self.batch, dtype=torch.int64),
        }


@dataclass
class _WithGraphs:
    """Adds to a record how many graphs are still alive, which no single instrument knows."""

    inner: Trace
    handles: Handles

    def trace(self) -> dict[str, Any]:
        return self.inner.trace() | {"graphs_alive": graphs_alive(self.handles)}


def make(
    kind: str, arguments: dict[str, Any], device: str, clock: Clock, handles: Handles
) -> tuple[Any, Trace]:
    """Build what a blueprint describes, with something that watches it.

    Where the arguments hold `taped`, an optimizer leaves a tape of its steps, and
    a criterion notices which graphs of its losses are kept.

    Raises:
        UsageError: There is no such blueprint.
    """
    value: Any
    inner: Trace
    if kind == "loader":
        value = RecordedBatches(arguments["batches"], clock, arguments.get("rotate", False))
        inner = LoaderTrace(clock, value)
    else:
        value, inner = _watched(build(kind, arguments, device), clock, arguments)
    return value, _WithGraphs(inner, handles)


def _watched(value: Any, clock: Clock, arguments: dict[str, Any]) -> tuple[Any, Trace]:
    taped = bool(arguments.get("taped"))
    if isinstance(value, Optimizer):
        steps = OptimizerTrace(clock)
        if taped:
            steps.tape = Tape(arguments["model"], value, lambda: steps.batches, clock.graphs)
        # Hooks and attributes hold functions, not bound methods: copies of the object share them.
        value.register_step_post_hook(lambda *_: steps.step())
        value.zero_grad = steps.zero_grad(value.zero_grad)  # type: ignore[method-assign]
        return value, steps
    if isinstance(value, nn.Sequential):
        forwards = ModelTrace(clock, value)
        value.register_forward_pre_hook(lambda module, args: forwards.forward(module, args))
        value.register_forward_hook(lambda _, args, outputs: forwards.returned(outputs))
        return value, forwards
    calls = CriterionTrace(clock)
    if isinstance(value, nn.Module):
        value.register_forward_pre_hook(lambda _, args: calls.call(args[0] if args else None))
        if taped:
            value.register_forward_hook(lambda _, args, loss: clock.loss(loss))
        return value, calls

    @functools.wraps(value)
    def counted(outputs: torch.Tensor, targets: torch.Tensor) -> Any:
        calls.call(outputs)
        loss = value(outputs, targets)
        if taped:
            clock.loss(loss)
        return loss

    return counted, calls


def graphs_alive(handles: Handles) -> int:
    """How many tensors hold a graph, those behind handles not counted, once garbage is gone.

    A loss that is kept counts with the outputs that its graph keeps: what matters is whether there are any.
    """
    gc.collect()
    kept = {id(value) for value in handles.objects()}
    return sum(
        1
        for value in gc.get_objects()
        if type(value) is torch.Tensor and value.grad_fn is not None and id(value) not in kept
    )
