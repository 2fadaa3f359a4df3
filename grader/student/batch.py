"""Requests that travel together, and how far the worker is with them.

What a test asks for without needing an answer waits until something is read;
then all of it leaves in one piece and is carried out in order. Each request
keeps its own label and its own share of time: the worker shows the number of
the one that it is at, which is believed for nothing but these two.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic as _now

from grader.wire.frames import Buffer, PayloadCursor
from grader.wire.messages import Answer, Request

MOST_REQUESTS = 64
MOST_BYTES = 4 << 20
"""More than that does not wait: neither side should have to hold it."""

LOOKS = 20
"""How many times within one request's time the judge looks which request the worker is at."""

Settle = Callable[[Answer, PayloadCursor], object]


@dataclass(frozen=True)
class Asked:
    """A request and what becomes of its answer.

    Attributes:
        request: What to ask.
        payload: The bytes of its tensors.
        call: The call in short form, for findings; None for a load.
        settle: Checks the answer and raises StudentFailed if the call failed;
            None for the one request whose answer somebody waits for.
    """

    request: Request
    payload: Sequence[Buffer]
    call: str | None
    settle: Settle | None = None

    @property
    def size(self) -> int:
        """Bytes of its tensors."""
        return sum(len(part) for part in self.payload)


class Pace:
    """Which request of a batch the worker is at, and since when.

    Args:
        batch: What was sent, in order.
        seconds: How long each request may take.

    Attributes:
        position: Which it is at, from 0, as far as is known.
        seconds: As given.
    """

    def __init__(self, batch: Sequence[Asked], seconds: float):
        self.position = 0
        self._numbers = [asked.request.number for asked in batch]
        self.seconds = seconds
        self._since = _now()

    @property
    def deadline(self) -> float:
        """When the time of the present request is up."""
        return self._since + self.seconds

    @property
    def next_look(self) -> float:
        """When to look again; a request that is the last has nothing behind it to look for."""
        last = self.position >= len(self._numbers) - 1
        return self.deadline if last else min(self.deadline, _now() + self.seconds / LOOKS)

    def answered(self, count: int) -> None:
        """So many answers have come: it is at the next request, or further."""
        self._reach(count)

    def seen(self, number: int | None) -> None:
        """The worker shows this number; one that is not of the batch means nothing."""
        if number in self._numbers:
            self._reach(self._numbers.index(number))

    def _reach(self, position: int) -> None:
        position = min(position, len(self._numbers) - 1)
        if position > self.position:
            self.position = position
            self._since = _now()
