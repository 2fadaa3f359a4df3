"""Which layers of confinement this machine gives a worker, and which are missing.

Plain data for `grader doctor` and for the head of every report. A layer that
is missing is named with what that means, in words for a teaching assistant.
What a worker itself says when it is ready must agree with this.
"""

import resource
import sys
from dataclasses import dataclass

from grader.sandbox.limits import present_data
from grader.sandbox.policy import worker_policy

NOT_YET = (
    ("namespaces", "student code can see other processes and can use the network"),
    ("private root", "student code can read every file that you can read"),
    ("landlock", "student code can write wherever you can write"),
    ("seccomp", "student code can make any system call that you can make"),
    ("cgroup", "memory of child processes and shared memory is not counted"),
)
"""Layers that this version does not build anywhere."""


@dataclass(frozen=True)
class Posture:
    """How well a worker is confined here.

    Attributes:
        layers: Names of what is on.
        missing: Names of what is not, each with what that means.
    """

    layers: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]


def posture(device: str = "cpu") -> Posture:
    """What a worker for `device` gets on this machine."""
    linux = sys.platform.startswith("linux")
    policy = worker_policy("/", {}, memory_mb=1, file_mb=1, processes=1 if linux else None, device=device)
    wanted = [limit.resource for limit in policy.limits]
    names = [name for name in wanted if hasattr(resource, f"RLIMIT_{name.upper()}")]
    missing = list(NOT_YET)
    if "data" in names and present_data() is None:
        names.remove("data")
    if "data" not in names:
        missing.append(("memory limit", f"not available for {device} on {sys.platform}"))
    layers = ["session", "descriptors", "environment", "scratch", f"rlimits({' '.join(names)})"]
    if linux:
        return Posture(("pdeathsig", *layers, "no_new_privs"), tuple(missing))
    missing.append(("pdeathsig", "a worker may outlive a grader that was killed"))
    missing.append(("subreaper", "processes that left their worker's group may outlive it"))
    return Posture(tuple(layers), tuple(missing))
