"""The global state of torch that a function must leave as it found it.

A snapshot before each call and one after it: what differs is reported by name
and put back, so that one function's habit does not become the next one's
failure. The states of random number generators are not part of it: drawing
numbers is no offence.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch


@dataclass(frozen=True)
class Setting:
    """One thing that can be read and put back.

    Attributes:
        name: What students read.
        read: Its present value.
        restore: Puts a value back.
    """

    name: str
    read: Callable[[], Any]
    restore: Callable[[Any], object]


_entered: list[Any] = []
"""Contexts entered to put a mode back; they must stay alive."""


def _set_inference(value: bool) -> None:
    context = torch.inference_mode(value)
    context.__enter__()
    _entered.append(context)


def _default_device() -> str:
    try:
        return str(torch.get_default_device())
    except AttributeError:  # torch 2.6, once the default has been put back
        return "cpu"


def _set_default_device(value: str) -> None:
    # None takes the mode away that an explicit device installs, which slows every call.
    torch.set_default_device(None if value == "cpu" else value)


def _flags(module: Any, label: str, names: tuple[str, ...]) -> list[Setting]:
    """The flags of a backend that this torch has."""
    return [
        Setting(f"{label}.{name}", partial(getattr, module, name), partial(setattr, module, name))
        for name in names
        if hasattr(module, name)
    ]


SETTINGS = (
    # Inference mode first: leaving it also turns gradients off again.
    Setting("inference mode", torch.is_inference_mode_enabled, _set_inference),
    Setting("grad mode", torch.is_grad_enabled, torch.set_grad_enabled),
    Setting("default dtype", torch.get_default_dtype, torch.set_default_dtype),
    Setting("default device", _default_device, _set_default_device),
    # The debug mode says the same as use_deterministic_algorithms, which imports inductor for seconds.
    Setting(
        "deterministic algorithms",
        torch.get_deterministic_debug_mode,
        torch.set_deterministic_debug_mode,
    ),
    Setting("number of threads", torch.get_num_threads, torch.set_num_threads),
    Setting("anomaly mode", torch.is_anomaly_enabled, torch.autograd.set_detect_anomaly),
    Setting(
        "float32 matmul precision",
        torch.get_float32_matmul_precision,
        torch.set_float32_matmul_precision,
    ),
    Setting(
        "autocast",
        lambda: torch.is_autocast_enabled("cpu"),
        lambda value: torch.set_autocast_enabled("cpu", value),
    ),
    *_flags(torch.backends.cudnn, "cudnn", ("enabled", "deterministic", "benchmark", "allow_tf32")),
    *_flags(torch.backends.mkldnn, "mkldnn", ("enabled",)),
)

Snapshot = tuple[Any, ...]


def snapshot() -> Snapshot:
    """The present values of all settings."""
    return tuple(_present(setting) for setting in SETTINGS)


def put_back(before: Snapshot) -> tuple[str, ...]:
    """Restore what differs from `before`; the names of what did."""
    changed = []
    for setting, value in zip(SETTINGS, before, strict=True):
        if _present(setting) != value:
            changed.append(setting.name)
            with contextlib.suppress(Exception):  # what cannot be put back is still reported
                setting.restore(value)
    return tuple(changed)


def _present(setting: Setting) -> Any:
    """The value of a setting, or None: torch refuses to say when old and new ways of setting are mixed."""
    try:
        return setting.read()
    except RuntimeError:
        return None
