"""Which devices tests run on.

`cpu` and `cuda` are what they say; `auto` takes CUDA where there is one; `all`
asks for both, and where there is no CUDA its rows say `not run`.
"""

from __future__ import annotations

import platform
from importlib.metadata import version

import torch

from grader.errors import UsageError
from grader.report.model import Environment
from grader.sandbox.layers import Posture

CHOICES = ("cpu", "cuda", "auto", "all")


def chosen(device: str) -> tuple[str, ...]:
    """The devices that `--device` names.

    Raises:
        UsageError: The choice is unknown, or 'cuda' was asked for and is not there.
    """
    match device:
        case "cpu":
            return ("cpu",)
        case "auto":
            return ("cuda",) if torch.cuda.is_available() else ("cpu",)
        case "all":
            return ("cpu", "cuda")
        case "cuda":
            if not torch.cuda.is_available():
                raise UsageError(
                    "No CUDA device is there. Use --device cpu, or --device auto to take what there is."
                )
            return ("cuda",)
    raise UsageError(f"'{device}' is not a device. Choose one of {', '.join(CHOICES)}.")


def environment(device: str, posture: Posture) -> Environment:
    """What grading on `device` runs on: versions, devices, and which layers of isolation workers have."""
    present = [d for d in chosen(device) if d == "cpu" or torch.cuda.is_available()]
    names = [d if d == "cpu" else f"cuda ({torch.cuda.get_device_name()})" for d in present]
    return Environment(
        grader=version("grader"),
        python=platform.python_version(),
        torch=str(torch.__version__),
        devices=tuple(names),
        isolation_level=posture.level,
        isolation=posture.layers,
        missing=posture.missing,
    )
