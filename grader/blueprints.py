"""Blueprints: models, loaders, optimizers and criteria as plain data.

A hidden test describes what a training loop should work on; the worker builds
it from the description for the student's code, the judge builds the same for
the reference. Both use `build`, plain torch and nothing else. A blueprint is
no secret: students may know everything in here. Building one draws no random
numbers that anyone would notice.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar, cast

import torch
from torch import nn
from torch.optim.optimizer import ParamsT

from grader.errors import UsageError, suggestion

Made = TypeVar("Made")

Layer = tuple[Any, ...]
"""The name of a layer and its arguments, such as ("linear", 8, 16)."""

LAYERS: dict[str, Callable[..., nn.Module]] = {
    "linear": nn.Linear,
    "conv2d": nn.Conv2d,
    "batchnorm1d": nn.BatchNorm1d,
    "batchnorm2d": nn.BatchNorm2d,
    "layernorm": nn.LayerNorm,
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "dropout": nn.Dropout,
    "maxpool2d": nn.MaxPool2d,
    "flatten": nn.Flatten,
}


@dataclass(frozen=True)
class ModelBlueprint:
    """A chain of layers and the parameters and buffers to start from.

    Attributes:
        layers: Names from `LAYERS` with the layer's positional arguments.
        state: What `state_dict()` of the model holds, such as '0.weight'. Its
            floating dtype becomes the model's. Use `seeded` to draw one.
    """

    layers: tuple[Layer, ...]
    state: Mapping[str, torch.Tensor]
    kind: ClassVar[str] = "model"

    @classmethod
    def seeded(cls, layers: Sequence[Layer], seed: int, dtype: torch.dtype | None = None) -> "ModelBlueprint":
        """A model whose parameters are drawn from `seed`, the same on every machine.

        Weights of two or more dimensions are normal with a variance of one over
        the fan-in; everything else is what torch starts with, biases zero. All of it is
        of `dtype`, None for torch's default.
        """
        dtype = dtype or torch.get_default_dtype()
        layers = tuple(tuple(layer) for layer in layers)
        generator = torch.Generator().manual_seed(seed)
        model = _chain(layers).to(dtype)
        state = {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
        for name, parameter in model.named_parameters():
            if parameter.dim() > 1:
                fan_in = parameter[0].numel()
                # Drawn in float64: the numbers don't depend on the dtype asked for.
                draw = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
                state[name] = (draw / fan_in**0.5).to(dtype)
            elif name.endswith("bias"):
                state[name] = torch.zeros_like(state[name])
        return cls(layers, state)

    def arguments(self) -> dict[str, Any]:
        """What the Build message carries."""
        return {"layers": self.layers, "state": dict(self.state)}

    def build(self, device: str = "cpu") -> nn.Sequential:
        """The model, in training mode, on `device`."""
        return cast(nn.Sequential, build(self.kind, self.arguments(), device))


@dataclass(frozen=True)
class LoaderBlueprint:
    """Batches of (inputs, targets), in order; on the CPU, as a loader has them.

    Attributes:
        batches: The pairs. They may differ in size.
        rotate: Whether each round starts one batch later than the one before,
            as a loader that shuffles has another order each time. Then a round
            too many shows in what is learned.
    """

    batches: tuple[tuple[torch.Tensor, torch.Tensor], ...]
    rotate: bool = False
    kind: ClassVar[str] = "loader"

    @classmethod
    def split(cls, inputs: torch.Tensor, targets: torch.Tensor, size: int) -> "LoaderBlueprint":
        """Batches of `size` samples in order; the last may be smaller."""
        return cls(tuple(zip(torch.split(inputs, size), torch.split(targets, size), strict=True)))

    def arguments(self) -> dict[str, Any]:
        """What the Build message carries."""
        return {"batches": self.batches, "rotate": self.rotate}

    def build(self, device: str = "cpu") -> "Batches":
        """The loader. Its batches stay on the CPU, whatever `device` is."""
        return cast(Batches, build(self.kind, self.arguments(), device))


@dataclass(frozen=True)
class OptimizerBlueprint:
    """An optimizer of all parameters of a model.

    Attributes:
        name: One of 'sgd', 'adam', 'adamw', 'rmsprop' and 'signs'.
        model: The model itself: a module, or what stands for one on the far side.
        options: Keyword arguments, such as {"lr": 0.1}.
    """

    name: str
    model: Any
    options: Mapping[str, float | bool] = field(default_factory=dict)
    kind: ClassVar[str] = "optimizer"

    def arguments(self) -> dict[str, Any]:
        """What the Build message carries."""
        return {"name": self.name, "model": self.model, "options": dict(self.options)}

    def build(self, device: str = "cpu") -> torch.optim.Optimizer:
        """The optimizer; `device` is the model's."""
        return cast(torch.optim.Optimizer, build(self.kind, self.arguments(), device))


