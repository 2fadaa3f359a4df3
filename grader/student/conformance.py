"""The self-test: a worker tries what it must not be able to do, before any student code runs.

Every layer of isolation has probes of its own, which get through exactly when
that layer is not there; others try what student code would try, and all layers
together must stop them. `prove` decides whether a class may be marked here,
`examine` is what `grader doctor` shows. The worker never sees student code,
and still the judge looks for itself wherever it can.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic as _now
from types import MappingProxyType
from typing import NamedTuple

from grader.errors import IsolationError, WireError
from grader.sandbox.grounds import OTHERS, OVERDRAFT
from grader.sandbox.layers import ACCEPT_ALL, Posture
from grader.sandbox.policy import CLOSING, MB, REMEDY, Confinement
from grader.student.bait import Bait
from grader.student.launch import Zygote
from grader.student.line import Closed, DeadlinePassed
from grader.verdicts import Isolation, Layer
from grader.wire.messages import Answer, Probe, Probed

SECONDS = 20.0
"""For one probe: all of them take a tenth of a second, a machine that is swapping may need more."""


@dataclass(frozen=True)
class SelfTestLimits:
    """Limits that are reached quickly; see `WorkerLimits`."""

    memory_mb: int = 8
    file_mb: int = 1
    processes: int = 4
    open_files: int = 128
    scratch_mb: int = 8
    device_memory_mb: int = 64
    return_mb: int = 1
    return_items: int = 16
    return_depth: int = 2
    output_kb: int = 16


LIMITS = SelfTestLimits()

TOO_MUCH_MB = LIMITS.memory_mb + OVERDRAFT // MB + 16
"""More than one process may have, and more than the worker's control group may have in all."""

EACH_MB = LIMITS.memory_mb // 2
SHARED_MB = TOO_MUCH_MB - 2 * EACH_MB + 384
"""More in shares: two children that each stay below their own limit, and shared memory.

Where nothing but a look from outside counts it, what torch itself takes is granted on top of the limit.
"""


@dataclass(frozen=True)
class Result:
    """What came of one probe.

    Attributes:
        layer: The layer whose absence lets it through; None if that takes several.
        name: What was tried, such as 'see other processes'.
        held: Whether it was held back.
        detail: What was seen.
    """

    layer: Layer | None
    name: str
    held: bool
    detail: str


Arguments = tuple[object, ...]


@dataclass(frozen=True)
class Attempt:
    """A probe, and what the judge gives it and looks at.

    Attributes:
        layer: As in `Result`.
        name: As in `Result`.
        probe: What the worker runs, see `grader.sandbox.probes`.
        given: Its arguments; None if there is nothing to try on this machine.
        seen: What the judge sees afterwards; '' if nothing got through.
        deadly: Whether being ended for its memory means that it was held. What is
            tried later is tried by another worker then.
    """

    layer: Layer | None
    name: str
    probe: str
    given: Callable[[Bait, Sequence[Path]], Arguments | None] = lambda bait, hidden: ()
    seen: Callable[[Bait], str] = lambda bait: ""
    deadly: bool = False


def _space(kind: str) -> str:
    """The namespace that the judge is in, as the kernel numbers it; '' if it does not tell."""
    try:
        return os.readlink(f"/proc/self/ns/{kind}")
    except OSError:
        return ""


def _constant(*arguments: object) -> Callable[[Bait, Sequence[Path]], Arguments]:
    return lambda bait, hidden: arguments


COURSE = Attempt(None, "read the course's own files", "read", lambda bait, hidden: tuple(hidden) or None)
"""It must be held by whichever layers there are, unless somebody has accepted by name that it isn't."""

