"""What judges on a node: `python -m grader.batch.cluster.serving SOCKET LIFELINE`.

A station is to a node what the driver is to one machine: it unpacks the course
to a folder of its own, shows how workers are walled off here, and gives jobs to
its slots. A process of its own, so that it ends as a driver ends: when its
socket closes, at a signal, or soon after the dask worker that started it, and
every time without its slots, its workers and its folder.
"""

from __future__ import annotations

import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path

from grader.batch.cluster.alike import Likeness, makeup
from grader.batch.cluster.parcel import unpack
from grader.batch.cluster.station import LEAVE_SECONDS, Given, Judged, StationFailed, StationOrder
from grader.batch.lifeline import hold
from grader.batch.slots import Slots
from grader.errors import GraderError
from grader.judge.job import Job
from grader.report.model import Environment
from grader.sandbox.remains import Folder, sweep_folders

_clock = time.monotonic

NEXT_SECONDS = 0.05
"""When a report has gone out, the next job is here within milliseconds; where slots ask in vain, they
ask again only after a third of a second."""

IDLE_SECONDS = 60.0
"""Without a job for so long, the driver has gone without a word, or waits for files to arrive: slots
take 600 MB each, and start again in seconds."""


def main(arguments: Sequence[str]) -> None:
    """Judge jobs from a socket until it closes.

    Args:
        arguments: Descriptors of the socket, and of the lifeline that the dask worker holds.
    """
    connection = hold(arguments, LEAVE_SECONDS)
    try:
        try:
            _serve(connection)
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)  # we are on our way
    except GraderError as error:
        with suppress(OSError):
            connection.send(StationFailed(error))
    except (EOFError, OSError, KeyboardInterrupt):
        pass  # nobody listens any more, or nobody wants more


def _serve(connection: Connection) -> None:
    order: StationOrder = connection.recv()
    sweep_folders()  # of stations that were killed here before
    with private_folder() as folder:
        course = unpack(order.parcel, folder)
        connection.send(_shown(order))
        with Slots(
            course,
            order.exercises,
            order.device,
            order.slots,
            order.confinement,
            gpu_slots=order.gpu_slots,
        ) as slots:
            _judge(connection, slots)


def _shown(order: StationOrder) -> Likeness:
    """What this node grades with, and how it walls off student code, found by trying.

    Raises:
        IsolationError: A layer that is required cannot be had here.
    """
    from grader.student.launch import Zygote

    with Zygote(confinement=order.confinement, cuda=order.device != "cpu") as zygote:
        posture = zygote.posture
    posture.demand(order.confinement)
    found = makeup()
    versions = dict(found.versions)
    environment = Environment(
        grader=versions["grader"],
        python=versions["Python"],
        torch=versions["torch"],
        devices=("cpu", "cuda") if order.device == "all" else (order.device,),
        isolation_level=posture.level,
        isolation=posture.layers,
        missing=posture.missing,
    )
    return Likeness(socket.gethostname(), found, posture.on, environment)


def _judge(connection: Connection, slots: Slots) -> None:
    numbers: dict[int, int] = {}
    for job, report in slots.run(_jobs(connection, numbers)):
        assert slots.environment is not None, "a slot that judged has said what it runs on"
        connection.send(Judged(numbers.pop(id(job)), report, slots.environment))


def _jobs(connection: Connection, numbers: dict[int, int]) -> Iterator[Job | None]:
    """Jobs as they arrive, None where there are none; ends with the connection, or when it is long idle.

    Args:
        connection: Where they come from.
        numbers: Their numbers, by the job's identity: entered here, and taken out with the report.
    """
    idle_since = _clock()
    while True:
        if numbers:
            idle_since = _clock()
        if not connection.poll(NEXT_SECONDS):
            if _clock() > idle_since + IDLE_SECONDS:
                return
            yield None
            continue
        given: Given = connection.recv()  # an EOFError: what is in hand is of no use to anybody now
        numbers[id(given.job)] = given.number
        yield given.job


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder that nobody else may look into, gone at the end; the next grader sees to it after a kill."""
    outer = Folder()
    try:
        folder = outer.path / "course"
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        outer.remove()


if __name__ == "__main__":
    main(sys.argv[1:])
