"""Which CUDA devices a batch may use, and which pools follow from that.

The driver has no torch: a process of its own is asked, once for each batch that
wants a GPU. Where there are several devices, each has slots that see no other.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping

from grader.batch.pools import Pool
from grader.errors import IsolationError, UsageError
from grader.wire.messages import SIMULATED

ASK_SECONDS = 120.0
"""One import of torch and of the driver's library: 2 s, and a minute on a disk that is far away."""

_QUESTION = "import torch; print(torch.cuda.device_count() if torch.cuda.is_available() else 0)"


def cuda_devices(environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The CUDA devices that torch finds, each as CUDA_VISIBLE_DEVICES takes it.

    Raises:
        IsolationError: torch cannot be asked.
    """
    try:
        answer = subprocess.run(
            [sys.executable, "-I", "-c", _QUESTION],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={**environment},
            timeout=ASK_SECONDS,
            check=True,
            text=True,
        )
        count = int(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[-1:]
        raise IsolationError(f"torch cannot say which CUDA devices there are: {' '.join(said)}.") from error
    named = environment.get("CUDA_VISIBLE_DEVICES", "")
    seen = [name.strip() for name in named.split(",") if name.strip()]
    return tuple(seen[:count] if len(seen) >= count else map(str, range(count)))


def pools(
    device: str, count: int, gpu_slots: int, found: Callable[[], tuple[str, ...]] = cuda_devices
) -> tuple[Pool, ...]:
    """The pools that grading on `device` needs.

    Args:
        device: 'cpu', 'cuda', 'auto' or 'all'; 'simulated', or 'both' for 'all' in one judge, which then
            can compare the two.
        count: Slots of the processors' pool, at most.
        gpu_slots: Slots of each CUDA device, at most.
        found: Says which CUDA devices there are.

    Raises:
        UsageError: 'cuda' was asked for and is not there.
    """
    if device in ("cpu", SIMULATED):
        return (Pool(device, count),)
    each = tuple(Pool("both" if device == "both" else "cuda", gpu_slots, name) for name in found())
    if not each:
        if device in ("cuda", "both"):
            raise UsageError(
                "No CUDA device is there. Use --device cpu, or --device auto to take what there is."
            )
        return (Pool("cpu" if device == "auto" else "all", count),)
    return (Pool("cpu", count), *each) if device == "all" else each