ATTEMPTS: tuple[Attempt, ...] = (
    Attempt(Layer.PID, "see other processes", "processes", lambda bait, hidden: (bait.victim,)),
    Attempt(Layer.NETWORK, "see the machine's network", "network", lambda bait, hidden: (_space("net"),)),
    Attempt(
        Layer.IPC,
        "see the machine's shared memory segments",
        "segments",
        lambda bait, hidden: (_space("ipc"),),
    ),
    Attempt(
        Layer.UTS,
        "read the machine's name",
        "machine_name",
        lambda bait, hidden: (_space("uts"), os.uname().nodename),
    ),
    Attempt(
        Layer.PRIVATE_ROOT,
        "see names of the machine's files",
        "names",
        lambda bait, hidden: (bait.canary, *hidden),
    ),
    Attempt(Layer.RLIMITS, "open more files than allowed", "open_files", _constant(LIMITS.open_files)),
    Attempt(Layer.RLIMITS, "write a larger file than allowed", "file_size", _constant(LIMITS.file_mb)),
    Attempt(Layer.RLIMITS, "map more memory than allowed", "mapped_memory", _constant(TOO_MUCH_MB)),
    Attempt(Layer.RLIMITS, "leave a core file", "core_file"),
    Attempt(Layer.UID, "run as the user who runs the grader", "user", lambda bait, hidden: (os.getuid(),)),
    Attempt(Layer.CAPABILITIES, "keep privileges", "capabilities"),
    Attempt(Layer.NO_NEW_PRIVS, "gain privileges", "gains"),
    Attempt(
        Layer.LANDLOCK,
        "read a file that nothing else keeps shut",
        "guarded_file",
        lambda bait, hidden: (bait.canary,),
    ),
    COURSE,
    Attempt(None, "read files of the judge", "read", lambda bait, hidden: (bait.canary,)),
    Attempt(
        None,
        "write files of the judge",
        "write",
        lambda bait, hidden: (bait.prize, bait.neighbour),
        Bait.changed,
    ),
    Attempt(
        None,
        "connect to a port",
        "connect",
        lambda bait, hidden: ("tcp", bait.port) if bait.port else None,
        lambda bait: bait.knocked("tcp"),
    ),
    Attempt(
        None,
        "connect to an abstract socket",
        "connect",
        lambda bait, hidden: ("abstract", bait.abstract) if bait.abstract else None,
        lambda bait: bait.knocked("abstract"),
    ),
    Attempt(
        None,
        "connect to the file of a socket",
        "connect",
        lambda bait, hidden: ("path", bait.path),
        lambda bait: bait.knocked("path"),
    ),
    Attempt(None, "find other processes in /proc", "others_in_proc"),
    Attempt(None, "find open files", "descriptors"),
    Attempt(None, "find variables of the environment", "environment"),
    Attempt(
        None,
        "import from the course",
        "import_path",
        lambda bait, hidden: (bait.canary, *map(os.path.realpath, hidden)),
    ),
    Attempt(None, "trace another process", "trace", lambda bait, hidden: (bait.victim,), Bait.harmed),
    # After everything else that needs the victim.
    Attempt(None, "end another process", "send_signal", lambda bait, hidden: (bait.victim,), Bait.harmed),
    # After everything else that its success would change.
    Attempt(Layer.SECCOMP, "make system calls that are denied", "system_calls"),
    Attempt(
        None,
        "start more processes than allowed",
        "fork_many",
        _constant(LIMITS.processes + OTHERS + 1),
    ),
    Attempt(None, "take more memory than allowed", "take_memory", _constant(TOO_MUCH_MB), deadly=True),
    Attempt(Layer.CGROUP, "be counted together with others", "group"),
    # Last: where it is held, that ends the worker.
    Attempt(
        None,
        "take more memory than allowed, in child processes and shared",
        "spread_memory",
        _constant(SHARED_MB, EACH_MB),
        deadly=True,
    ),
)
"""Everything that is tried, in this order."""


class SecondWall(NamedTuple):
    """Why nothing shows that a layer is off.

    Attributes:
        first: The layer that does the same, as long as it is on.
        reason: How, and when both are needed.
    """

    first: Layer
    reason: str


SECOND_WALLS: Mapping[Layer, SecondWall] = MappingProxyType(
    {
        Layer.CAPABILITIES: SecondWall(
            Layer.UID,
            "Who leaves root for another user id leaves all capabilities; others can only drop them.",
        )
    }
)
"""The layers whose probes are held without them too, and why; every other layer is needed."""


def examine(
    zygote: Zygote, *, hidden: Sequence[Path] = (), attempts: Iterable[Attempt] = ATTEMPTS
) -> tuple[Result, ...]:
    """Have a self-test worker try everything, whichever layers are on.

    Args:
        zygote: Where workers come from.
        hidden: Files and folders that student code must never get at.
        attempts: What to try.

    Raises:
        IsolationError: No worker can be had.
    """
    results: list[Result] = []
    try:
        with Bait() as bait:
            paths = [path.absolute() for path in hidden]
            given = [(each, each.given(bait, paths)) for each in attempts]
            tasks = [(each, arguments) for each, arguments in given if arguments is not None]
            while len(results) < len(tasks):
                # Again only if something ended the worker before the last probe.
                results += _tried(zygote, tasks[len(results) :], bait)
    except OSError as error:
        raise IsolationError(f"The self-test of the isolation cannot be laid out: {error}.") from error
    return tuple(results)


