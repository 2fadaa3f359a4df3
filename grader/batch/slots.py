"""Slots: judge processes that take one job after another.

A slot imports torch, the hidden tests and the references once and then judges
whatever the driver sends. Driver and slots trust each other; what students
wrote travels between them as bytes and comes back as frozen report data. A slot
that dies or hangs is replaced, its job is tried once more, and if that fails too
the grader takes the blame.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import TYPE_CHECKING, Self

from grader.course import Course, Exercise
from grader.errors import GraderError, IsolationError
from grader.findings import GraderFault
from grader.report.model import Environment, ExerciseReport
from grader.sandbox.policy import Confinement
from grader.sandbox.remains import sweep_folders
from grader.verdicts import Layer, Verdict, Visibility

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

    from grader.judge.job import Job
    from grader.sandbox.layers import Posture
    from grader.student.launch import Zygote

_clock = time.monotonic

START_SECONDS = 120.0
"""Two imports of torch, the late imports of both sides and the collection: 5 s on an idle machine."""

GRACE_SECONDS = 60.0
"""On top of what an exercise may take: forks, kills and the reference's own work."""

WHAT_THERE_IS = Confinement()
"""Every layer that can be had, and none without which nothing is judged."""


LEAVE_SECONDS = 5.0
"""A slot ends its zygote and its workers, which takes tenths of a second; then it is made to."""


@dataclass(frozen=True)
class SlotReady:
    """A slot has collected its tests and waits for jobs."""

    environment: Environment
    layers: frozenset[Layer]


@dataclass(frozen=True)
class SlotFailed:
    """A slot cannot go on, and why."""

    error: GraderError


def slot_main(
    connection: Connection,
    course: Course,
    exercises: tuple[str, ...],
    device: str,
    confinement: Confinement,
) -> None:
    """What a slot's process runs: judge jobs from `connection` until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the driver's business
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    signal.signal(signal.SIGTERM, _stop)
    if (driver := multiprocessing.parent_process()) is not None:
        threading.Thread(target=_end_with, args=(driver.sentinel,), daemon=True).start()
    try:
        try:
            _serve(connection, course, exercises, device, confinement)
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)  # we are on our way
    except GraderError as error:
        with suppress(BrokenPipeError):  # another slot may have said the same before
            connection.send(SlotFailed(error))
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        pass  # the driver has gone or wants no more; so do we


def _end_with(driver: int) -> None:
    """End this process soon after the driver, whatever it is judging."""
    wait([driver])
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(LEAVE_SECONDS)
    os._exit(1)  # the zygote's guard clears up


def _stop(number: int, frame: object) -> None:
    """End as Ctrl-C would, which pytest passes on: what a judge has made must not outlive it."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the next one would cut the tidying short
    raise KeyboardInterrupt


def _serve(
    connection: Connection,
    course: Course,
    exercises: tuple[str, ...],
    device: str,
    confinement: Confinement,
) -> None:
    from grader.student.launch import Zygote

    # First, so that both sides import torch at the same time.
    with Zygote(warm=True, confinement=confinement, cuda=device != "cpu") as zygote:
        from grader.judge.devices import chosen, environment
        from grader.judge.plugin import JudgePlugin
        from grader.judge.session import serve

        posture = _walled(zygote, confinement, course)
        first = True

        def next_job() -> Job | None:
            nonlocal first
            if first:
                connection.send(SlotReady(environment(device, posture), posture.on))
                first = False
            try:
                job: Job | None = connection.recv()
            except EOFError:
                return None
            return job

        plugin = JudgePlugin(course, Visibility.HIDDEN, chosen(device), zygote, next_job, connection.send)
        tests = [course.exercise(name).hidden_tests for name in exercises]
        serve(plugin, [path for path in tests if path is not None], course.root)


