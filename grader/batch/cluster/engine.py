"""The cluster as an engine: jobs out, reports back.

Decides how many jobs are on their way, what becomes of one that loses node
after node, and who takes the blame. Does not reach for the cluster before there
is something to judge, so that a run that finds everything in its journal needs
none.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from grader.batch.cluster.alike import check_apart
from grader.batch.cluster.connect import check_installed
from grader.batch.cluster.parcel import pack
from grader.batch.cluster.terms import Answer, Began, Ended, Terms, trouble
from grader.batch.engine import ASK_AGAIN_SECONDS, LOSSES, given_up
from grader.batch.slot import GRACE_SECONDS, START_SECONDS
from grader.course import Course
from grader.judge.job import Job
from grader.report.model import Environment, ExerciseReport
from grader.sandbox.policy import Confinement

WINDOW = 2
"""Jobs on their way for each slot: one that is judged, and one that is there when that is done."""


class Sender(Protocol):
    """What an engine needs of a connection; see `grader.batch.cluster.dispatch.Dispatch`."""

    @property
    def slots(self) -> int:
        """How many jobs can be judged at the same time, just now."""

    @property
    def environment(self) -> Environment:
        """What nodes run on."""

    def send(self, number: int, job: Job) -> None:
        """Send a job, or send it again."""

    def take_back(self, number: int) -> None:
        """Nothing more is to happen with a job."""

    def happened(self) -> Iterator[Began | Ended]:
        """What has happened."""

    def close(self) -> None:
        """End everything."""


@dataclass
class Errand:
    """A job on its way.

    Attributes:
        job: The job.
        begun: How many nodes have begun with it.
    """

    job: Job
    begun: int = 0


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
        self._sender: Sender | None = None
        self._errands: dict[int, Errand] = {}
        self._sent = 0
        self.environment: Environment | None = None

    def __enter__(self) -> Self:
        check_installed()
        check_apart(self._confinement)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._sender is not None:
            self._sender.close()
            self._sender = None

    def run(self, jobs: Iterable[Job | None]) -> Iterator[tuple[Job, ExerciseReport]]:
        """Judge every job; yields each with its report, in the order in which they end.

        Raises:
            IsolationError: A layer that is required cannot be had on a node, or only some nodes have it.
            UsageError: There is no scheduler, or no node for this.
            GraderError: The course's tests cannot be collected, nodes differ, or the cluster is gone.
        """
        source, exhausted = iter(jobs), False
        while True:
            while not exhausted and len(self._errands) < (WINDOW * self._sender.slots if self._sender else 1):
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
            yield from self._done()

    def _send(self, job: Job) -> None:
        if self._sender is None:
            self._sender = self._connected()
            self.environment = self._sender.environment
        number, self._sent = self._sent, self._sent + 1
        self._errands[number] = Errand(job)
        self._sender.send(number, job)

    def _connected(self) -> Sender:
        from grader.batch.cluster.dispatch import Dispatch

        terms = Terms(
            batch=f"grader-{uuid.uuid4().hex}",
            exercises=self._exercises,
            device=self._device,
            gpu_slots=self._gpu_slots,
            confinement=self._confinement,
            seconds=self._longest(),
        )
        return Dispatch(self._scheduler, pack(self._course), terms)

    def _longest(self) -> float:
        """The longest that a node can take over any job, a judge that dies of it included."""
        limits = [self._course.exercise(name).limits for name in self._exercises]
        most = max(each.exercise_seconds + each.import_seconds for each in limits)
        return 3 * (2 * most + GRACE_SECONDS) + START_SECONDS  # tried, tried again, alone on its device

    # --- what happens -----------------------------------------------------------

    def _done(self) -> Iterator[tuple[Job, ExerciseReport]]:
        """Wait until something happens, a moment at most; the jobs that have their reports."""
        if self._sender is None:
            time.sleep(ASK_AGAIN_SECONDS)
            return
        for event in self._sender.happened():
            errand = self._errands.get(event.number)
            if errand is None:
                continue  # it was given up
            report = self._ended(event, errand) if isinstance(event, Ended) else self._began(event, errand)
            if report is not None:
                del self._errands[event.number]
                yield errand.job, report

    def _began(self, event: Began, errand: Errand) -> ExerciseReport | None:
        """A node has begun with a job: the first, or the next one after another was lost."""
        errand.begun += 1
        if errand.begun == 1:
            self._started(errand.job)
        if errand.begun <= LOSSES:
            return None
        assert self._sender is not None, "it sent the job"
        self._sender.take_back(event.number)
        return self._fault(errand.job)

    def _ended(self, event: Ended, errand: Errand) -> ExerciseReport | None:
        """A job has its answer, or dask has given it up."""
        if event.answer is not None:
            return self._report(event.answer, errand.job)
        if errand.begun >= LOSSES:
            return self._fault(errand.job)
        assert self._sender is not None, "it sent the job"
        # Nodes were lost that had it in line behind others: it is not to blame.
        self._sender.send(event.number, errand.job)
        return None

    def _report(self, answer: Answer, job: Job) -> ExerciseReport:
        """What a node found.

        Raises:
            GraderError: It cannot be used.
        """
        if answer.lost:
            return self._fault(job)
        if answer.judged is None:
            raise trouble(answer)
        self.environment = answer.judged.environment
        return answer.judged.report

    def _fault(self, job: Job) -> ExerciseReport:
        detail = "What judged this submission on the cluster ended twice while it did."
        return given_up(self._course.exercise(job.exercise), job, detail)
