"""The driver's end of one slot: a judge process that takes one job after another.

A plain program of ours (`grader.batch.serving`), which ends with the driver
(`grader.batch.lifeline`). Both trust each other and send each other frozen
data. Every wait on a slot has a deadline: one that falls silent in the
middle of a message is as dead as one that has ended.
"""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from grader.batch.lifeline import Program
from grader.course import Course, Exercise
from grader.errors import GraderError
from grader.report.model import Environment
from grader.sandbox.policy import Confinement
from grader.student.conditions import USUAL, Conditions
from grader.verdicts import Layer

if TYPE_CHECKING:
    from grader.batch.pools import Pool, Task

_clock = time.monotonic

START_SECONDS = 120.0
"""Two imports of torch, the late imports of both sides and the collection: 5 s on an idle machine."""

GRACE_SECONDS = 60.0
"""On top of what an exercise may take: forks, kills and the reference's own work."""

LEAVE_SECONDS = 5.0
"""A slot ends its zygote and its workers, which takes tenths of a second; then it is made to."""

MESSAGE_SECONDS = 30
"""One message, some MiB at most, through a socket of the same machine: then the other end is stuck."""

WHAT_THERE_IS = Confinement()
"""Every layer that can be had, and none without which nothing is judged."""


@dataclass(frozen=True)
class SlotOrder:
    """What a slot is for; the first message that it gets. Jobs follow."""

    course: Course
    exercises: tuple[str, ...]
    device: str
    confinement: Confinement
    conditions: Conditions = USUAL


@dataclass(frozen=True)
class SlotReady:
    """A slot has collected its tests and waits for jobs."""

    environment: Environment
    layers: frozenset[Layer]


@dataclass(frozen=True)
class SlotFailed:
    """A slot cannot go on, and why."""

    error: GraderError


class Slot:
    """The driver's end of one slot.

    Attributes:
        pool: What it is one of.
        environment: What it runs on; None until it is ready.
        task: What it is judging, if anything.
        begun: When that was given to it.
        asleep: Whether it was seen to use no processor in its job.
        deadline: When it is given up.
    """

    def __init__(
        self,
        course: Course,
        exercises: tuple[str, ...],
        pool: Pool,
        confinement: Confinement = WHAT_THERE_IS,
        conditions: Conditions = USUAL,
    ) -> None:
        self.pool = pool
        self.environment: Environment | None = None
        self.task: Task | None = None
        self.begun = _clock()
        self.asleep = False
        self.deadline = self.begun + START_SECONDS
        self._program = Program("grader.batch.serving", "judge", environment=pool.environment(os.environ))
        self._process = self._program.process
        ours = self._program.socket
        patience = struct.pack("ll", MESSAGE_SECONDS, 0)
        for direction in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
            ours.setsockopt(socket.SOL_SOCKET, direction, patience)
        self.connection = Connection(ours.detach())
        self._send(SlotOrder(course, exercises, pool.device, confinement, conditions))

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    @property
    def is_idle(self) -> bool:
        """Whether it is ready, and has nothing to do."""
        return self.environment is not None and self.task is None

    @property
    def is_busy(self) -> bool:
        """Whether it is judging."""
        return self.task is not None

    def has_ended(self) -> bool:
        """Whether its process is gone."""
        return self._process.poll() is not None

    def give(self, task: Task, exercise: Exercise) -> None:
        """Send the slot something to judge; its answer has a deadline."""
        self.task = task
        self.asleep = False
        limits = exercise.limits
        self.begun = _clock()
        self.deadline = self.begun + 2 * (limits.exercise_seconds + limits.import_seconds) + GRACE_SECONDS
        self._send(task.job)

    def receive(self) -> object:
        """What it says next; None if it has ended or has fallen silent in the middle."""
        try:
            message: object = self.connection.recv()
        except (EOFError, OSError):
            return None
        return message

    def dismiss(self) -> None:
        """Tell the slot to end."""
        self.connection.close()  # one that waits for a job ends at that
        if not self.is_idle:
            self._process.terminate()

    def close(self) -> None:
        """End the slot and all that it started."""
        self.dismiss()
        for insist in (self._process.terminate, self._process.kill):
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(LEAVE_SECONDS)
                break
            insist()
        self._process.wait()
        self._program.let_go()

    def _send(self, message: object) -> None:
        """Send it; where that cannot be done, the slot's death is what `receive` will say."""
        try:
            self.connection.send(message)
        except OSError:
            self._process.kill()  # it may only be stuck, with half a message