def _walled(zygote: Zygote, confinement: Confinement, course: Course) -> Posture:
    """The layers that workers have, once it is proved that those that are required hold.

    Raises:
        IsolationError: One is not there, or does not keep what it should.
    """
    from grader.student.conformance import prove

    if confinement.required:  # else workers take what there is, and reports say what that was
        prove(zygote, confinement.required, hidden=course.staff_files)
    return zygote.posture


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """A process that is started here is deaf to Ctrl-C from its first moment; ours comes afterwards."""
    resource_tracker.ensure_running()  # where it starts later, it lifts the mask
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Slot:
    """The driver's end of one slot."""

    def __init__(
        self,
        course: Course,
        exercises: tuple[str, ...],
        device: str,
        confinement: Confinement = WHAT_THERE_IS,
    ) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process: SpawnProcess = context.Process(
            target=slot_main, args=(theirs, course, exercises, device, confinement), daemon=True
        )
        with _interrupts_held():
            self._process.start()
        theirs.close()
        self.environment: Environment | None = None
        self.job: Job | None = None
        self.deadline = _clock() + START_SECONDS

    def give(self, job: Job, exercise: Exercise) -> None:
        """Send the slot a job; its answer has a deadline."""
        self.job = job
        limits = exercise.limits
        self.deadline = _clock() + 2 * (limits.exercise_seconds + limits.import_seconds) + GRACE_SECONDS
        self.connection.send(job)

    def dismiss(self) -> None:
        """Tell the slot to end."""
        self.connection.close()  # one that waits for a job ends at that
        if self.environment is None or self.job is not None:
            self._process.terminate()

    def close(self) -> None:
        """End the slot and all that it started."""
        self.dismiss()
        self._process.join(timeout=LEAVE_SECONDS)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join(timeout=LEAVE_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


class Slots:
    """So many slots, used as a context manager.

    Args:
        course: The course, read with its staff's files.
        exercises: Names of those that are judged.
        device: 'cpu', 'cuda', 'auto' or 'all'.
        count: How many slots there are at most.
        confinement: What every slot's workers are walled off with; nothing is required by default.

    Attributes:
        environment: What the slots run on; known once the first one is ready.
    """

    def __init__(
        self,
        course: Course,
        exercises: Sequence[str],
        device: str,
        count: int,
        confinement: Confinement = WHAT_THERE_IS,
    ) -> None:
        self._course = course
        self._exercises = tuple(exercises)
        self._device = device
        self._count = count
        self._confinement = confinement
        self._layers: frozenset[Layer] | None = None
        self._slots: list[Slot] = []
        self.environment: Environment | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for slot in self._slots:
            slot.dismiss()  # all at once, and even if somebody has no patience with the rest of this
        for slot in self._slots:
            slot.close()
        self._slots.clear()
        sweep_folders()  # of those that were killed

    def run(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, ExerciseReport]]:
        """Judge every job; yields each with its report, in the order in which they end.

        Raises:
            IsolationError: A layer that is required cannot be had, or only some slots have it.
            GraderError: The course's tests cannot be collected, or no far side can be started.
        """
        pending = deque(jobs)
        tried: set[Job] = set()
        while len(self._slots) < min(self._count, len(pending)):
            self._slots.append(self._start())
        while True:
            self._hand_out(pending)
            if not any(slot.job for slot in self._slots) and not pending:
                return
            for slot, message in self._messages():
                job, slot.job = slot.job, None
                if isinstance(message, SlotFailed):
                    raise message.error
                if isinstance(message, SlotReady):
                    self._welcome(slot, message)
                elif job is None:
                    raise IsolationError("A judge ended before its first job. Try `grader doctor`.")
                elif isinstance(message, ExerciseReport):
                    yield job, message
                else:
                    self._replace(slot)
                    if job in tried:
                        yield job, self._fault(job)
                    else:
                        tried.add(job)
                        pending.appendleft(job)

    def _start(self) -> Slot:
        return Slot(self._course, self._exercises, self._device, self._confinement)

    def _welcome(self, slot: Slot, ready: SlotReady) -> None:
        """A slot is ready: it must wall student code off just as the others do."""
        if self._layers not in (None, ready.layers):
            differing = ", ".join(each for each in Layer if each in self._layers ^ ready.layers)
            raise IsolationError(
                f"The judges differ in their layers of isolation ({differing}), so that marks would not be "
                "made alike; nothing more was run. See `grader doctor`, and try again."
            )
        self._layers = ready.layers
        slot.environment = self.environment = ready.environment

    def _hand_out(self, pending: deque[Job]) -> None:
        """Give every slot that is ready and idle the next job."""
        for slot in self._slots:
            if pending and slot.job is None and slot.environment is not None:
                job = pending.popleft()
                slot.give(job, self._course.exercise(job.exercise))

    def _messages(self) -> Iterator[tuple[Slot, object]]:
        """What the slots say next; None for one that has died or is out of time."""
        waiting = [slot for slot in self._slots if slot.job is not None or slot.environment is None]
        timeout = max(0.0, min(slot.deadline for slot in waiting) - _clock())
        ready = wait([slot.connection for slot in waiting], timeout)
        for slot in waiting:
            if slot.connection in ready:
                yield slot, _receive(slot.connection)
            elif _clock() >= slot.deadline:
                yield slot, None

    def _replace(self, slot: Slot) -> None:
        slot.close()
        self._slots[self._slots.index(slot)] = self._start()

    def _fault(self, job: Job) -> ExerciseReport:
        exercise = self._course.exercise(job.exercise)
        detail = "The judge's process ended twice while it was judging this submission."
        return ExerciseReport(
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


def _receive(connection: Connection) -> object:
    try:
        message: object = connection.recv()
    except (EOFError, ConnectionResetError):
        return None
    return message
