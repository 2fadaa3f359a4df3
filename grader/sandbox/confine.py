"""Confinement: the calling process gives up what its policy does not grant.

Runs in a worker right after the fork, before a byte of student code arrives.
Each layer is one step; the steps stand in the one order that works, from what
needs privileges to what takes the last of them away. A step that fails ends
the worker: one that is not confined must not run. Only a survey goes on, and
tells which layers can be had.
"""

import fcntl
import os
import select
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from grader.errors import IsolationError
from grader.sandbox import identity, interpreter, landlock, limits, namespaces, root, seccomp
from grader.sandbox.cgroups import Group
from grader.sandbox.layers import LayerFound
from grader.sandbox.policy import Policy
from grader.sandbox.syscalls import named, prctl
from grader.verdicts import Layer

CHANNEL = 3
"""The descriptor of the channel to the judge in a confined worker."""

_SET_PDEATHSIG = 1
_MOST_DESCRIPTORS = 65536


@dataclass(frozen=True)
class Seat:
    """What one worker is given by its zygote.

    Attributes:
        policy: What it is granted.
        layers: The layers to put up.
        zygote: A descriptor of the zygote's process, or None where the system has no such.
        channel: Descriptor of the socket to the judge.
        output: Descriptor of the pipe for everything printed.
        group: Its control group.
        controllers: What that group counts, in short.
        shown: What the private root shows, if the zygote is in one.
        grants: What Landlock opens, besides the scratch.
        filter: The seccomp program.
    """

    policy: Policy
    layers: frozenset[Layer]
    zygote: int | None
    channel: int
    output: int
    group: Group | None = None
    controllers: str = ""
    shown: root.Layout | None = None
    grants: tuple[landlock.Grant, ...] = ()
    filter: bytes = b""


def confine(seat: Seat, *, survey: Callable[[LayerFound], None] | None = None) -> tuple[LayerFound, ...]:
    """Confine the calling process for the rest of its life.

    Afterwards descriptor 0 is /dev/null, 1 and 2 are `seat.output`, `CHANNEL`
    is `seat.channel`, and no other is open.

    Args:
        seat: What it is given.
        survey: Told what came of each layer at once; a layer that cannot be had is gone without. For
            a process that runs no student code.

    Returns:
        What came of each layer.

    Raises:
        IsolationError: A layer cannot be had, or the zygote ended meanwhile.
        OSError: Something that has no name as a layer was refused.
    """
    found: dict[Layer, LayerFound] = {}
    os.dup2(seat.output, 1)  # first, so that what goes wrong is heard
    os.dup2(seat.output, 2)
    _die_with_zygote(seat)
    os.setsid()
    for layer, step in STEPS:
        if layer is None:
            step(seat)
        elif layer in seat.layers:
            found[layer] = _put_up(layer, step, seat, tolerant=survey is not None)
            if survey is not None:
                survey(found[layer])
    return tuple(found[layer] for layer in Layer if layer in found)


def _put_up(layer: Layer, step: "Step", seat: Seat, *, tolerant: bool) -> LayerFound:
    try:
        return LayerFound(layer, True, step(seat))
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        if not tolerant:
            raise IsolationError(f"The isolation layer '{layer}' was refused: {reason}.") from error
        return LayerFound(layer, False, reason)


# --- the steps ------------------------------------------------------------------


def _die_with_zygote(seat: Seat) -> None:
    if sys.platform.startswith("linux"):
        prctl(_SET_PDEATHSIG, signal.SIGKILL)
    if seat.zygote is not None and select.select([seat.zygote], [], [], 0)[0]:
        raise IsolationError("The zygote ended while it was forking a worker.")


