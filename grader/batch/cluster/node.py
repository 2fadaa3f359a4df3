"""What the driver has dask run on a node: in the dask worker's own process.

Functions that dask calls by name, and the stations that they keep between
calls, one for each batch. They never raise: dask would write what they were
given to its log. No torch.
"""

from __future__ import annotations

import asyncio
import socket
import threading

from distributed import Worker, get_worker

from grader.batch.cluster.alike import check
from grader.batch.cluster.parcel import Parcel
from grader.batch.cluster.station import Station, StationLost, StationOrder
from grader.batch.cluster.terms import GPU, Answer, Description, Sealed, Terms
from grader.errors import GraderError

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
