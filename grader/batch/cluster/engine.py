"""The driver's side of a cluster: jobs to nodes, reports back.

Dask decides where a job runs and runs it elsewhere if its node is lost; here it
is decided how many are on their way, what becomes of one that loses node after
node, and what ends the batch. Jobs travel with their bytes, the course as a
parcel that nodes pass on to each other, so that no file system is shared.
"""

from __future__ import annotations

import logging
import queue
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from grader.batch.cluster.alike import check_apart
from grader.batch.cluster.connect import connect
from grader.batch.cluster.parcel import pack
from grader.batch.slot import GRACE_SECONDS, START_SECONDS
from grader.course import Course
from grader.errors import GraderError
from grader.findings import GraderFault
from grader.judge.job import Job
from grader.report.model import Environment, ExerciseReport
from grader.sandbox.policy import Confinement
from grader.verdicts import Verdict

if TYPE_CHECKING:
    from distributed import Client, Future

    from grader.batch.cluster.node import Answer
    from grader.batch.cluster.nodes import Nodes

ASK_AGAIN_SECONDS = 0.3
"""As in `grader.batch.slots`: where there was no job, one may have arrived a third of a second later."""

WINDOW = 2
"""Jobs on their way for each slot: one that is judged, and one that is there when that is done."""

LOSSES = 2
"""Nodes that a job may take along: once is an accident. Then the grader takes the blame."""

RESULT_SECONDS = 60.0
"""For a report that is ready to be fetched from the node that has it."""


@dataclass
class Errand:
    """A job on its way.

    Attributes:
        job: The job.
        future: What dask knows it by.
        begun: How many nodes have begun with it.
    """

    job: Job
    future: Future[Any]
    begun: int = 0


@dataclass(frozen=True)
class Began:
    """A node has begun with the job of that number."""

    number: int


@dataclass(frozen=True)
class Ended:
    """The job of that number is done, or dask has given it up."""

    number: int
    future: Future[Any] = field(repr=False)


