"""Whether two programs were wrong in the same way on one test.

They agree when each claim of the test saw the same from both: equal types and
shapes, equal positions of NaN, and numbers that are nearer to each other than a
few per cent of their distance from what was expected. Agreement in rounding
noise, or of programs that are both right, is not what is asked here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from grader.compare.compare import Terms
from grader.compare.samples import Sample
from grader.compare.tolerance import Allowance, AllowanceTree, item
from grader.findings import ExceptionRaised, Finding
from grader.student.calls import Answer, Refusal
from grader.wire.values import TensorValue

ROUNDINGS = 8.0
"""Two right programs differ by at most two allowances; two wrong ones have larger intermediate values."""

NEARER = 0.02
"""Two programs are wrong alike where they differ by less than this share of their error: 50 times nearer
to each other than to the reference."""


@dataclass(frozen=True)
class Record:
    """One run of one test.

    Attributes:
        passed: Whether the test passed.
        samples: Its claims, in order.
        findings: What it ended with.
    """

    passed: bool
    samples: tuple[Sample, ...]
    findings: tuple[Finding, ...]


def agree(one: Record, other: Record) -> bool:
    """Whether both runs of a test failed, and saw the same at each of its claims."""
    return not one.passed and not other.passed and same(one, other)


def same(one: Record, other: Record) -> bool:
    """Whether two runs saw the same at each claim or call."""
    if len(one.samples) != len(other.samples):
        return False
    if not all(_alike(a, b) for a, b in zip(one.samples, other.samples, strict=True)):
        return False
    return _ended_alike(one.findings, other.findings)


SHAPES_DO_NOT_FIT = frozenset(
    {"matmul-shapes", "einsum", "broadcast", "in-place-shape", "join-shapes", "loss-shapes"}
)
"""Kinds of exceptions that say the same of two programs which compute one thing in two ways."""


def _ended_alike(one: Sequence[Finding], other: Sequence[Finding]) -> bool:
    if [finding.code for finding in one] != [finding.code for finding in other]:
        return False
    return all(
        _raised_alike(a, b)
        for a, b in zip(one, other, strict=True)
        if isinstance(a, ExceptionRaised) and isinstance(b, ExceptionRaised)
    )


def _raised_alike(one: ExceptionRaised, other: ExceptionRaised) -> bool:
    if one.kind in SHAPES_DO_NOT_FIT and other.kind in SHAPES_DO_NOT_FIT:
        return True
    return one.type == other.type and _skeleton(one.message) == _skeleton(other.message)


NUMBER = r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?"


def _skeleton(message: str) -> str:
    """A message without what two programs with the same mistake may spell differently: numbers and names."""
    return re.sub(rf"'[^']*'|\"[^\"]*\"|{NUMBER}", "#", message)


def _alike(one: Sample, other: Sample) -> bool:
    if (one.claim, one.name) != (other.claim, other.name):
        return False
    if [finding.code for finding in one.findings] != [finding.code for finding in other.findings]:
        return False
    match one.claim:
        case "statement":
            return _stated_alike(one.value, other.value)
        case "state":
            return bool(one.value == other.value)
        case "refusal":
            return _refused_alike(one.value, other.value)
        case "value" if one.part is not None:
            return _parts_alike(one, other, one.part)
        case _:
            return _values_alike(one.value, other.value, one.expected, one.allowance, one.terms)


def _stated_alike(one: tuple[str, bool, str], other: tuple[str, bool, str]) -> bool:
    """The same statement with the same outcome; where it fails, the numbers that were seen are near, too."""
    (statement, holds, detail), (statement_2, holds_2, detail_2) = one, other
    if (statement, holds) != (statement_2, holds_2):
        return False
    numbers, numbers_2 = (re.findall(NUMBER, text) for text in (detail, detail_2))
    return holds or (
        re.sub(NUMBER, "#", detail) == re.sub(NUMBER, "#", detail_2)
        and all(
            math.isclose(float(a), float(b), rel_tol=NEARER) for a, b in zip(numbers, numbers_2, strict=True)
        )
    )


def _refused_alike(one: object, other: object) -> bool:
    match one, other:
        case Refusal(), Refusal():
            return one.type == other.type
        case Answer(), Answer():
            return _values_alike(one.value, other.value, None, Allowance(), Terms(dtype=one.dtype))
        case _:
            return False


def _parts_alike(one: Sample, other: Sample, part: int) -> bool:
    """The items that the claim was about, where both have it; what is wrong in another has its own tests."""
    if not (_has(one.value, part) and _has(other.value, part)):
        return _values_alike(one.value, other.value, one.expected, one.allowance, one.terms)
    if len(one.value) != len(other.value):
        return False
    return _values_alike(
        one.value[part],
        other.value[part],
        _part(one.expected, part),
        _allowed(one.allowance, part),
        one.terms,
    )


def _has(value: Any, part: int) -> bool:
    return isinstance(value, list | tuple) and part < len(value)


def _values_alike(one: Any, other: Any, expected: Any, allowance: AllowanceTree, terms: Terms) -> bool:
    """Two values of one claim; `expected` is None where nothing is known of it."""
    match one, other:
        case TensorValue(), TensorValue():
            return _tensors_alike(one, other, expected, allowance, terms)
        case ((list() | tuple()), (list() | tuple())):
            return len(one) == len(other) and all(
                _values_alike(a, b, _part(expected, i), _allowed(allowance, i), terms)
                for i, (a, b) in enumerate(zip(one, other, strict=True))
            )
        case dict(), dict():
            return one.keys() == other.keys() and all(
                _values_alike(one[key], other[key], _part(expected, key), _allowed(allowance, key), terms)
                for key in one
            )
        case float(), float():
            a, b = (torch.tensor(value, dtype=torch.float64) for value in (one, other))
            right = torch.tensor(expected, dtype=torch.float64) if isinstance(expected, float) else None
            return _numbers_alike(a, b, right, allowance, terms.precision)
        case _:
            return type(one) is type(other) and bool(one == other)


def _tensors_alike(
    one: TensorValue, other: TensorValue, expected: Any, allowance: AllowanceTree, terms: Terms
) -> bool:
    a, b = one.data, other.data
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    precision = a.dtype if a.dtype.is_floating_point else terms.precision
    right = expected if isinstance(expected, torch.Tensor) and expected.shape == a.shape else None
    return _numbers_alike(
        a.to(torch.float64),
        b.to(torch.float64),
        None if right is None else right.double(),
        allowance,
        precision,
    )


def _numbers_alike(
    one: torch.Tensor,
    other: torch.Tensor,
    expected: torch.Tensor | None,
    allowance: AllowanceTree,
    precision: torch.dtype,
) -> bool:
    """Elementwise: equal, or as near as rounding explains, or far nearer than both are to `expected`."""
    allowed = allowance if isinstance(allowance, Allowance) else Allowance()
    if expected is None:
        allowed = Allowance(allowed.terms)  # its magnitude is that of another shape
    limit = allowed.limit(other if expected is None else expected, precision)
    same = (one == other) | (one.isnan() & other.isnan())
    gap = (one - other).abs()
    near = gap <= ROUNDINGS * limit
    if expected is not None:
        # Whether an overflow ends in inf or in NaN depends on what is computed first.
        same |= ~one.isfinite() & ~other.isfinite() & expected.isfinite()
        wrong = torch.minimum((one - expected).abs(), (other - expected).abs())
        near = torch.where(wrong > limit, gap <= NEARER * wrong, near)
    return bool((same | (near & gap.isfinite())).all())  # +inf and -inf are infinitely far from each other


def _part(expected: Any, key: int | str) -> Any:
    if isinstance(expected, Mapping):
        return expected.get(key)
    if isinstance(expected, list | tuple) and isinstance(key, int) and key < len(expected):
        return expected[key]
    return None


def _allowed(allowance: AllowanceTree, key: int | str) -> AllowanceTree:
    try:
        return item(allowance, key)
    except (TypeError, KeyError, IndexError):
        return Allowance()
