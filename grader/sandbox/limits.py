"""Resource limits: what the system counts for one process, or for one user.

Only what the operating system has is used: a limit that cannot be set on this
system is left out of what `apply` returns, never silently counted.
"""

import os
import resource
from collections.abc import Iterable

from grader.sandbox.policy import Limit


def apply(limits: Iterable[Limit]) -> tuple[str, ...]:
    """Hold the calling process and its children to limits, no higher than the hard limits that it has.

    Returns:
        The names of those that this system knows.

    Raises:
        OSError: One was refused.
    """
    return tuple(limit.resource for limit in limits if _apply(limit))


def _apply(limit: Limit) -> bool:
    number = getattr(resource, f"RLIMIT_{limit.resource.upper()}", None)
    amount = limit.amount
    if limit.above_present:
        present = present_data()
        if present is None:
            return False
        amount += present
    if number is None:
        return False
    _, hard = resource.getrlimit(number)
    if hard != resource.RLIM_INFINITY:
        amount = min(amount, hard)
    resource.setrlimit(number, (amount, amount))
    return True


def tasks_of_this_user() -> int | None:
    """How many threads this user has on the whole machine now, or None if the system does not tell."""
    me, count = os.getuid(), 0
    try:
        for entry in os.scandir("/proc"):
            if entry.name.isdigit():
                try:
                    if entry.stat().st_uid == me:
                        count += len(os.listdir(f"/proc/{entry.name}/task"))
                except OSError:
                    continue  # it ended while we were looking
    except OSError:
        return None
    return count or None


def present_data() -> int | None:
    """Bytes of private writable memory that this process has mapped, or None if not on Linux."""
    try:
        statm = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return None
    try:
        return int(os.read(statm, 200).split()[5]) * resource.getpagesize()
    finally:
        os.close(statm)
