"""What a worker does about its CUDA device: before student code runs, and after each call.

Before: the device is wiped, and torch is told how much of it this process may
take; that keeps honest mistakes from each other, and code that is set on more
can have more. After: kernels that are still running end, so that what breaks
off is told of the call that started it and not of the next one.
"""

import time
from typing import Any

import torch

from grader.worker.leftovers import wipe

PATIENCE_SECONDS = 5.0
"""How long another worker may hold all of a device: one that wipes it does for a tenth of a second."""


def prepare(device: str, memory_mb: int) -> None:
    """Make a device ready for student code.

    Args:
        device: The device that its calls will use; nothing is done for the CPU.
        memory_mb: How much of the device's memory torch may hold there, in MiB.
    """
    if not _is_cuda(device):
        return
    full_precision()
    _wipe_patiently(device)
    cuda: Any = torch.cuda
    present = cuda.get_device_properties(device).total_memory
    cuda.set_per_process_memory_fraction(min(1.0, (memory_mb << 20) / present), device)


def full_precision() -> None:
    """Have float32 products computed in float32: TF32 keeps 10 bits, and convolutions use it by default."""
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False


def _wipe_patiently(device: str) -> None:
    """Wipe a device, on which CUDA itself may find no room to begin with at first."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            wipe(device)
            return
        except RuntimeError as error:
            if "out of memory" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def settle(device: str) -> None:
    """Wait for the device; raises what one of its kernels broke off with, now or before.

    Such an error stays: every later use of the device raises it again, even
    where student code has caught the first.
    """
    cuda: Any = torch.cuda
    if _is_cuda(device) and cuda.is_initialized():
        cuda.synchronize(device)


def graver(error: BaseException, device: str) -> BaseException:
    """What a call that raised `error` is to be told: the error of its device, if that has one."""
    try:
        settle(device)
    except RuntimeError as broken:
        # That of the call may be the same, with the student's lines.
        return error if str(broken).partition("\n")[0] in str(error) else broken
    return error


def _is_cuda(device: str) -> bool:
    return device.startswith("cuda") and torch.cuda.is_available()
