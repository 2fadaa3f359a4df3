"""What a test claimed, and what came of it: recorded, so that a failure can be explained.

While a test runs inside `recording()`, each claim about an answer leaves a
`Sample`: what was called with what, what came back, what was expected. It
holds references to what is there anyway, so that a test which passes pays
nothing. Samples stay in the judge; what is shown of them is made of findings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal

from grader.compare.compare import Terms
from grader.compare.tolerance import Allowance, AllowanceTree
from grader.findings import Finding

Claim = Literal["value", "gradients", "arguments", "state", "refusal", "statement"]
"""What a claim is about."""


@dataclass(frozen=True)
class Sample:
    """One claim about one answer.

    Attributes:
        claim: What it is about.
        name: The entry point or method that was called; '' for a statement.
        args: What it was called with, by position.
        kwargs: What it was called with, by name.
        value: What came back, as it came over the wire; for a statement whether it holds.
        expected: What should have: float64 tensors, numbers, containers of them.
        allowance: How far numbers may differ from it.
        terms: What the comparison held the value to.
        findings: What does not hold; empty if all does.
        part: The item of a tuple that alone was compared; None for all of it.
    """

    claim: Claim
    name: str = ""
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    value: Any = None
    expected: Any = None
    allowance: AllowanceTree = field(default_factory=Allowance)
    terms: Terms = field(default_factory=Terms)
    findings: tuple[Finding, ...] = ()
    part: int | None = None


_samples: ContextVar[list[Sample] | None] = ContextVar("samples", default=None)


@contextmanager
def recording() -> Iterator[list[Sample]]:
    """Keep the samples of all claims that are made inside."""
    samples: list[Sample] = []
    token = _samples.set(samples)
    try:
        yield samples
    finally:
        _samples.reset(token)


def record(sample: Sample) -> None:
    """Keep a sample, if anybody wants it."""
    samples = _samples.get()
    if samples is not None:
        samples.append(sample)
