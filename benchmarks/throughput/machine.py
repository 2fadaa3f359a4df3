"""What a measurement ran on: without it, its numbers say nothing."""

import os
import platform
from contextlib import suppress
from pathlib import Path

import torch


def facts() -> str:
    """The machine, its software and how busy it is, in one line."""
    model, memory = platform.processor() or platform.machine(), ""
    with suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.partition(": ")[2] for line in lines if line.startswith("model name"))
    with suppress(OSError, ValueError):
        memory = f", {os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB"
    return (
        f"{len(os.sched_getaffinity(0))} cores of {model}{memory}; Linux {platform.release()}, "
        f"Python {platform.python_version()}, torch {torch.__version__}; "
        f"{os.getloadavg()[0]:.1f} processes ran on average in the minute before"
    )
