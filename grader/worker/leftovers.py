"""What earlier workers may have left on a CUDA device: overwritten before student code runs.

A driver does not promise that memory it hands out is clean. Whoever is given
it next must not find another submission's tensors there, so a worker that will
use a device takes all of its free memory once, writes zeros over it, and gives
it back. What another process holds at that moment is not touched.
"""

import torch

CHUNK = 1 << 30
"""Bytes taken at once: one allocation of everything fails where memory is in pieces."""

SMALLEST = 1 << 20
"""What is smaller than this is left: the driver gives out memory in such pieces."""


def wipe(device: str) -> int:
    """Write zeros over the free memory of a CUDA device.

    Returns:
        How many bytes were written over; 0 on the CPU, where the system does it, and where there is no CUDA.
    """
    if not device.startswith("cuda") or not torch.cuda.is_available():
        return 0
    taken: list[torch.Tensor] = []
    size = CHUNK
    while size >= SMALLEST:
        try:
            taken.append(torch.zeros(size, dtype=torch.uint8, device=device))
        except torch.OutOfMemoryError:
            size //= 2
    torch.cuda.synchronize(device)
    wiped = sum(each.numel() for each in taken)
    taken.clear()
    torch.cuda.empty_cache()
    return wiped