def prove(zygote: Zygote, confinement: Confinement, *, hidden: Sequence[Path] = ()) -> None:
    """Make sure that the layers that are on do what they are for, before student code runs.

    Args:
        zygote: Where workers come from.
        confinement: Says without what no student code may run.
        hidden: Files and folders that student code must never get at.

    Raises:
        IsolationError: Something got through, or no worker can be had.
    """
    posture = zygote.posture
    posture.demand(confinement)
    matter = [
        each for each in ATTEMPTS if matters(each.layer, posture) or (each is COURSE and confinement.closed)
    ]
    for result in examine(zygote, hidden=hidden, attempts=matter):
        if not result.held:
            raise IsolationError(_sentence(result, posture))


def matters(layer: Layer | None, posture: Posture) -> bool:
    """Whether something is wrong if what `layer` guards gets through under a posture.

    All layers together (None) promise something only where the full level was reached.
    """
    if layer is None:
        return posture.level is Isolation.FULL
    return layer in posture.on


def _sentence(result: Result, posture: Posture) -> str:
    if result.name == COURSE.name:
        return _open_course(result, posture)
    layer = result.layer
    blame = f"The isolation layer '{layer}'" if layer else "All layers of isolation together"
    remedy = f" To mend it, {REMEDY[layer]}." if layer else ""
    return (
        f"A self-test worker could {result.name}: {result.detail}. {blame} should have prevented that, "
        f"so no student code was run.{remedy} `grader doctor` shows what holds here."
    )


def _open_course(result: Result, posture: Posture) -> str:
    if posture.on & CLOSING == {Layer.UID}:
        remedy = "take the rights of others away from it (chmod -R go-rwx on the course's folder)"
    else:
        remedy = "move the course out of the folders that Python lies in, which student code may read"
    return (
        f"A self-test worker could {result.name}: {result.detail}. So no student code was run. To mend it, "
        f"{remedy}; to do without, accept that by name: {ACCEPT_ALL}."
    )


def _tried(zygote: Zygote, tasks: Sequence[tuple[Attempt, Arguments]], bait: Bait) -> list[Result]:
    """What came of the first probes, up to one that ended the worker; at least of one."""
    line = zygote.fork(LIMITS, "cpu")
    results: list[Result] = []
    why = ""
    try:
        for batch in _batches(tasks):
            line.ask([(request, ()) for request in batch])
            for _ in batch:
                answer, _ = line.answer(_now() + SECONDS)
                results.append(_result(tasks[len(results)][0], answer, bait))
    except Closed:
        why = "it ended the worker"
    except DeadlinePassed:
        why = f"it was not over after {SECONDS:.0f} seconds"
    except WireError as error:
        why = str(error)
    finally:
        ended = zygote.end(line)
    counted = ended is not None and ended.oom_kills > 0
    if why:
        attempt = tasks[len(results)][0]
        held = attempt.deadly and counted
        results.append(Result(attempt.layer, attempt.name, held, "it was ended for it" if held else why))
    elif tasks[-1][0].probe == "spread_memory" and results[-1].held and not counted:
        results[-1] = replace(results[-1], held=False, detail="nobody counted the memory")
    return results


def _batches(tasks: Sequence[tuple[Attempt, Arguments]]) -> list[list[Probe]]:
    """The requests. One that may end the worker goes alone: answers leave together, and would be lost."""
    batches: list[list[Probe]] = [[]]
    for number, (attempt, arguments) in enumerate(tasks):
        if attempt.deadly:
            batches.append([])
        batches[-1].append(Probe(number, attempt.probe, tuple(map(str, arguments))))
    return [batch for batch in batches if batch]


def _result(attempt: Attempt, answer: Answer, bait: Bait) -> Result:
    if not isinstance(answer, Probed):
        return Result(attempt.layer, attempt.name, False, "the worker could not try it")
    if seen := attempt.seen(bait):
        return Result(attempt.layer, attempt.name, False, f"the judge saw that {seen}")
    return Result(attempt.layer, attempt.name, answer.held, answer.detail)
