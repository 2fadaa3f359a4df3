"""Which layers of isolation workers have here, and which are missing and why.

Plain data for `grader doctor`, for the head of every report and for the
decision whether strangers' code may run. What is on is never guessed: the
zygote tries each layer in a process of its own and says what came of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from grader.errors import IsolationError
from grader.sandbox.policy import CLOSING, MEANING, REMEDY, REQUIRED, Confinement
from grader.verdicts import Isolation, Layer

ACCEPT_ALL = " ".join(f"--accept-missing {layer.replace(' ', '-')}" for layer in Layer if layer in CLOSING)
"""What is typed to have student code run that can read the course's files."""


@dataclass(frozen=True)
class LayerFound:
    """What came of one layer.

    Attributes:
        layer: Which.
        on: Whether workers have it.
        detail: How ('ABI 7'), or why not ('Operation not permitted').
    """

    layer: Layer
    on: bool
    detail: str = ""

    def __str__(self) -> str:
        """In short, as reports list it."""
        if not self.on:
            return f"{self.layer}: {MEANING[self.layer]} ({self.detail or 'not asked for'})"
        return f"{self.layer} ({self.detail})" if self.detail else str(self.layer)


@dataclass(frozen=True)
class Posture:
    """How well workers are walled off.

    Attributes:
        found: What came of every layer, in the order of `Layer`.
    """

    found: tuple[LayerFound, ...]

    @property
    def on(self) -> frozenset[Layer]:
        """The layers that are on."""
        return frozenset(each.layer for each in self.found if each.on)

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that are on, as reports list them."""
        return tuple(str(each) for each in self.found if each.on)

    @property
    def missing(self) -> tuple[str, ...]:
        """The layers that are not on, as reports list them: what that means, and why."""
        return tuple(str(each) for each in self.found if not each.on)

    @property
    def level(self) -> Isolation:
        """The best level whose layers are all on."""
        return next(level for level in Isolation if REQUIRED[level] <= self.on)

    def demand(self, confinement: Confinement) -> None:
        """Make sure that the layers are on which are asked for.

        Raises:
            IsolationError: One is not; says which, why, and what to do.
        """
        self._demand_all(confinement.required)
        if confinement.closed and not self.on & CLOSING:
            raise IsolationError(
                f"None of the isolation layers {_named(CLOSING)} can be had here, so student code could read "
                f"the hidden tests, and none was run. To have one, {REMEDY[Layer.LANDLOCK]}, or "
                f"{REMEDY[Layer.PRIVATE_ROOT]}; to do without, accept that by name: {ACCEPT_ALL}."
            )

    def _demand_all(self, required: frozenset[Layer]) -> None:
        lacking = [each for each in self.found if each.layer in required and not each.on]
        if not lacking:
            return
        first = lacking[0]
        others = ", ".join(each.layer for each in lacking[1:])
        more = f" (and {others})" if others else ""
        raise IsolationError(
            f"The isolation layer '{first.layer}'{more} cannot be had here, so no student code was run: "
            f"{first.detail or 'not available'}. To have it, {REMEDY[first.layer]}; to do without, "
            f"lower the bar by name with --isolation or --accept-missing '{first.layer}'."
        )


def posture(found: Iterable[LayerFound] = ()) -> Posture:
    """The posture of what was found; a layer that nothing was said about is not on."""
    known = {each.layer: each for each in found}
    return Posture(tuple(known.get(layer, LayerFound(layer, False)) for layer in Layer))


def _named(layers: frozenset[Layer]) -> str:
    *first, last = (f"'{layer}'" for layer in Layer if layer in layers)
    return f"{', '.join(first)} and {last}"
