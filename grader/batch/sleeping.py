"""Slots that are in a job and use no processor: a submission waits for what never comes.

Its limits end it, but that takes a minute in which a core would stand idle. Such
a slot is told from one that computes by the processor time of all that it has
started. Only what the system says about processes is read, nothing of students.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

_clock = time.monotonic

PROC = Path("/proc")

LOOK_SECONDS = 1.0
"""How often to look: a submission that waits does so for ten seconds and more."""

AFTER_SECONDS = 2.0
"""How long a slot must have been in its job: most are through by then, and need no look."""

AWAKE = 0.1
"""Share of a core from which on a slot counts as computing; one that waits uses a thousandth."""

MOST_PROCESSES = 500
"""Who has started so many is not asleep; reading about more of them would take long."""

SPARE_MB = 2048
"""Memory that must be available before one more slot is started: it takes 500 MB, and its worker some."""


class Watched(Protocol):
    """What is looked at: a slot."""

    begun: float
    asleep: bool

    @property
    def pid(self) -> int:
        """Its process."""

    @property
    def is_busy(self) -> bool:
        """Whether it is in a job."""


class Watch:
    """Looks at slots, from time to time.

    Attributes:
        next_look: When it will look again.
    """

    def __init__(self) -> None:
        self.next_look = 0.0
        self._seen: dict[int, tuple[float, float, float]] = {}

    def look(self, slots: Iterable[Watched]) -> None:
        """Write down which slots are asleep, if it is time to look."""
        now = _clock()
        if now < self.next_look:
            return
        self.next_look = now + LOOK_SECONDS
        before, self._seen = self._seen, {}
        for slot in slots:
            if not slot.is_busy or now - slot.begun < AFTER_SECONDS:
                continue
            used = processor_seconds(slot.pid)
            last = before.get(slot.pid)
            slot.asleep = (
                used is not None
                and last is not None
                and last[0] == slot.begun  # else that was another job
                and 0.0 <= used - last[2] < AWAKE * (now - last[1])
            )
            if used is not None:
                self._seen[slot.pid] = slot.begun, now, used


def processor_seconds(pid: int) -> float | None:
    """What a process and all below it have used; None if one is running now, or it cannot be known."""
    ticks = count = 0
    for fields in _tree(pid):
        count += 1
        if not fields or fields[0] == "R" or count > MOST_PROCESSES:
            return None  # it wants a processor, even where a busy machine gives it none
        ticks += sum(int(field) for field in fields[11:15])  # its own, and of children that have ended
    return ticks / os.sysconf("SC_CLK_TCK") if count else None


def _tree(pid: int) -> Iterator[list[str]]:
    """What the system says of a process and of all below it, from the state on; [] where it says nothing."""
    places = [pid]
    while places:
        each = PROC / str(places.pop())
        try:
            # After the command in brackets, which may hold anything.
            yield (each / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            children = (each / "task" / each.name / "children").read_text(encoding="ascii")
        except FileNotFoundError:
            if not (PROC / "self" / "task" / str(os.getpid()) / "children").exists():
                yield []  # no such list in this kernel, or no Linux
            continue  # it has just ended
        except (ProcessLookupError, PermissionError):
            continue
        places += map(int, children.split())


def has_room_for_a_spare() -> bool:
    """Whether the machine has memory for one more slot than was asked for."""
    try:
        lines = (PROC / "meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return False
    available = next((int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")), 0)
    return min(available >> 10, _left_to_our_group()) >= SPARE_MB


def _left_to_our_group() -> int:
    """MiB that our control group may still have: a container's limit is not the machine's."""
    group = Path("/sys/fs/cgroup")
    try:
        limit = (group / "memory.max").read_text(encoding="ascii").strip()
        used = (group / "memory.current").read_text(encoding="ascii").strip()
    except OSError:
        return 1 << 40
    return (1 << 40) if limit == "max" else (int(limit) - int(used)) >> 20
