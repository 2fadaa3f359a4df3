"""The dask worker's end of its station: the process on a node that judges.

Many threads of the dask worker give it jobs, and each waits for its own report;
one thread reads what the station says. A plain program of ours
(`grader.batch.cluster.serving`) behind a socket and a lifeline, as slots are.
Every wait has a deadline.
"""

from __future__ import annotations

import subprocess
import threading
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from multiprocessing.connection import Connection
from typing import Any

from grader.batch.cluster.alike import Likeness
from grader.batch.cluster.parcel import Parcel
from grader.batch.lifeline import Program
from grader.batch.slot import START_SECONDS
from grader.errors import GraderError
from grader.judge.job import Job
from grader.report.model import Environment, ExerciseReport
from grader.sandbox.policy import Confinement

LEAVE_SECONDS = 15.0
"""Slots are given up to ten seconds to end, and all of them end at the same time."""


class StationLost(Exception):
    """The station has ended, or does not answer."""


@dataclass(frozen=True)
class StationOrder:
    """What a station is for; the first message that it gets. Jobs follow.

    Attributes:
        parcel: The course.
        exercises: Names of those that are judged.
        device: What their tests run on, as for `--device`.
        slots: How many slots there are at most.
        gpu_slots: How many there are for each CUDA device.
        confinement: What every slot's workers are walled off with.
    """

    parcel: Parcel
    exercises: tuple[str, ...]
    device: str
    slots: int
    gpu_slots: int
    confinement: Confinement


@dataclass(frozen=True)
class StationFailed:
    """A station cannot go on, and why."""

    error: GraderError


@dataclass(frozen=True)
class Given:
    """A job, and the number by which its report is told from others."""

    number: int
    job: Job


@dataclass(frozen=True)
class Judged:
    """What came of a job, and what it ran on."""

    number: int
    report: ExerciseReport
    environment: Environment


class Station:
    """A running station; any thread may use it."""

    def __init__(self, order: StationOrder) -> None:
        # Apart: a Ctrl-C beside the dask worker is the dask worker's.
        self._program = Program("grader.batch.cluster.serving", "station", apart=True)
        self._process = self._program.process
        self._connection = Connection(self._program.socket.detach())
        self._writing, self._closing = threading.Lock(), threading.Lock()
        self._numbers = count()
        self._ready: Future[Likeness] = Future()
        self._waiting: dict[int, Future[Judged]] = {}
        self._ended: Exception | None = None
        self._reader = threading.Thread(target=self._read, name="grader station", daemon=True)
        self._send(order)
        self._reader.start()

    @property
    def has_ended(self) -> bool:
        """Whether it takes no more jobs."""
        return self._ended is not None

    def likeness(self) -> Likeness:
        """What the node grades with; waits until the station has found out.

        Raises:
            GraderError: It cannot be used here.
            StationLost: It ended, or is stuck.
        """
        try:
            return self._ready.result(START_SECONDS)
        except TimeoutError:
            self._process.kill()
            raise StationLost("The station did not start.") from None

    def judge(self, job: Job, seconds: float) -> Judged:
        """Have a job judged, and wait for its report.

        Args:
            job: The job.
            seconds: How long that can take at most.

        Raises:
            GraderError: Slots cannot be started here.
            StationLost: It ended, or is stuck.
        """
        number, future = next(self._numbers), Future[Judged]()
        with self._writing:
            if self._ended is not None:
                raise self._ended
            self._waiting[number] = future
        self._send(Given(number, job))
        try:
            return future.result(seconds)
        except TimeoutError:
            self._process.kill()  # slots have deadlines: it is stuck as a whole
            raise StationLost("The station did not answer in time.") from None
        finally:
            with self._writing:
                del self._waiting[number]

    def close(self) -> None:
        """End the station with all that it started; twice does no harm."""
        with self._closing:
            for insist in (self._process.terminate, self._process.kill):
                insist()
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(LEAVE_SECONDS)
                    break
            self._process.wait()
            self._reader.join(LEAVE_SECONDS)  # it ends with the last word of the station
            self._connection.close()
            self._program.let_go()

    def _send(self, message: object) -> None:
        """Send it; where that cannot be done, the end of what it says is what the reader will find."""
        with self._writing, suppress(OSError):
            self._connection.send(message)

    def _read(self) -> None:
        error: Exception = StationLost("The station ended.")
        while True:
            try:
                message = self._connection.recv()
            except (EOFError, OSError):
                break
            match message:
                case Likeness():
                    self._ready.set_result(message)
                case Judged(number=number):
                    waiting = self._waiting.get(number)
                    if waiting is not None:  # else nobody had the patience
                        waiting.set_result(message)
                case StationFailed():
                    error = message.error
        with self._writing:
            self._ended = error
            futures: list[Future[Any]] = [self._ready, *self._waiting.values()]
        for future in futures:
            if not future.done():
                future.set_exception(error)