class DaskEngine:
    """A cluster, used as a context manager; an `Engine`.

    Args:
        course: The course, read with its staff's files.
        exercises: Names of those that are judged.
        device: 'cpu', 'cuda', 'auto' or 'all'; all but the first go to nodes with the resource GPU.
        scheduler: Its address, such as 'tcp://10.0.0.1:8786'.
        confinement: What every worker on every node is walled off with.
        gpu_slots: How many slots there are at most for each CUDA device.
        started: Told when a node begins with a job, once for each job.

    Attributes:
        environment: What the nodes run on; known once the first report has come.
    """

    def __init__(
        self,
        course: Course,
        exercises: Sequence[str],
        device: str,
        scheduler: str,
        confinement: Confinement,
        gpu_slots: int = 1,
        started: Callable[[Job], None] = lambda job: None,
    ) -> None:
        self._course, self._exercises, self._device = course, tuple(exercises), device
        self._scheduler, self._confinement, self._gpu_slots = scheduler, confinement, gpu_slots
        self._started = started
        self._batch = f"grader-{uuid.uuid4().hex}"
        self._events: queue.SimpleQueue[Began | Ended] = queue.SimpleQueue()
        self._errands: dict[int, Errand] = {}
        self._sent = 0
        self._stack = ExitStack()
        self._client: Client
        self._nodes: Nodes
        self._parcel: Future[Any]
        self.environment: Environment | None = None

    def __enter__(self) -> Self:
        check_apart(self._confinement)
        parcel = pack(self._course)
        with ExitStack() as stack:
            stack.enter_context(_quiet())
            self._client = connect(self._scheduler)
            stack.callback(self._client.close)
            from grader.batch.cluster.node import Terms, keep
            from grader.batch.cluster.nodes import Nodes

            terms = Terms(
                self._batch,
                self._exercises,
                self._device,
                self._gpu_slots,
                self._confinement,
                self._seconds(),
            )
            self._nodes = Nodes(self._client, parcel, terms)
            stack.callback(self._nodes.close)
            stack.callback(self._leave)
            self._client.subscribe_topic(self._batch, self._told)
            self._nodes.gather()
            self._parcel = self._client.submit(keep, parcel, key=f"{self._batch}-course")
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def run(self, jobs: Iterable[Job | None]) -> Iterator[tuple[Job, ExerciseReport]]:
        """Judge every job; yields each with its report, in the order in which they end.

        Raises:
            IsolationError: A layer that is required cannot be had on a node, or only some nodes have it.
            GraderError: The course's tests cannot be collected, nodes differ, or the cluster is gone.
        """
        source, exhausted = iter(jobs), False
        while True:
            while not exhausted and len(self._errands) < WINDOW * self._nodes.slots:
                try:
                    job = next(source)
                except StopIteration:
                    exhausted = True
                    break
                if job is None:
                    break
                self._send(job)
            if exhausted and not self._errands:
                return
            for event in self._happened():
                if (done := self._take(event)) is not None:
                    yield done
            self._nodes.look()

    def _send(self, job: Job) -> None:
        number, self._sent = self._sent, self._sent + 1
        self._errands[number] = Errand(job, self._submit(number, job))

    def _submit(self, number: int, job: Job) -> Future[Any]:
        from grader.batch.cluster.node import GPU, Sealed, judge

        resources = {} if self._nodes.terms.device == "cpu" else {GPU: 1}
        future = self._client.submit(
            judge,
            self._parcel,
            self._nodes.terms,
            number,
            Sealed.job(job),
            key=f"{self._batch}-{number}-{uuid.uuid4().hex[:8]}",
            resources=resources,
            pure=False,
        )
        future.add_done_callback(lambda done: self._events.put(Ended(number, done)))
        return future

    # --- what happens -----------------------------------------------------------

    def _told(self, event: tuple[float, dict[str, int]]) -> None:
        """A node says that it has begun with a job; called in the client's thread."""
        self._events.put(Began(event[1]["began"]))

    def _happened(self) -> Iterator[Began | Ended]:
        """What has happened, and at least that it is time to look round."""
        with suppress(queue.Empty):
            yield self._events.get(timeout=ASK_AGAIN_SECONDS)
            while True:
                yield self._events.get_nowait()

    def _take(self, event: Began | Ended) -> tuple[Job, ExerciseReport] | None:
        """What follows from an event; a job whose report is there."""
        errand = self._errands.get(event.number)
        if errand is None:
            return None  # it was given up
        if isinstance(event, Ended):
            return self._ended(event, errand) if event.future is errand.future else None
        errand.begun += 1
        if errand.begun == 1:
            self._started(errand.job)
        if errand.begun <= LOSSES:
            return None
        self._client.cancel([errand.future], force=True)
        return self._lost(event.number)

    def _ended(self, event: Ended, errand: Errand) -> tuple[Job, ExerciseReport] | None:
        match event.future.status:
            case "finished":
                return self._answered(event.number, event.future.result(RESULT_SECONDS))
            case "error":
                error = event.future.exception(RESULT_SECONDS)
            case _:
                raise self._gone()
        if type(error).__name__ != "KilledWorker":
            raise GraderError(
                f"The cluster could not run a job ({type(error).__name__}: {error}); install grader[cluster] "
                "in the same version on the scheduler and on every node."
            )
        if errand.begun >= LOSSES:
            return self._lost(event.number)
        # It was on nodes that were lost, and none had begun with it more than once: it is not to blame.
        errand.future = self._submit(event.number, errand.job)
        return None

    def _answered(self, number: int, answer: Answer) -> tuple[Job, ExerciseReport] | None:
        from grader.batch.cluster.nodes import trouble

        if answer.lost:
            return self._lost(number)
        if answer.judged is None:
            raise trouble(answer)
        self.environment = answer.judged.environment
        return self._errands.pop(number).job, answer.judged.report

    def _lost(self, number: int) -> tuple[Job, ExerciseReport]:
        """A job is given up, and the grader takes the blame."""
        job = self._errands.pop(number).job
        exercise = self._course.exercise(job.exercise)
        detail = "What judged this submission on the cluster ended twice while it did."
        return job, ExerciseReport(
            name=exercise.name,
            title=exercise.title,
            verdict=Verdict.ERROR,
            score=0,
            max_score=0,
            files=tuple(file.name for file in job.bundle.files),
            notes=job.bundle.notes,
            findings=(GraderFault(detail=detail),),
            tests=(),
            seconds=0,
        )

    # --- the end ------------------------------------------------------------------

    def _gone(self) -> GraderError:
        return GraderError(
            f"The scheduler at '{self._scheduler}' is gone; the same command goes on once it is back."
        )

    def _leave(self) -> None:
        """Take back what is on its way, and have every node end what it has started for this batch."""
        if self._client.status != "running":
            return  # nodes that hear no more end by themselves
        with suppress(GraderError, OSError, TimeoutError):
            self._client.unsubscribe_topic(self._batch)
            self._client.cancel([errand.future for errand in self._errands.values()], force=True)
            self._nodes.leave()

    def _seconds(self) -> float:
        """The longest that any job can take on a node, a judge that dies over it included."""
        limits = [self._course.exercise(name).limits for name in self._exercises]
        longest = max(each.exercise_seconds + each.import_seconds for each in limits)
        return 3 * (2 * longest + GRACE_SECONDS) + START_SECONDS


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