def _go_first(seat: Seat) -> str:
    # Where nothing counts a worker's memory with that of its children, they can use up the machine's:
    # then the kernel ends them, and not the judge. Landlock keeps them from changing that.
    with suppress(OSError):  # a machine that shuts this file promises less
        descriptor = os.open("/proc/self/oom_score_adj", os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(descriptor, b"1000")
        finally:
            os.close(descriptor)
    return ""


def _cgroup(seat: Seat) -> str:
    if seat.group is None:
        raise OSError("no control group was made")
    seat.group.join()
    return seat.controllers


def _pid(seat: Seat) -> str:
    if os.getpid() != 1:
        raise OSError("it is not process 1")
    return ""


def _network(seat: Seat) -> str:
    namespaces.unshare(namespaces.NEWNET)
    return ""


def _ipc(seat: Seat) -> str:
    namespaces.unshare(namespaces.NEWIPC)
    return ""


def _uts(seat: Seat) -> str:
    namespaces.name_machine()
    return ""


def _private_root(seat: Seat) -> str:
    if seat.shown is None:
        raise OSError("the zygote is not in one")
    policy = seat.policy
    own = Layer.PID in seat.layers and os.getpid() == 1
    root.furnish(seat.shown, policy.scratch_mb, policy.owner, own_processes=own)
    return ""


def _settle_in(seat: Seat) -> str:
    policy = seat.policy
    if policy.scratch != root.HOME and policy.uid is not None:
        os.chown(policy.scratch, *policy.owner)
    os.environ.clear()
    os.environ.update(policy.environment)
    os.chdir(policy.scratch)
    os.umask(0o077)
    interpreter.forget(policy.scratch)
    return ""


def _rlimits(seat: Seat) -> str:
    return " ".join(limits.apply(seat.policy.limits))


def _uid(seat: Seat) -> str:
    if seat.policy.uid is None:
        raise OSError("no user id is free for it")
    identity.become(*seat.policy.owner)
    _die_with_zygote(seat)  # another user id forgets that
    if not os.access(os.__file__, os.R_OK):
        raise OSError("another user cannot read the folder that Python lies in")
    return ""


def _capabilities(seat: Seat) -> str:
    identity.drop_capabilities()
    return ""


def _no_new_privileges(seat: Seat) -> str:
    identity.no_new_privileges()
    return ""


def _landlock(seat: Seat) -> str:
    places = root.WRITABLE.values() if seat.policy.scratch == root.HOME else [seat.policy.scratch]
    own = [landlock.Grant(place, "write") for place in places]
    return f"ABI {landlock.restrict([*seat.grants, landlock.Grant('/proc', 'read'), *own])}"


def _descriptors(seat: Seat) -> str:
    # First out of the way of 0 and 3, which are about to be replaced.
    channel = fcntl.fcntl(seat.channel, fcntl.F_DUPFD_CLOEXEC, CHANNEL + 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(channel, CHANNEL, inheritable=False)
    try:
        named("close_range", CHANNEL + 1, 0xFFFF_FFFF, 0)
    except OSError:  # before Linux 5.9
        os.closerange(CHANNEL + 1, _MOST_DESCRIPTORS)
    return ""


def _seccomp(seat: Seat) -> str:
    seccomp.install(seat.filter)
    return ""


Step = Callable[[Seat], str]

STEPS: tuple[tuple[Layer | None, Step], ...] = (
    (None, _go_first),
    (Layer.CGROUP, _cgroup),  # before anything of the worker's own takes memory
    (Layer.PID, _pid),
    (Layer.NETWORK, _network),
    (Layer.IPC, _ipc),
    (Layer.UTS, _uts),
    (Layer.PRIVATE_ROOT, _private_root),  # needs the privileges that the next ones take away
    (None, _settle_in),
    (Layer.RLIMITS, _rlimits),
    (Layer.UID, _uid),
    (Layer.CAPABILITIES, _capabilities),
    (Layer.NO_NEW_PRIVS, _no_new_privileges),  # without it the next two are for root alone
    (Layer.LANDLOCK, _landlock),
    (None, _descriptors),  # Landlock's grants are descriptors
    (Layer.SECCOMP, _seccomp),  # last: the steps above make calls that it denies
)
"""What is done, in order; None for what every worker gets."""
