"""Which devices tests run on.

`cpu` and `cuda` are what they say; `auto` takes CUDA where there is one; `all`
asks for both, and where there is no CUDA its rows say `not run`. `simulated` is a
CUDA device that is not there, for what can be learned of code without one (see
`grader.worker.simulation`), `both` is `all` in one judge; `grader verify` asks for them.
"""

from __future__ import annotations

import platform
from importlib.metadata import version

import torch

from grader.errors import UsageError
from grader.report.model import Environment
from grader.sandbox.layers import Posture
from grader.wire.messages import SIMULATED

CHOICES = ("cpu", "cuda", "auto", "all")
"""What people may ask for."""


def chosen(device: str) -> tuple[str, ...]:
    """The devices that `--device` names.

    Raises:
        UsageError: The choice is unknown, or 'cuda' was asked for and is not there.
    """
    match device:
        case "cpu" | "simulated":
            return (device,)
        case "auto":
            return ("cuda",) if torch.cuda.is_available() else ("cpu",)
        case "all" | "both":
            return ("cpu", "cuda")
        case "cuda":
            if not torch.cuda.is_available():
                raise UsageError(
                    "No CUDA device is there. Use --device cpu, or --device auto to take what there is."
                )
            return ("cuda",)
    raise UsageError(f"'{device}' is not a device. Choose one of {', '.join(CHOICES)}.")


def is_there(device: str) -> bool:
    """Whether tests can run on a device."""
    return not device.startswith("cuda") or torch.cuda.is_available()


def torch_name(device: str) -> str:
    """What torch calls a device; the simulated one has a number, because none is the current one."""
    return "cuda:0" if device == SIMULATED else device


def environment(device: str, posture: Posture) -> Environment:
    """What grading on `device` runs on: versions, devices, and which layers of isolation workers have."""
    present = [d for d in chosen(device) if is_there(d)]
    names = [f"cuda ({torch.cuda.get_device_name()})" if d == "cuda" else d for d in present]
    return Environment(
        grader=version("grader"),
        python=platform.python_version(),
        torch=str(torch.__version__),
        devices=tuple(names),
        isolation_level=posture.level,
        isolation=posture.layers,
        missing=posture.missing,
    )
