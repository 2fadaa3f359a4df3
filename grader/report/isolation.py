"""What to say where student code was walled off less well than it can be.

Every report begins with it, so that nobody takes a mark for safer than it is.
Staff read what the code could do, because it was their machine; students read
one calm line, because it is nothing that they did. At full isolation nothing
is said: the footer lists the layers anyway.
"""

from collections.abc import Iterable

from grader.report.model import Environment
from grader.sandbox.policy import REQUIRED, Confinement
from grader.verdicts import Isolation, Layer

_WALLS = frozenset({Layer.PID, Layer.NETWORK, Layer.PRIVATE_ROOT, Layer.LANDLOCK, Layer.SECCOMP})
"""Without any of these there is no sandbox to speak of."""

_OPENS: tuple[tuple[str, frozenset[Layer]], ...] = (
    ("read your files", frozenset({Layer.PRIVATE_ROOT, Layer.LANDLOCK})),
    ("see the names of your files", frozenset({Layer.PRIVATE_ROOT})),
    ("use the network", frozenset({Layer.NETWORK, Layer.SECCOMP})),
    ("see other processes", frozenset({Layer.PID})),
    ("keep your privileges", frozenset({Layer.CAPABILITIES})),
    ("use any amount of memory", frozenset({Layer.RLIMITS})),
)
"""What student code can do where all of these layers are missing together, the gravest first."""

_TOLD = 2
"""So many of them are told: it is one sentence, and the footer has the rest."""


def lowered(environment: Environment) -> str:
    """For staff: what student code could do, in a sentence or two; '' where isolation was full."""
    level = environment.isolation_level
    if level is Isolation.FULL:
        return ""
    on = {entry.partition(" (")[0] for entry in environment.isolation}
    missing = frozenset(layer for layer in Layer if layer not in on)
    return f"Isolation: {level}. Student code ran without {_what(missing)}{_so(missing, 'could')}."


def lowered_for_student(environment: Environment) -> str:
    """For the student: that isolation was not full, in one calm line; '' where it was."""
    level = environment.isolation_level
    if level is Isolation.FULL:
        return ""
    return f"Isolation: {level}, not full. That concerns whoever ran the grader, not you."


def allowed(confinement: Confinement) -> str:
    """For staff, before anything runs: what student code may do; '' where isolation must be full."""
    spared = REQUIRED[Isolation.FULL] - confinement.required
    if not spared:
        return ""
    if confinement.wanted >= spared:
        where = f"Where this machine lacks {_named(spared)}, student code runs without"
        return f"Less than full isolation is accepted. {where}{_so(spared, 'can')}."
    missing = frozenset(Layer) - confinement.wanted
    level = next(each for each in Isolation if REQUIRED[each] <= confinement.wanted)
    return f"Isolation: {level}. Student code runs without {_what(missing)}{_so(missing, 'can')}."


def _what(missing: frozenset[Layer]) -> str:
    return "a sandbox" if missing >= _WALLS else _named(missing & REQUIRED[Isolation.FULL])


def _so(missing: frozenset[Layer], may: str) -> str:
    """`: it could read your files and use the network`; '' where nothing worth a word is open."""
    told: list[tuple[str, frozenset[Layer]]] = []
    for opened, layers in _OPENS:
        # Whoever reads files sees their names.
        if layers <= missing and not any(layers <= graver for _, graver in told):
            told.append((opened, layers))
    return f": it {may} {_and(opened for opened, _ in told[:_TOLD])}" if told else ""


def _named(layers: frozenset[Layer]) -> str:
    return _and(layer.value for layer in Layer if layer in layers)


def _and(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
