"""Tiny networks whose parameters are all one number, simplest first.

With one number everywhere it does not matter which parameter is which, what it
is called, or which way round a weight lies: that is up to the student.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from hypothesis import strategies as st

from grader.compare.compare import Terms, compare
from grader.compare.tolerance import Allowance
from grader.diagnosis.cases import SIMPLE, Draw, Seen, Trouble, one_of, size, source_of, tensor

SIZES = ("d_in", "d_hidden", "d_out")


@dataclass(frozen=True)
class Network:
    """A network, all its parameters of one number, and a batch.

    Attributes:
        shape: Numbers in one sample, hidden units, outputs.
        number: Every parameter.
        x: The batch, (N, d_in) or (N, ..., ...).
        training: Whether the network is in training mode.
    """

    shape: tuple[int, int, int]
    number: float
    x: torch.Tensor
    training: bool = True

    @property
    def sizes(self) -> dict[str, int]:
        """As in `Case`."""
        found = {"N": len(self.x), **dict(zip(SIZES, self.shape, strict=True))}
        return found if self.x.ndim == 2 else found | {"dimensions": self.x.ndim}

    def attempt(self, trouble: Trouble, student, reference) -> Seen:
        """As in `Case`."""
        far = student.MLP.keep(*self.shape)
        if not self.training:
            far.eval()
        olds = far.named_parameters()
        far.set_parameters({name: torch.full_like(old, self.number) for name, old in olds.items()})
        answer = far(self.x)
        expected = self.expected(trouble, reference)
        # What the layers add up in the worst case: nothing cancels when all is positive.
        most = replace(self, number=abs(self.number), x=self.x.abs()).expected(trouble, reference).abs().max()
        allowance = Allowance(terms=sum(self.shape), magnitude=3 * float(most))
        findings = compare(answer.value, expected, allowance, Terms(answer.device, self.x.dtype, answer.call))
        return Seen(tuple(findings), answer.value, expected)

    def expected(self, trouble: Trouble, reference) -> torch.Tensor:
        """As in `Case`."""
        network = reference.module.MLP(*self.shape).double()
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.fill_(self.number)
            return network(self.x.double())

    def source(self, trouble: Trouble) -> str:
        """As in `Case`."""
        model = f"MLP({', '.join(map(str, self.shape))})"
        return "\n".join(
            [
                f"model = {model}{'' if self.training else '.eval()'}",
                "for p in model.parameters():",
                f"    torch.nn.init.constant_(p, {source_of(self.number)})",
                f"model({source_of(self.x)})",
            ]
        )

    def grown(self, name: str) -> Network | None:
        """As in `Case`."""
        if name == "N":
            return replace(self, x=torch.cat([self.x, self.x]))
        if name == "d_in":
            return self._of(name, 2 * self.shape[0], torch.cat([self.x, self.x], -1))
        return self._of(name, 2 * self.sizes[name], self.x) if name in SIZES else None

    def smaller(self, name: str) -> Iterator[Network]:
        """As in `Case`."""
        fewer = self.sizes[name] - 1
        if fewer == 0 or name == "dimensions":
            return
        if name == "N":
            yield from (replace(self, x=self.x[:fewer]), replace(self, x=self.x[1:]))
        elif name != "d_in":
            yield self._of(name, fewer, self.x)
        elif self.x.ndim == 2:
            yield from (self._of(name, fewer, self.x[:, :fewer]), self._of(name, fewer, self.x[:, 1:]))

    def _of(self, name: str, size: int, x: torch.Tensor) -> Network:
        shape = tuple(size if each == name else now for each, now in zip(SIZES, self.shape, strict=True))
        return replace(self, shape=shape, x=x)


@st.composite
def MLP(draw: Draw) -> Network:  # noqa: N802 - named like the entry point
    """Up to three of everything; samples that are rows, or small images."""
    batch, hidden, outputs = draw(size(3)), draw(size(3)), draw(size(3))
    rest = draw(one_of((1,), (2,), (3,), (1, 2), (1, 2, 2)))
    number = draw(one_of(1.0, -1.0, 2.0, 0.5))
    x = draw(tensor(batch, *rest, numbers=SIMPLE))
    return Network((math.prod(rest), hidden, outputs), number, x, draw(one_of(True, False)))


call = MLP
