"""What the driver has dask run on a node: in the dask worker's own process.

Functions that dask calls by name, and the stations that they keep between
calls, one for each batch. They never raise and what they are given has no
telling `repr`, because dask writes both to its log, and a log is no place for
secrets or for students' text. No torch.
"""

from __future__ import annotations

import asyncio
import pickle
import socket
import threading
from dataclasses import dataclass, field

from distributed import Worker, get_worker

from grader.batch.cluster.alike import Likeness, check
from grader.batch.cluster.parcel import Parcel
from grader.batch.cluster.station import Judged, Station, StationLost, StationOrder
from grader.errors import GraderError
from grader.judge.job import Job
from grader.sandbox.policy import Confinement

GPU = "GPU"
"""The name of the dask resource: `dask worker --resources GPU=1`."""


@dataclass(frozen=True)
class Terms:
    """What one batch asks of every node.

    Attributes:
        batch: The batch's own name.
        exercises: Names of those that are judged.
        device: What tests run on, as for `--device`.
        gpu_slots: How many slots there are for each CUDA device.
        confinement: What every worker is walled off with.
        seconds: How long any job can take at most.
        like: What a node must be like; None while nobody knows.
    """

    batch: str
    exercises: tuple[str, ...]
    device: str
    gpu_slots: int
    confinement: Confinement
    seconds: float
    like: Likeness | None = None


@dataclass(frozen=True)
class Sealed:
    """A job on its way: nobody between driver and node looks into it."""

    content: bytes = field(repr=False)

    @classmethod
    def job(cls, job: Job) -> Sealed:
        """Seal a job."""
        return cls(pickle.dumps(job))

    def opened(self) -> Job:
        """The job; both ends are ours."""
        job: Job = pickle.loads(self.content)  # noqa: S301 - made by `job` above
        return job


@dataclass(frozen=True)
class Description:
    """What a node is before it is used.

    Attributes:
        host: Its name.
        threads: How many jobs it takes at the same time.
        gpus: How many of those on a GPU.
    """

    host: str
    threads: int
    gpus: int

    def slots(self, device: str) -> int:
        """How many jobs on `device` it takes at the same time."""
        return self.threads if device == "cpu" else min(self.threads, self.gpus)


@dataclass(frozen=True)
class Answer:
    """What came of something that was asked of a node.

    Attributes:
        host: Its name.
        found: What it grades with, where that was asked.
        judged: What came of a job, where that was asked.
        error: Why the node cannot be used.
        lost: Whether its judges have ended, time and again.
    """

    host: str
    found: Likeness | None = None
    judged: Judged | None = None
    error: GraderError | None = field(default=None, repr=False)
    lost: bool = False


_stations: dict[str, Station] = {}
_over = set[str]()
_starting = threading.Lock()


def keep(parcel: Parcel) -> Parcel:
    """Have dask keep the course where every node can get it."""
    return parcel


def describe(dask_worker: Worker) -> Description:
    """What this node is."""
    state = dask_worker.state
    return Description(socket.gethostname(), state.nthreads, int(state.total_resources.get(GPU, 0)))


async def prepare(parcel: Parcel, terms: Terms, dask_worker: Worker) -> Answer:
    """Start this node's station, and say what it grades with."""
    slots = describe(dask_worker).slots(terms.device)
    return await asyncio.to_thread(_prepare, parcel, terms, slots)


def _prepare(parcel: Parcel, terms: Terms, slots: int) -> Answer:
    host = socket.gethostname()
    try:
        return Answer(host, found=_station(parcel, terms, slots).likeness())
    except GraderError as error:
        return Answer(host, error=error)
    except StationLost:
        return Answer(host, lost=True)


def judge(parcel: Parcel, terms: Terms, number: int, job: Sealed) -> Answer:
    """Judge a job here; dask runs as many of these at the same time as the node has threads."""
    dask_worker = get_worker()
    dask_worker.log_event(terms.batch, {"began": number})
    host, slots = socket.gethostname(), describe(dask_worker).slots(terms.device)
    opened = job.opened()
    for _ in range(2):  # once is an accident
        try:
            station = _station(parcel, terms, slots)
            found = station.likeness()
            if terms.like is not None:
                check(found, terms.like)
            return Answer(host, found=found, judged=station.judge(opened, terms.seconds))
        except GraderError as error:
            return Answer(host, error=error)
        except StationLost:
            continue
    return Answer(host, lost=True)


async def leave(batch: str) -> None:
    """End what this node has started for a batch."""
    await asyncio.to_thread(_leave, batch)


def _leave(batch: str) -> None:
    with _starting:
        _over.add(batch)  # a job that is still in hand must not start it again
        station = _stations.pop(batch, None)
    if station is not None:
        station.close()


def _station(parcel: Parcel, terms: Terms, slots: int) -> Station:
    """The batch's station, started again if it has ended.

    Raises:
        StationLost: The batch is over.
    """
    with _starting:
        if terms.batch in _over:
            raise StationLost("The batch is over.")
        station = _stations.get(terms.batch)
        if station is not None and station.has_ended:
            station.close()
            station = None
        if station is None:
            order = StationOrder(
                parcel, terms.exercises, terms.device, slots, terms.gpu_slots, terms.confinement
            )
            station = _stations[terms.batch] = Station(order)
        return station
