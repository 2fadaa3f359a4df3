"""What the judge orders of the zygote, and what the zygote says of its workers."""

from typing import Literal

from grader.wire.messages.base import Count, Index, Message, Name, Text

Trade = Literal["student code", "pressing", "tokenising"]
"""What a zygote's workers are for: it is started for one. Those that run no student code need no torch."""


class Fork(Message, frozen=True):
    """Fork a worker.

    Two descriptors come along by SCM_RIGHTS, in this order: the worker's end of
    its socket, and the write end of its output pipe. The `return_` limits are
    the caps of the worker's answers. `scratch` is '' where the worker mounts its
    own; `scratch_mb` is how much fits into it, shared memory included, and
    `device_memory_mb` what torch may hold on a CUDA device.
    """

    scratch: Text
    memory_mb: Count
    file_mb: Count
    device: Name
    processes: Count = 256
    open_files: Count = 256
    scratch_mb: Count = 64
    device_memory_mb: Count = 4096
    return_mb: Count = 64
    return_items: Count = 10_000
    return_depth: Count = 16


class Forked(Message, frozen=True):
    """The worker's process id."""

    pid: Index


class End(Message, frozen=True):
    """Kill a worker with everything it started, unless it is dead already, and reap it."""

    pid: Index


class Ended(Message, frozen=True):
    """How a worker ended by itself (`status` as from waitpid) or None if it had to be killed.

    `own_rss_mb` is about its peak beyond what the zygote takes: torch alone takes more
    than some limits allow. Where it had a control group of its own: how many of
    its processes the kernel killed for memory, and how often it refused one more
    process.
    """

    pid: Index
    status: int | None
    cpu_seconds: float
    own_rss_mb: float
    oom_kills: Count = 0
    refused_processes: Count = 0


class Survey(Message, frozen=True):
    """Say which layers of isolation workers will have here."""


class LayerState(Message, frozen=True):
    """One layer of isolation: whether it is on, and how (or why it is not)."""

    name: Name
    on: bool
    detail: Text


class Surveyed(Message, frozen=True):
    """Every layer that was asked for when the zygote was started."""

    layers: tuple[LayerState, ...]


Order = Fork | End | Survey
Notice = Forked | Ended | Surveyed
