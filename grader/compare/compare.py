"""One result against the expected one: all that differs, as findings.

Attributes before values: type, length, shape, dtype, device, then NaN and
infinities, then numbers. Every failing leaf gets a finding, not the first.
Comparison is exact on types and shapes: nothing broadcasts, nothing converts,
and a NaN never compares as equal to a number.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch

from grader.compare.shares import note
from grader.compare.tolerance import Allowance, AllowanceTree, item
from grader.compare.where import where
from grader.findings import (
    DeviceDiffers,
    DtypeDiffers,
    Entry,
    Finding,
    LengthDiffers,
    NamesDiffer,
    NotFinite,
    ShapeDiffers,
    TypeDiffers,
    ValuesDiffer,
)
from grader.wire.values import HandleValue, OpaqueValue, TensorValue

MAX_ENTRIES = 5
"""Rows of the table of differences: enough to see a pattern, few enough to read."""


@dataclass(frozen=True)
class Terms:
    """What a comparison holds a result to, apart from the values.

    Attributes:
        device: Device type that tensors must be on, such as 'cpu'.
        dtype: Dtype that floating tensors must have and that the allowance
            follows from; None takes float32 for the allowance and any dtype.
        call: The call in short form, for the findings.
    """

    device: str = "cpu"
    dtype: torch.dtype | None = None
    call: str | None = None

    @property
    def precision(self) -> torch.dtype:
        """The floating dtype that the allowance follows from."""
        return self.dtype or torch.float32


def compare(
    value: object,
    expected: object,
    allowance: AllowanceTree,
    terms: Terms,
    *,
    leaf: str = "",
    part: int | None = None,
) -> list[Finding]:
    """Compare `value`, as it came over the wire, with `expected`.

    Args:
        value: Plain data, with `TensorValue` for tensors.
        expected: Tensors (float64 or integers), numbers, None, and tuples,
            lists and dicts of them.
        allowance: How far numbers may differ, for the whole or for each item.
        terms: Device, dtype and call.
        leaf: What to call the whole in findings; '' for what a call returned.
        part: The only item of a sequence that counts; the length must be right all the same.

    Returns:
        One finding for each leaf that differs, in order; empty if none does. The largest
        error of each leaf with numbers is noted (see `grader.compare.shares`).
    """
    if part is not None and isinstance(expected, list | tuple):
        return list(_sequence(value, expected, allowance, terms, leaf, part))
    return list(_walk(value, expected, allowance, terms, leaf))


def _walk(
    value: object, expected: object, allowance: AllowanceTree, terms: Terms, leaf: str
) -> Iterator[Finding]:
    match expected:
        case torch.Tensor() if expected.is_complex():
            raise TypeError("cannot compare complex tensors: half of each number would not be looked at")
        case torch.Tensor():
            yield from _tensor(value, expected, allowance, terms, leaf)
        case list() | tuple():
            yield from _sequence(value, expected, allowance, terms, leaf)
        case dict():
            yield from _mapping(value, expected, allowance, terms, leaf)
        case bool() | int() | str() | None:
            if type(value) is not type(expected):
                yield _type_differs(value, expected, terms, leaf)
            elif value != expected:
                note(math.inf)
                yield _scalar_differs(value, expected, allowance, terms, leaf)
        case float():
            if type(value) is not float:
                yield _type_differs(value, expected, terms, leaf)
            else:
                seen = torch.tensor(value, dtype=torch.float64)
                wanted = torch.tensor(expected, dtype=torch.float64)
                yield from _numbers(seen, wanted, allowance, terms, leaf, ("type",))
        case _:
            raise TypeError(f"cannot compare with an expected {type(expected).__name__}")


def _sequence(
    value: object,
    expected: Sequence[object],
    allowance: AllowanceTree,
    terms: Terms,
    leaf: str,
    part: int | None = None,
) -> Iterator[Finding]:
    if not isinstance(value, list | tuple):
        yield _type_differs(value, expected, terms, leaf)
    elif len(value) != len(expected):
        yield LengthDiffers(call=terms.call, leaf=leaf, yours=len(value), expected=len(expected))
    else:
        for i, (mine, theirs) in enumerate(zip(value, expected, strict=True)):
            if part in (None, i):
                yield from _walk(mine, theirs, item(allowance, i), terms, f"{leaf}[{i}]")


def _mapping(
    value: object, expected: Mapping[str, object], allowance: AllowanceTree, terms: Terms, leaf: str
) -> Iterator[Finding]:
    if not isinstance(value, dict):
        yield _type_differs(value, expected, terms, leaf)
        return
    missing = tuple(key for key in expected if key not in value)
    unexpected = tuple(key for key in value if key not in expected)
    if missing or unexpected:
        yield NamesDiffer(call=terms.call, leaf=leaf, missing=missing, unexpected=unexpected)
    for key in expected:
        if key in value:
            yield from _walk(value[key], expected[key], item(allowance, key), terms, f"{leaf}[{key!r}]")


def _tensor(
    value: object, expected: torch.Tensor, allowance: AllowanceTree, terms: Terms, leaf: str
) -> Iterator[Finding]:
    if not isinstance(value, TensorValue):
        yield _type_differs(value, expected, terms, leaf)
        return
    wrong = list(_attributes(value, expected, terms, leaf))
    names = {"shape-differs": "shape", "dtype-differs": "dtype", "device-differs": "device"}
    bad = {names[finding.code] for finding in wrong}
    good = ("type", *(name for name in ("shape", "dtype", "device") if name not in bad))
    if wrong:
        yield from (finding.model_copy(update={"good": good}) for finding in wrong)
        return
    yield from _numbers(
        value.data.to(torch.float64),
        expected.to(torch.float64),
        allowance,
        terms,
        leaf,
        good,
        value.data.dtype,
    )


def _attributes(
    value: TensorValue, expected: torch.Tensor, terms: Terms, leaf: str
) -> Iterator[ShapeDiffers | DtypeDiffers | DeviceDiffers]:
    shape, wanted_shape = tuple(value.data.shape), tuple(expected.shape)
    if shape != wanted_shape:
        yield ShapeDiffers(call=terms.call, leaf=leaf, yours=shape, expected=wanted_shape)
    if expected.dtype.is_floating_point:
        wanted_dtype = terms.dtype or (
            value.data.dtype if value.data.dtype.is_floating_point else terms.precision
        )
    else:
        wanted_dtype = expected.dtype
    if value.data.dtype != wanted_dtype:
        yield DtypeDiffers(
            call=terms.call, leaf=leaf, yours=dtype_name(value.data.dtype), expected=dtype_name(wanted_dtype)
        )
    if value.device.partition(":")[0] != terms.device:
        yield DeviceDiffers(call=terms.call, leaf=leaf, yours=value.device, expected=terms.device)


def _numbers(
    seen: torch.Tensor,
    wanted: torch.Tensor,
    allowance: AllowanceTree,
    terms: Terms,
    leaf: str,
    good: tuple[str, ...],
    dtype: torch.dtype | None = None,
) -> Iterator[Finding]:
    """Compare two float64 tensors of one shape, element by element."""
    if not isinstance(allowance, Allowance):
        raise TypeError(f"the allowance of {leaf or 'the result'} must be a single Allowance")
    exact = dtype is not None and not dtype.is_floating_point
    precision = terms.precision if dtype is None or exact else dtype
    limit = torch.zeros_like(wanted) if exact else allowance.limit(wanted, precision)
    gap = (seen - wanted).abs()
    used = gap / limit  # not a number or infinite where numbers are to be the same
    if not exact and used.numel() and (worst := float(used.max())) <= 1.0:  # false where one is no number
        note(worst)
        return
    same = seen == wanted
    unsound = ~seen.isfinite() & ~same & ~(seen.isnan() & wanted.isnan())
    if unsound.any():
        note(math.inf)
        yield NotFinite(
            call=terms.call,
            leaf=leaf,
            shape=tuple(seen.shape),
            nan=int((unsound & seen.isnan()).sum()),
            infinite=int((unsound & seen.isinf()).sum()),
            total=seen.numel(),
            entries=_entries(unsound.to(torch.float64), seen, wanted, limit),
            where=where(unsound, wanted),
            good=good,
        )
        return
    right = same | (used <= 1.0) | (seen.isnan() & wanted.isnan())
    if not right.all():
        badness = torch.where(right, 0.0, gap if exact else used)
        note(math.inf if exact else float(badness.max()))
        yield ValuesDiffer(
            call=terms.call,
            leaf=leaf,
            shape=tuple(seen.shape),
            dtype=dtype_name(dtype or precision),
            wrong=int((~right).sum()),
            total=seen.numel(),
            entries=_entries(badness.nan_to_num(nan=0.0), seen, wanted, limit),
            first=_entries((~right).to(torch.float64), seen, wanted, limit),
            where=where(~right, wanted),
            terms=allowance.terms,
            good=good,
        )
    elif not exact and seen.numel():  # infinities and NaN as expected, which have no error
        note(float(used.nan_to_num(nan=0.0).max()))


def _entries(
    badness: torch.Tensor, seen: torch.Tensor, wanted: torch.Tensor, limit: torch.Tensor
) -> tuple[Entry, ...]:
    """The elements of the largest positive badness, worst first; the first ones where equal."""
    order = torch.sort(badness.reshape(-1), descending=True, stable=True).indices
    count = min(MAX_ENTRIES, int((badness > 0).sum()))
    flat = order[:count]
    positions = (
        torch.stack(torch.unravel_index(flat, badness.shape), dim=1) if badness.ndim else flat[:, None][:, :0]
    )
    return tuple(
        Entry(
            index=tuple(index),
            yours=float(seen.reshape(-1)[i]),
            expected=float(wanted.reshape(-1)[i]),
            allowed=float(limit.reshape(-1)[i]),
        )
        for i, index in zip(flat.tolist(), positions.tolist(), strict=True)
    )


def _scalar_differs(
    value: object, expected: object, allowance: AllowanceTree, terms: Terms, leaf: str
) -> Finding:
    if isinstance(value, int) and isinstance(expected, int):
        entry = Entry(index=(), yours=value, expected=expected, allowed=0.0)
        kind = type(expected).__name__
        return ValuesDiffer(
            call=terms.call, leaf=leaf, shape=(), dtype=kind, wrong=1, total=1, entries=(entry,), terms=1
        )
    return TypeDiffers(
        call=terms.call, leaf=leaf, yours=f"another {kind_name(value)}", expected=kind_name(expected)
    )


def _type_differs(value: object, expected: object, terms: Terms, leaf: str) -> TypeDiffers:
    return TypeDiffers(call=terms.call, leaf=leaf, yours=kind_name(value), expected=kind_name(expected))


def kind_name(value: object) -> str:
    """What a value is called in a finding: 'None', 'tensor', 'tuple', 'numpy.ndarray'..."""
    match value:
        case None:
            return "None"
        case TensorValue() | torch.Tensor():
            return "tensor"
        case OpaqueValue() | HandleValue():
            return value.type_name
        case _:
            return type(value).__name__


def dtype_name(dtype: torch.dtype) -> str:
    """The dtype without its module: 'float32'."""
    return str(dtype).removeprefix("torch.")
