"""The socket to one zygote: orders go out, and for each comes back one notice.

Notices come in the order of the orders, so an order may be sent now and its
notice be collected when somebody needs it, or when a later one is. Every wait
has a deadline. A notice that does not fit its order, or is none at all, means
that the zygote is no longer what it was: nothing more is believed.
"""

import socket
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic as _now

from grader.errors import WireError
from grader.wire.caps import Caps
from grader.wire.frames import FrameReader, decode_notice, frame
from grader.wire.messages import End, Ended, Fork, Forked, Notice, Order, Survey, Surveyed

START_SECONDS = 120.0
"""Importing torch takes 1.5 s here, and a minute on a cold network disk."""
FORK_SECONDS = 30.0
"""A fork takes 10 ms; a machine that is swapping may need seconds."""
END_SECONDS = 30.0
"""Killing and reaping hundreds of processes takes less than a second."""

NO_PROCESS = 0
"""What the zygote says to have ended when it could not fork."""


class ZygoteDied(Exception):
    """The zygote is gone, and its workers with it."""


@dataclass
class Ordered:
    """An order that was sent.

    Attributes:
        order: What was ordered.
        then: What to do when the notice has come, whoever waited for it.
        notice: The notice, once it was collected.
    """

    order: Order
    then: Callable[[Notice], None] | None = None
    notice: Notice | None = None


class Orders:
    """The judge's end of a zygote's control socket."""

    def __init__(self, channel: socket.socket):
        self._channel = channel
        self._reader = FrameReader(Caps(payload_bytes=0))
        self._awaited: deque[Ordered] = deque()
        self._heard = False

    def send(
        self, order: Order, descriptors: Sequence[int] = (), then: Callable[[Notice], None] | None = None
    ) -> Ordered:
        """Send an order; its notice is collected later.

        Args:
            order: What to order.
            descriptors: What goes along with it.
            then: Called with the notice when it has come.

        Raises:
            ZygoteDied: Nobody takes it.
        """
        data = b"".join(frame(order))  # well under a page: one send takes it all
        self._channel.settimeout(FORK_SECONDS)
        try:
            socket.send_fds(self._channel, [data], list(descriptors))
        except OSError as error:
            raise ZygoteDied from error
        ordered = Ordered(order, then)
        self._awaited.append(ordered)
        return ordered

    def collect(self, ordered: Ordered) -> Notice:
        """The notice to an order; those to earlier orders are collected on the way.

        Raises:
            ZygoteDied: It did not come in time, or something else came.
        """
        while ordered.notice is None:
            self._collect_next()
        return ordered.notice

    def settle(self) -> None:
        """Collect all notices that are still to come; raises as `collect` does."""
        while self._awaited:
            self._collect_next()

    def close(self) -> None:
        """Hang up; the zygote ends its workers and itself."""
        self._channel.close()

    def _collect_next(self) -> None:
        if not self._awaited:
            raise ZygoteDied  # what is waited for was lost with an ill-formed notice
        ordered = self._awaited.popleft()
        notice = self._receive(self._seconds(ordered.order))
        if not _fits(ordered.order, notice):
            raise ZygoteDied
        self._heard = True
        ordered.notice = notice
        if ordered.then is not None:
            ordered.then(notice)

    def _seconds(self, order: Order) -> float:
        """How long the next notice may take."""
        if not self._heard:
            return START_SECONDS
        return END_SECONDS if isinstance(order, End) else FORK_SECONDS

    def _receive(self, seconds: float) -> Notice:
        deadline = _now() + seconds
        try:
            while (found := self._reader.next()) is None:
                self._channel.settimeout(max(deadline - _now(), 0.001))
                data = self._channel.recv(1 << 16)
                if not data:
                    raise ZygoteDied
                self._reader.feed(data)
            return decode_notice(found[0])
        except (OSError, WireError) as error:  # a time-out is an OSError
            raise ZygoteDied from error


def _fits(order: Order, notice: Notice) -> bool:
    match order:
        case Fork():
            return isinstance(notice, Forked) or (isinstance(notice, Ended) and notice.pid == NO_PROCESS)
        case End(pid=pid):
            return isinstance(notice, Ended) and notice.pid == pid
        case Survey():
            return isinstance(notice, Surveyed)
