"""Calls and values as Python writes them: short, exact, and ready to be pasted.

Arguments come from the staff's strategies and are written in full, because a
student runs them. What a call gave came over the wire: of that only numbers and
names from a fixed list are written, never a text that student code chose.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Iterable, Mapping, Sequence

import torch

from grader.wire.values import OpaqueValue, TensorValue

MOST_ELEMENTS = 24
"""A larger tensor is shown by its shape: more numbers than that nobody compares by eye."""

FILLED_FROM = 5
"""So many equal elements are written as zeros, ones or full."""

DIGITS = (4, 6, 9, 13, 17)
"""Significant digits, as many as it takes to tell two values apart; torch prints four."""

MOST_WHOLE = 1e6
"""Whole numbers below this are written in full."""

_KNOWN_TYPES = frozenset({"numpy.ndarray", "ndarray", "Tensor", "Parameter", "set", "generator", "complex"})
"""Types that may be named though they did not cross."""


class Word(str):
    """A name of our own, which is shown as it is."""

    __slots__ = ()


# --- arguments --------------------------------------------------------------------


def source_of(value: object) -> str:
    """An argument as an expression."""
    match value:
        case torch.Tensor():
            return _tensor_source(value)
        case float():
            return _literal(value)
        case list():
            return f"[{', '.join(map(source_of, value))}]"
        case tuple():
            return f"({', '.join(map(source_of, value))}{',' if len(value) == 1 else ''})"
        case None | bool() | int() | str():
            return repr(value)
    raise TypeError(f"a case cannot hold a {type(value).__name__}")


def call_source(name: str, args: Iterable[str], kwargs: Mapping[str, str]) -> str:
    """The call of `name` with arguments that are spelled already."""
    words = [*args, *(f"{key}={value}" for key, value in kwargs.items())]
    return f"{name}({', '.join(words)})"


def _tensor_source(tensor: torch.Tensor) -> str:
    """An expression that makes this tensor, with its order in memory."""
    tensor = tensor.detach()
    if not tensor.is_contiguous():
        order = sorted(range(tensor.ndim), key=tensor.stride().__getitem__, reverse=True)
        stored = tensor.permute(order)
        if stored.is_contiguous():
            back = [order.index(dim) for dim in range(tensor.ndim)]
            turn = ".T" if tensor.ndim == 2 else f".permute({', '.join(map(str, back))})"
            return _tensor_source(stored) + turn
    usual = torch.float32 if tensor.is_floating_point() else torch.int64
    dtype = "" if tensor.dtype is usual else f", dtype={tensor.dtype}"
    return _filled(tensor, dtype) or f"torch.tensor({_nested(tensor.tolist())}{dtype})"


def _filled(tensor: torch.Tensor, dtype: str) -> str:
    """Many equal elements, in few letters; '' for anything else."""
    elements: set[float] = set(tensor.flatten().tolist())
    if tensor.numel() < FILLED_FROM or len(elements) != 1 or not tensor.is_floating_point():
        return ""
    shape, element = ", ".join(map(str, tensor.shape)), elements.pop()
    if element in (0.0, 1.0):
        return f"torch.{'ones' if element else 'zeros'}({shape}{dtype})"
    return f"torch.full(({shape}{',' if tensor.ndim == 1 else ''}), {_literal(element)}{dtype})"


def _nested(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_nested, value))}]"
    return _literal(value) if isinstance(value, float) else repr(value)


def _literal(value: float) -> str:
    """A float as Python reads it back."""
    if not math.isfinite(value):
        return f"{'-' if value < 0 else ''}torch.{'nan' if math.isnan(value) else 'inf'}"
    if value == int(value) and abs(value) < MOST_WHOLE:
        return f"{value:.0f}."
    return next(text for digits in range(1, 18) if float(text := f"{value:.{digits}g}") == value)


# --- results ----------------------------------------------------------------------


def shown_pair(yours: object, expected: object) -> tuple[str, str]:
    """What came back and what should have, with as many digits as it takes to tell them apart.

    Args:
        yours: Plain data of the wire.
        expected: Tensors and plain data of the reference; its floats are rounded
            to the dtype of `yours`.
    """
    rounded = _rounded(expected, yours)
    if isinstance(yours, list) and isinstance(rounded, tuple):
        rounded = list(rounded)  # either is right, so that the difference is elsewhere
    for digits in DIGITS:
        mine, right = shown(yours, digits), shown(rounded, digits)
        if mine != right:
            return mine, right
    return f"{mine} ({_kind(yours)})", f"{right} ({_kind(expected)})"


def shown(value: object, digits: int = DIGITS[0]) -> str:
    """A result in short: numbers, and names from a fixed list."""
    match value:
        case TensorValue():
            return shown(value.data, digits)
        case torch.Tensor():
            if value.numel() > MOST_ELEMENTS or 0 in value.shape:
                return f"a tensor of shape {list(value.shape)}"
            numbers = _numbers(value.tolist(), digits)
            return numbers if value.ndim else f"tensor({numbers})"
        case None | bool() | int() | float():
            return _numbers(value, digits)
        case list() | tuple():
            opening, closing = "[]" if isinstance(value, list) else "()"
            return f"{opening}{', '.join(shown(item, digits) for item in value)}{closing}"
        case Word():
            return str(value)
        case OpaqueValue() if value.type_name in _KNOWN_TYPES:
            return value.type_name
        case str() | dict():
            return f"a {type(value).__name__}"
    return "something else"


def _kind(value: object) -> str:
    """What kind of thing it is, where the numbers say nothing."""
    if isinstance(value, TensorValue | torch.Tensor):
        return "a tensor"
    known = type(value).__name__ if isinstance(value, list | tuple | float | int) else "something else"
    return f"{'an' if known == 'int' else 'a'} {known}" if known != "something else" else known


def exception_name(name: str) -> str:
    """The name of an exception's class, if it is Python's own."""
    known = getattr(builtins, name, None)
    return name if isinstance(known, type) and issubclass(known, BaseException) else "another exception"


def _numbers(value: object, digits: int) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_numbers(item, digits) for item in value)}]"
    if not isinstance(value, float):
        return repr(value)
    if not math.isfinite(value):
        return str(value)
    if value == int(value) and abs(value) < MOST_WHOLE:
        return f"{value + 0.0:.0f}."  # no -0
    text = f"{value:.{digits}g}"
    return text if "e" in text or "." in text else f"{text}."


def _rounded(expected: object, like: object) -> object:
    """Floats of `expected` as the dtype of `like` holds them."""
    match expected, like:
        case torch.Tensor(), TensorValue() if expected.is_floating_point():
            floating = like.data.dtype.is_floating_point
            return expected.to(like.data.dtype if floating else torch.float32)
        case torch.Tensor(), _ if expected.dtype is torch.float64:
            return expected.to(torch.float32)
        case list() | tuple(), list() | tuple():
            others: Sequence[object] = [*like, *[None] * len(expected)]
            return type(expected)([_rounded(*both) for both in zip(expected, others, strict=False)])
    return expected
