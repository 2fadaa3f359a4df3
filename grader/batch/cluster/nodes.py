"""The nodes of a cluster, as the driver sees them: who is there, and whether they are alike.

Nodes come and go while a batch runs. Those that are there at the start are
compared before the first job; one that comes later compares itself with them
before its own first job. Whatever is asked of nodes has a deadline.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from grader.batch.cluster import node
from grader.batch.cluster.alike import check_all, makeup
from grader.batch.cluster.parcel import Parcel
from grader.batch.cluster.station import LEAVE_SECONDS
from grader.batch.cluster.terms import Answer, Description, Terms, trouble
from grader.batch.slot import START_SECONDS
from grader.errors import GraderError, UsageError

if TYPE_CHECKING:
    from distributed import Client

_clock = time.monotonic

JOIN_SECONDS = 60
"""For the first node to come: a batch system that has room starts one within half a minute."""

ASK_SECONDS = 30.0
"""For a short answer of all nodes at once; a loaded one may be in the middle of something."""

LOOK_SECONDS = 2.0
"""How often it is looked who is there: often enough to use a new node soon."""

ALONE_SECONDS = 300.0
"""Without any node: a batch system that took them away may give them back, but nobody waits for ever."""


class Nodes:
    """Who is there.

    Args:
        client: Connected with the scheduler.
        parcel: The course.
        terms: What is asked of every node.

    Attributes:
        terms: The same, once `gather` has found out what device it is, and what nodes must be like.
    """

    def __init__(self, client: Client, parcel: Parcel, terms: Terms) -> None:
        self.terms = terms
        self._client, self._parcel = client, parcel
        self._there: dict[str, Description] = {}
        self._asking = ThreadPoolExecutor(1, "grader nodes")
        self._look: Future[dict[str, Description]] | None = None
        self._looked = self._seen = _clock()

    @property
    def slots(self) -> int:
        """How many jobs all nodes together can judge at the same time."""
        return sum(each.slots(self.terms.device) for each in self._there.values())

    def gather(self) -> None:
        """Wait for the first node, find out about all that are there, and have them get ready.

        Raises:
            UsageError: There are none, or none has a GPU.
            GraderError: One of them cannot be used, or is not like the others.
        """
        try:
            self._client.wait_for_workers(1, timeout=JOIN_SECONDS)
        except TimeoutError:
            raise UsageError(
                f"The scheduler has had no nodes for {JOIN_SECONDS} seconds; start some, such as "
                "`dask worker ADDRESS`, and try again."
            ) from None
        self._there = self._described(())
        if not self._there:
            raise GraderError("The nodes went while they were asked what they are; try again.")
        self.terms = replace(self.terms, device=self._device())
        chosen = [where for where, each in self._there.items() if each.slots(self.terms.device)]
        answers = self._ask(
            node.prepare, self._parcel, self.terms, workers=chosen, seconds=START_SECONDS + ASK_SECONDS
        )
        found = []
        for where, answer in answers.items():
            if not isinstance(answer, Answer):
                raise GraderError(f"The node {where} was lost before it could say what it is; try again.")
            if answer.found is None:
                raise trouble(answer)
            found.append(answer.found)
        self.terms = replace(self.terms, like=check_all(found, makeup()))

    def look(self) -> None:
        """Find out who is there now, beside everything else; called often, does little.

        Raises:
            GraderError: Nobody has been there for long, or the scheduler is gone.
        """
        now = _clock()
        if self._look is not None and self._look.done():
            self._there, self._look = self._look.result(), None
        if self.slots:
            self._seen = now
        elif now > self._seen + ALONE_SECONDS:
            raise GraderError(
                f"The cluster has had no nodes for {ALONE_SECONDS / 60:.0f} minutes; the same command goes "
                "on once there are some."
            )
        if self._look is None and now > self._looked + LOOK_SECONDS:
            self._looked = now
            self._look = self._asking.submit(self._present)

    def leave(self) -> None:
        """Have every node end what it has started."""
        self._ask(node.leave, self.terms.batch, workers=None, seconds=LEAVE_SECONDS + ASK_SECONDS)

    def close(self) -> None:
        """Ask nothing more."""
        self._asking.shutdown(wait=False, cancel_futures=True)

    def _device(self) -> str:
        """What tests run on; tasks that need a GPU go to nodes that say that they have one."""
        device = self.terms.device
        gpus = any(each.gpus for each in self._there.values())
        if device == "cuda" and not gpus:
            raise UsageError(
                "No node of the cluster says that it has a GPU; start some with "
                "`dask worker ADDRESS --resources GPU=1`."
            )
        if device == "auto":
            return "cuda" if gpus else "cpu"
        return device

    def _present(self) -> dict[str, Description]:
        """Who is there; only newcomers are asked what they are."""
        addresses = list(self._client.nthreads())
        new = [where for where in addresses if where not in self._there]
        known = self._there | (self._described(new) if new else {})
        return {where: known[where] for where in addresses if where in known}

    def _described(self, addresses: Sequence[str]) -> dict[str, Description]:
        told = self._client.run(node.describe, workers=list(addresses) or None, on_error="return")
        descriptions = {}
        for where, answer in told.items():
            if isinstance(answer, OSError):
                continue  # it went while it was asked
            if not isinstance(answer, Description):
                raise GraderError(
                    f"The node {where} cannot be used ({type(answer).__name__}: {answer}); install "
                    "grader[cluster] in the same version on the scheduler and on every node."
                )
            descriptions[where] = answer
        return descriptions

    def _ask(
        self, what: Callable[..., Any], *given: object, workers: Sequence[str] | None, seconds: float
    ) -> Mapping[str, Any]:
        """Have nodes run something, and wait for their answers.

        Raises:
            GraderError: One does not answer in time, or fails.
        """
        chosen = None if workers is None else list(workers)
        asked = self._asking.submit(self._client.run, what, *given, workers=chosen, on_error="return")
        try:
            answers: Mapping[str, Any] = asked.result(seconds)
            return answers
        except TimeoutError:
            raise GraderError(
                f"The cluster did not answer within {seconds:.0f} seconds; try again."
            ) from None
        except OSError as error:
            raise GraderError(f"The cluster cannot be asked ({error}); try again.") from None