@dataclass(frozen=True)
class CriterionBlueprint:
    """A loss that is the mean over the batch.

    Attributes:
        name: One of `CRITERIA`.
    """

    name: str
    kind: ClassVar[str] = "criterion"

    def arguments(self) -> dict[str, Any]:
        """What the Build message carries."""
        return {"name": self.name}

    def build(self, device: str = "cpu") -> "Criterion":
        """The criterion; it holds nothing that would need a device."""
        return cast(Criterion, build(self.kind, self.arguments(), device))


Blueprint = ModelBlueprint | LoaderBlueprint | OptimizerBlueprint | CriterionBlueprint
Criterion = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


class Batches:
    """A loader that is only iterable: no length, no dataset.

    Every round yields fresh copies, as a DataLoader does.

    Attributes:
        rounds: How many times it has been iterated.
    """

    def __init__(self, batches: Sequence[tuple[torch.Tensor, torch.Tensor]], rotate: bool = False):
        self._batches = tuple((inputs.cpu(), targets.cpu()) for inputs, targets in batches)
        self._rotate = rotate
        self.rounds = 0

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        first = self.rounds % len(self._batches) if self._rotate and self._batches else 0
        self.rounds += 1
        order = self._batches[first:] + self._batches[:first]
        return ((inputs.clone(), targets.clone()) for inputs, targets in order)


class Signs(torch.optim.Optimizer):
    """Moves each parameter by `lr` against the sign of its gradient (signSGD without momentum).

    No student has seen this one, so a loop that works with it works with any.
    """

    def __init__(self, params: ParamsT, lr: float = 0.01):
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """One step; `closure` is called first, with gradients on, if there is one."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    parameter.sub_(parameter.grad.sign(), alpha=group["lr"])
        return loss


def half_square(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Half the squared distance of each output (N, ...) to its target, mean over the N samples.

    A plain function: a loop that asks a criterion for more than a call breaks.
    """
    return (outputs - targets).square().reshape(len(outputs), -1).sum(dim=1).mean() / 2


def brier(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The Brier score: squared distance of the probabilities (N, C) to the one-hot classes (N,), mean over N.

    A plain function that takes class indices. Source: G. Brier, "Verification of
    forecasts expressed in terms of probability", Monthly Weather Review 78, 1950.
    """
    right = nn.functional.one_hot(targets, outputs.shape[1])
    return (outputs.softmax(dim=1) - right).square().sum(dim=1).mean()


OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
    "signs": Signs,
}

CRITERIA: dict[str, Callable[[], Criterion]] = {
    "cross_entropy": nn.CrossEntropyLoss,
    "mse": nn.MSELoss,
    "l1": nn.L1Loss,
    "smooth_l1": nn.SmoothL1Loss,
    "bce_with_logits": nn.BCEWithLogitsLoss,
    "half_square": lambda: half_square,
    "margin": nn.MultiMarginLoss,
    "brier": lambda: brier,
}


def build(kind: str, arguments: Mapping[str, Any], device: str) -> object:
    """The live object that a blueprint of `kind` describes.

    Args:
        kind: 'model', 'loader', 'optimizer' or 'criterion'.
        arguments: What the blueprint's `arguments()` gave, handles replaced by
            the live objects that they stand for.
        device: Where a model goes. An optimizer follows its model.

    Raises:
        UsageError: A name is unknown; the sentence says which are known.
    """
    match kind:
        case "model":
            return _model(arguments["layers"], arguments["state"], device)
        case "loader":
            return Batches(arguments["batches"], arguments.get("rotate", False))
        case "optimizer":
            make = _known(OPTIMIZERS, arguments["name"], "optimizer")
            return make(arguments["model"].parameters(), **arguments["options"])
        case "criterion":
            return _known(CRITERIA, arguments["name"], "criterion")()
    raise UsageError(f"There is no blueprint of kind '{kind}'.")


def _model(layers: Sequence[Layer], state: Mapping[str, torch.Tensor], device: str) -> nn.Sequential:
    model = _chain(layers)
    dtypes = [tensor.dtype for tensor in state.values() if tensor.is_floating_point()]
    if dtypes:
        model.to(dtypes[0])
    model.load_state_dict(dict(state))
    return model.to(device)


def _chain(layers: Sequence[Layer]) -> nn.Sequential:
    # Layers draw their first weights from torch's global generator: put it back.
    with torch.random.fork_rng(devices=[]):
        return nn.Sequential(*(_known(LAYERS, name, "layer")(*sizes) for name, *sizes in layers))


def _known(table: Mapping[str, Callable[..., Made]], name: str, what: str) -> Callable[..., Made]:
    if name not in table:
        known = ", ".join(table)
        raise UsageError(f"There is no {what} '{name}'; known are {known}.{suggestion(name, table)}")
    return table[name]
