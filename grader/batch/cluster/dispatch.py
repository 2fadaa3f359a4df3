"""Jobs on their way: what the driver sends over dask, and what comes back.

Holds the connection, the course that nodes pass on to each other, and the
future of each job; says what happens in words of ours. What dask does by itself
(run a job elsewhere when its node is lost) it does; what it gives up is told.
"""

from __future__ import annotations

import logging
import queue
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

import dask

from grader.batch.cluster.connect import connect
from grader.batch.cluster.node import judge, keep
from grader.batch.cluster.nodes import Nodes
from grader.batch.cluster.parcel import Parcel
from grader.batch.cluster.terms import GPU, Answer, Began, Ended, Sealed, Terms
from grader.errors import GraderError
from grader.judge.job import Job
from grader.report.model import Environment

if TYPE_CHECKING:
    from distributed import Future

LOOK_ROUND_SECONDS = 0.3
"""As in `grader.batch.slots`: where there was no job, one may have arrived a third of a second later."""

RESULT_SECONDS = 60.0
"""For a report that is ready, to be fetched from the node that has it."""


class Dispatch:
    """A connection with a cluster that is ready to judge.

    Args:
        scheduler: The scheduler's address.
        parcel: The course.
        terms: What is asked of every node.

    Raises:
        UsageError: There is no scheduler, or no node for this.
        GraderError: A node cannot be used, or is not like the others.
    """

    def __init__(self, scheduler: str, parcel: Parcel, terms: Terms) -> None:
        self._scheduler, self._batch = scheduler, terms.batch
        self._happening: queue.SimpleQueue[Began | tuple[int, Future[Any]]] = queue.SimpleQueue()
        self._futures: dict[int, Future[Any]] = {}
        with ExitStack() as stack:
            stack.enter_context(_quiet())
            # Dask warns of more than 10 MB in one message, which a course with data in it may be.
            stack.enter_context(dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}))
            self._client = connect(scheduler)
            stack.callback(self._client.close)
            self._nodes = Nodes(self._client, parcel, terms)
            stack.callback(self._nodes.close)
            stack.callback(self._leave)
            self._client.subscribe_topic(self._batch, self._told)
            self._nodes.gather()
            self._parcel = self._client.submit(keep, parcel, key=f"{self._batch}-course", pure=False)
            self._stack = stack.pop_all()

    @property
    def slots(self) -> int:
        """How many jobs the cluster can judge at the same time, just now."""
        return self._nodes.slots

    @property
    def environment(self) -> Environment:
        """What nodes run on, as they said before there was a judge."""
        like = self._nodes.terms.like
        assert like is not None, "nodes have been compared"
        return like.environment

    def send(self, number: int, job: Job) -> None:
        """Send a job, or send it again.

        Args:
            number: What its events are known by.
            job: The job.
        """
        terms = self._nodes.terms
        future = self._client.submit(
            judge,
            self._parcel,
            terms,
            number,
            Sealed.job(job),
            key=f"{self._batch}-{number}-{uuid.uuid4().hex[:8]}",
            resources={} if terms.device == "cpu" else {GPU: 1},
            pure=False,
        )
        self._futures[number] = future
        future.add_done_callback(lambda done: self._happening.put((number, done)))

    def take_back(self, number: int) -> None:
        """Nothing more is to happen with a job."""
        self._client.cancel([self._futures.pop(number)], force=True)

    def happened(self) -> Iterator[Began | Ended]:
        """What has happened; ends when there is nothing more for now, and soon if there is nothing.

        Raises:
            GraderError: The scheduler is gone, or nodes are, or one cannot run jobs at all.
        """
        with suppress(queue.Empty):
            event = self._happening.get(timeout=LOOK_ROUND_SECONDS)
            while True:
                if isinstance(event, Began):
                    yield event
                else:
                    number, future = event
                    if self._futures.get(number) is future:  # else it was taken back, or sent again
                        yield Ended(number, self._answer(future))
                        del self._futures[number]
                event = self._happening.get_nowait()
        self._nodes.look()

    def close(self) -> None:
        """Take back what is on its way, and have every node end what it has started."""
        self._stack.close()

    def _told(self, event: tuple[float, dict[str, int]]) -> None:
        """A node says that it has begun with a job; called in the client's thread."""
        self._happening.put(Began(event[1]["began"]))

    def _answer(self, future: Future[Any]) -> Answer | None:
        if future.status == "finished":
            answer: Answer = future.result(RESULT_SECONDS)
            return answer
        if future.status != "error":
            raise GraderError(
                f"The scheduler at '{self._scheduler}' is gone; the same command goes on once it is back."
            )
        from distributed.scheduler import KilledWorker

        error = future.exception(RESULT_SECONDS)
        if isinstance(error, KilledWorker):
            return None
        raise GraderError(
            f"The cluster could not run a job ({' '.join(str(error).split())}); install grader[cluster] in "
            "the same version on the scheduler and on every node."
        )

    def _leave(self) -> None:
        if self._client.status != "running":
            return  # nodes that hear no more end by themselves
        with suppress(GraderError, OSError, TimeoutError):
            self._client.unsubscribe_topic(self._batch)
            self._client.cancel(list(self._futures.values()), force=True)
            self._nodes.leave()


@contextmanager
def _quiet() -> Iterator[None]:
    """What dask's client logs about nodes that come and go is no news here: it is told otherwise."""
    log = logging.getLogger("distributed")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)
