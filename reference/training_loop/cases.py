"""Tiny problems to train on and to measure: a linear model, one or a few batches, plain SGD.

The model may have BatchNorm before its linear layer, and arrives in either mode.
The learning rate is 1, but 0.1 with BatchNorm, where a larger one blows up.
Classes are never tied, so that any way to take the largest output is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import torch
from hypothesis import strategies as st

from grader.blueprints import CriterionBlueprint, LoaderBlueprint, ModelBlueprint, OptimizerBlueprint
from grader.compare.compare import Terms, compare
from grader.compare.tolerance import Allowance
from grader.diagnosis.cases import Draw, Seen, Trouble, class_indices, one_of, size, source_of, tensor
from grader.wire.values import TensorValue

LOSSES = {"mse": "nn.MSELoss()", "cross_entropy": "nn.CrossEntropyLoss()"}


@cache
def blueprint(normed: bool, outputs: int, dtype: torch.dtype) -> ModelBlueprint:
    """A linear layer from one number, all zeros but for the last weight, which is 1; BatchNorm before it."""
    layers = (("batchnorm1d", 1),) if normed else ()
    start = ModelBlueprint.seeded((*layers, ("linear", 1, outputs)), seed=0, dtype=dtype)
    place = len(layers)
    weight = torch.zeros(outputs, 1, dtype=dtype)
    weight[-1] = 1.0
    linear = {f"{place}.weight": weight, f"{place}.bias": torch.zeros(outputs, dtype=dtype)}
    return replace(start, state={**start.state, **linear})


@dataclass(frozen=True)
class Problem:
    """A model, batches, and what is done with them.

    Attributes:
        function: 'train' or 'evaluate'.
        batches: Inputs (n, 1) and targets.
        criterion: 'mse' or 'cross_entropy'.
        normed: Whether BatchNorm stands before the linear layer.
        training: Whether the model arrives in training mode.
        epochs: How often to go through the batches.
        double: Whether all is float64. BatchNorm enlarges a rounding too much for float32.
    """

    function: str
    batches: tuple[tuple[torch.Tensor, torch.Tensor], ...]
    criterion: str
    normed: bool
    training: bool
    epochs: int = 1
    double: bool = False

    @property
    def sizes(self) -> dict[str, int]:
        """As in `Case`."""
        found = {"batches": len(self.batches), "samples": max(len(inputs) for inputs, _ in self.batches)}
        return found | {"epochs": self.epochs} if self.function == "train" else found

    # --- asking -----------------------------------------------------------------

    def attempt(self, trouble: Trouble, student, reference) -> Seen:
        """As in `Case`."""
        far = student.build(self._model)
        far.train(self.training)
        criterion, loader = CriterionBlueprint(self.criterion), LoaderBlueprint(self.batches)
        if self.function == "train":
            optimizer = OptimizerBlueprint("sgd", far, {"lr": self._rate})
            built = student.build(loader), student.build(optimizer), student.build(criterion)
            answer = student.train(far, *built, self.epochs, "cpu")
        else:
            answer = student.evaluate(far, student.build(loader), student.build(criterion), "cpu")
        returned, state = self._right(reference)
        yours, expected = answer.value, returned
        if _about_state(trouble):
            now = {name: TensorValue(value, "cpu", False) for name, value in far.state_dict().items()}
            yours, expected = tuple(now.get(name) for name in self._shown), tuple(map(state.get, self._shown))
        elif trouble.code != "type-differs":
            yours = _plain(yours)
        sizes = [abs(number) for number in returned] + [float(value.abs().max()) for value in state.values()]
        allowance = Allowance(terms=64, magnitude=10 * max(1.0, *sizes))
        findings = compare(yours, expected, allowance, Terms(call=answer.call))
        # The same trouble, in whichever epoch or parameter.
        return Seen(tuple(_as_in(trouble, finding) for finding in findings), yours, expected)

    def expected(self, trouble: Trouble, reference) -> object:
        """As in `Case`."""
        return self._right(reference)[0]

    def _right(self, reference) -> tuple[list[float] | tuple[float, float], dict[str, torch.Tensor]]:
        model = self._model.build().double().train(self.training)
        loader = [(_double(inputs), _double(targets)) for inputs, targets in self.batches]
        criterion = CriterionBlueprint(self.criterion).build()
        if self.function == "train":
            optimizer = OptimizerBlueprint("sgd", model, {"lr": self._rate}).build()
            returned = reference.module.train(model, loader, optimizer, criterion, self.epochs, "cpu")
        else:
            returned = reference.module.evaluate(model, loader, criterion, "cpu")
        return returned, model.state_dict()

    @property
    def _model(self) -> ModelBlueprint:
        dtype = torch.float64 if self.double else torch.float32
        return blueprint(self.normed, 1 if self.criterion == "mse" else 2, dtype)

    @property
    def _rate(self) -> float:
        return 0.1 if self.normed else 1.0

    @property
    def _shown(self) -> list[str]:
        linear = int(self.normed)
        return [f"{linear}.weight", f"{linear}.bias", *["0.running_mean"] * self.normed]

    # --- spelling ---------------------------------------------------------------

    def source(self, trouble: Trouble) -> str:
        """As in `Case`."""
        linear = int(self.normed)
        state = ", ".join(
            f'"{name}": {_spelled(self._model.state[f"{linear}.{name}"])}' for name in ("weight", "bias")
        )
        outputs = len(self._model.state[f"{linear}.bias"])
        layers = [*["nn.BatchNorm1d(1)"] * self.normed, f"nn.Linear(1, {outputs})"]
        batches = ",\n          ".join(f"({_spelled(x)}, {_spelled(y)})" for x, y in self.batches)
        lines = [
            *["torch.set_default_dtype(torch.float64)"] * self.double,
            f"model = nn.Sequential({', '.join(layers)})",
            f"model[{linear}].load_state_dict({{{state}}})",
            *["model.eval()"] * (not self.training),
            f"loader = [{batches}]",
        ]
        if self.function == "train":
            lines.append(f"optimizer = torch.optim.SGD(model.parameters(), lr={source_of(self._rate)})")
            call = f'train(model, loader, optimizer, {LOSSES[self.criterion]}, {self.epochs}, "cpu")'
        else:
            call = f'evaluate(model, loader, {LOSSES[self.criterion]}, "cpu")'
        shown = [f"model[{name[0]}].{name[2:]}" for name in self._shown]
        return "\n".join([*lines, call, *[", ".join(shown)] * _about_state(trouble)])

    # --- larger and smaller -----------------------------------------------------

    def grown(self, name: str) -> Problem | None:
        """As in `Case`."""
        if name == "batches":
            return replace(self, batches=self.batches * 2)
        if name == "epochs":
            return replace(self, epochs=2 * self.epochs)
        return replace(self, batches=tuple((torch.cat([x, x]), torch.cat([y, y])) for x, y in self.batches))

    def smaller(self, name: str) -> Iterator[Problem]:
        """As in `Case`."""
        count = len(self.batches)
        if name == "batches" and count > 1:
            for i in range(count):
                yield replace(self, batches=self.batches[:i] + self.batches[i + 1 :])
        elif name == "epochs" and self.epochs > 1:
            yield replace(self, epochs=self.epochs - 1)
        elif name == "samples":
            for i, (x, y) in enumerate(self.batches):
                if len(x) > 1:
                    yield replace(self, batches=(*self.batches[:i], (x[:-1], y[:-1]), *self.batches[i + 1 :]))


def _about_state(trouble: Trouble) -> bool:
    """Whether parameters and buffers are wrong, and not what was returned."""
    return trouble.leaf.startswith("['") or trouble.code == "names-differ"


def _as_in(trouble: Trouble, finding):
    return finding.model_copy(update={"leaf": trouble.leaf})


def _plain(value):
    """Tensors of one number as numbers: whether they are floats is a trouble of its own."""
    if isinstance(value, TensorValue) and value.data.numel() <= 8 and not value.data.is_complex():
        return value.data.double().tolist()
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _spelled(value: torch.Tensor) -> str:
    """Without its dtype, which is the default one."""
    return source_of(value.float() if value.is_floating_point() else value)


def _double(value: torch.Tensor) -> torch.Tensor:
    return value.double() if value.is_floating_point() else value


@st.composite
def problems(draw: Draw, function: str) -> Problem:
    """Up to three batches of up to three samples; two at least where BatchNorm needs them."""
    epochs = draw(size(3)) if function == "train" else 1
    criterion = draw(one_of("mse", "cross_entropy")) if function == "train" else "cross_entropy"
    training = draw(one_of(True, False))
    sizes = [draw(size(3)) for _ in range(draw(size(3)))]
    normed = draw(one_of(False, True)) and min(sizes) > 1
    double = draw(one_of(False, True)) or normed
    dtype = torch.float64 if double else torch.float32
    pairs = []
    for samples in sizes:
        inputs = draw(tensor(samples, 1, numbers=(1.0, -1.0, 2.0, -2.0), dtype=dtype))
        numbers = tensor(samples, 1, numbers=(0.0, 1.0, 2.0), dtype=dtype)
        targets = draw(numbers if criterion == "mse" else class_indices(samples, 2))
        pairs.append((inputs, targets))
    return Problem(function, tuple(pairs), criterion, normed, training, epochs, double)


def train() -> st.SearchStrategy[Problem]:
    """Problems to train on."""
    return problems("train")


def evaluate() -> st.SearchStrategy[Problem]:
    """Problems to measure."""
    return problems("evaluate")
