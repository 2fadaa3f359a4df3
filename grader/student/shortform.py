"""A call in short form, as a finding names it: `softmax(tensor[4, 7] float32, dim=1)`.

Made from what the judge sends, never from what a worker says. Values of tensors
are left out: they may be hidden, and they would be too long.
"""

from collections.abc import Mapping, Sequence

import torch

LONGEST_ARGUMENT = 48
LONGEST_CALL = 160


def short_call(name: str, args: Sequence[object], kwargs: Mapping[str, object]) -> str:
    """The call of `name` with these arguments, on one line."""
    words = [short_value(arg) for arg in args]
    words += [f"{key}={short_value(value)}" for key, value in kwargs.items()]
    whole = f"{name}({', '.join(words)})"
    return whole if len(whole) <= LONGEST_CALL else f"{name}({len(words)} arguments)"


def short_value(value: object) -> str:
    """One argument: plain values as Python writes them, tensors by shape and dtype."""
    match value:
        case torch.Tensor():
            return f"tensor{list(value.shape)} {str(value.dtype).removeprefix('torch.')}"
        case float():
            text = f"{value:g}"
        case list() | tuple():
            text = _sequence(value)
        case dict():
            text = f"dict of {len(value)}"
        case None | bool() | int() | str():
            text = repr(value)
        case _:
            text = str(getattr(value, "label", type(value).__name__))
    return text if len(text) <= LONGEST_ARGUMENT else f"{type(value).__name__} of {len(text)} characters"


def _sequence(items: Sequence[object]) -> str:
    opening, closing = "[]" if isinstance(items, list) else "()"
    words = ", ".join(short_value(item) for item in items[:8])
    if len(items) > 8 or len(words) > LONGEST_ARGUMENT - 4:
        return f"{type(items).__name__} of {len(items)}"
    if isinstance(items, tuple) and len(items) == 1:
        words += ","
    return f"{opening}{words}{closing}"
