"""Slots: judge processes side by side, and the queue that keeps them busy.

Jobs are asked for one by one, only when a slot has room, and reports leave in
the order in which they end, so that memory does not grow with the class. A slot
that dies or hangs is replaced, its job is tried once more, and if that fails too
the grader takes the blame.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing.connection import wait
from types import TracebackType
from typing import Self

from grader.batch.devices import pools
from grader.batch.engine import ASK_AGAIN_SECONDS, LOSSES, given_up
from grader.batch.merging import combined
from grader.batch.pools import Pool, Task, Work, device_was_full
from grader.batch.sleeping import Watch, has_room_for_a_spare
from grader.batch.slot import WHAT_THERE_IS, Slot, SlotFailed, SlotReady
from grader.course import Course
from grader.errors import IsolationError
from grader.judge.job import Job
from grader.report.model import Environment, ExerciseReport
from grader.sandbox.policy import Confinement
from grader.sandbox.remains import sweep_folders
from grader.student.conditions import USUAL, Conditions
from grader.verdicts import Layer

_clock = time.monotonic

STILLBORN = 2
"""Slots that may end in a row before they are ready: once is an accident."""

SPARES = 3
"""For each slot, how many more there may be while so many are asleep in a job.

Measured on two slots with 60 jobs of 0.4 s and 6 that wait 20 s for nothing: without spares the last
of the 60 was done after 79 s, with them after 39 s, the imports of four more judges among them.
"""


class Slots:
    """So many slots, used as a context manager; an `Engine`.

    A slot is kept for as long as it lives: after 1,600 jobs it held as much memory as after 10, 290 MiB.

    Args:
        course: The course, read with its staff's files.
        exercises: Names of those that are judged.
        device: 'cpu', 'cuda', 'auto' or 'all'.
        count: How many slots there are at most.
        confinement: What every slot's workers are walled off with; nothing is required by default.
        gpu_slots: How many slots there are at most for each CUDA device. One by default: two submissions
            on one device take each other's memory and time.
        started: Told when a slot begins with a job, once for each job.
        conditions: What workers find, where it is not the usual.

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
        gpu_slots: int = 1,
        started: Callable[[Job], None] = lambda job: None,
        conditions: Conditions = USUAL,
    ) -> None:
        self._course = course
        self._exercises = tuple(exercises)
        self._wanted = (device, count, gpu_slots)
        self._pools: tuple[Pool, ...] = ()
        self._wall = (confinement, conditions)
        self._started = started
        self._layers: frozenset[Layer] | None = None
        self._slots: list[Slot] = []
        self._open: list[Work] = []
        self._waiting: deque[Task] = deque()
        self._watch = Watch()
        self._ran_on: dict[Pool, Environment] = {}
        self._stillborn = 0
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

    def run(self, jobs: Iterable[Job | None]) -> Iterator[tuple[Job, ExerciseReport]]:
        """Judge every job; yields each with its report, in the order in which they end.

        Raises:
            IsolationError: A layer that is required cannot be had, or only some slots have it.
            GraderError: The course's tests cannot be collected, or no far side can be started.
        """
        self._pools = self._pools or pools(*self._wanted)
        source = _Source(jobs)
        while True:
            self._watch.look(slot for slot in self._slots if slot.pool.visible is None)
            self._employ(source)
            if source.is_empty and not self._open:
                return
            for slot, message in self._messages(source.asked_again):
                if (done := self._take(slot, message)) is not None:
                    self._employ(source)  # first, because whoever hears of it may take their time
                    yield done

    def _employ(self, source: _Source) -> None:
        """See that nobody waits: no task for a slot, and no slot for a task."""
        for slot in [slot for slot in self._slots if slot.is_idle and slot.has_ended()]:
            self._drop(slot)
        self._fill(source)
        self._man()
        self._hand_out()

    # --- what is judged -----------------------------------------------------------

    def _fill(self, source: _Source) -> None:
        """Ask for jobs as long as some slot is without one, or could be started."""
        devices = tuple(dict.fromkeys(pool.device for pool in self._pools))
        window = 2 * sum(map(self._places, self._pools))  # where one device is slower than another
        while len(self._open) < window and any(self._room(device) > 0 for device in devices):
            if (job := source.next()) is None:
                return
            work = Work(job, devices)
            self._open.append(work)
            self._waiting.extend(Task(work, device) for device in devices)

    def _room(self, device: str) -> int:
        """How many more tasks on `device` there could be slots for."""
        places = sum(self._places(pool) for pool in self._pools if pool.device == device)
        busy = sum(slot.is_busy for slot in self._slots if slot.pool.device == device)
        return places - busy - sum(task.device == device for task in self._waiting)

    def _places(self, pool: Pool) -> int:
        """How many of its slots may be in a job: those that are asleep there leave theirs to others."""
        asleep = sum(slot.asleep for slot in self._slots if slot.pool == pool)
        return pool.count + min(asleep, SPARES * pool.count)

    def _man(self) -> None:
        """Start as many slots as there is something to do for."""
        for pool in self._pools:
            alike = [slot for slot in self._slots if slot.pool.device == pool.device]
            wanted = sum(task.device == pool.device for task in self._waiting)
            wanted -= sum(not slot.is_busy for slot in alike)
            ours = sum(slot.pool == pool for slot in alike)
            for number in range(ours, min(ours + wanted, self._places(pool))):
                if number >= pool.count and not has_room_for_a_spare():
                    break
                self._slots.append(Slot(self._course, self._exercises, pool, *self._wall))

    def _hand_out(self) -> None:
        """Give every slot that is ready and idle the next task for it."""
        for slot in self._slots:
            if slot.is_idle and (task := self._next_for(slot.pool)) is not None:
                self._waiting.remove(task)
                slot.give(task, self._course.exercise(task.job.exercise))
                if not task.work.announced:
                    task.work.announced = True
                    self._started(task.job)

    def _next_for(self, pool: Pool) -> Task | None:
        """The task that an idle slot of `pool` is to take now."""
        running = [slot.task for slot in self._slots if slot.pool == pool and slot.task is not None]
        if len(running) >= self._places(pool):
            return None
        if any(task.alone for task in running):
            return None
        for task in self._waiting:
            if task.alone == pool:
                return None if running else task
        fitting = (task for task in self._waiting if task.device == pool.device and task.alone is None)
        return next(fitting, None)

    def _take(self, slot: Slot, message: object) -> tuple[Job, ExerciseReport] | None:
        """What follows from what a slot said; a job whose report is there."""
        task, slot.task, slot.asleep = slot.task, None, False
        match message:
            case SlotFailed(error=error):
                raise error
            case SlotReady():
                self._welcome(slot, message)
                return None
            case ExerciseReport() if task is not None:
                return self._done(slot, task, message)
        self._drop(slot)
        if task is None:
            self._stillborn += 1
            if self._stillborn >= STILLBORN:
                raise IsolationError("A judge ended before its first job. Try `grader doctor`.")
            return None
        task.deaths += 1
        if task.deaths >= LOSSES:
            detail = "The judge's process ended twice while it was judging this submission."
            return self._done(
                slot, task, given_up(self._course.exercise(task.job.exercise), task.job, detail)
            )
        self._waiting.appendleft(task)
        return None

    def _done(self, slot: Slot, task: Task, report: ExerciseReport) -> tuple[Job, ExerciseReport] | None:
        """A task has its report; the job, if that was its last."""
        if task.alone is None and slot.pool.count > 1 and device_was_full(report):
            task.alone = slot.pool  # a neighbour may have filled the device: nobody is blamed yet
            self._waiting.appendleft(task)
            return None
        work = task.work
        work.reports[task.device] = report
        if not work.is_done:
            return None
        self._open.remove(work)
        return work.job, work.report()

    # --- slots --------------------------------------------------------------------

    def _welcome(self, slot: Slot, ready: SlotReady) -> None:
        """A slot is ready: it must wall student code off just as the others do."""
        if self._layers not in (None, ready.layers):
            differing = ", ".join(each for each in Layer if each in self._layers ^ ready.layers)
            raise IsolationError(
                f"The judges differ in their layers of isolation ({differing}), so that marks would not be "
                "made alike; nothing more was run. See `grader doctor`, and try again."
            )
        self._layers = ready.layers
        self._stillborn = 0
        slot.environment = ready.environment
        self._ran_on[slot.pool] = ready.environment
        in_order = sorted(self._ran_on, key=lambda pool: (pool.device, pool.visible or ""))
        self.environment = combined([self._ran_on[pool] for pool in in_order])

    def _messages(self, asked_again: float | None) -> Iterator[tuple[Slot, object]]:
        """What slots say next, until it is time to ask for jobs; None for one that has died or is late."""
        busy = [slot for slot in self._slots if not slot.is_idle]
        deadlines = [slot.deadline for slot in busy] + ([] if asked_again is None else [asked_again])
        if any(slot.is_busy and slot.pool.visible is None for slot in busy):
            deadlines.append(self._watch.next_look)
        ready = wait([slot.connection for slot in busy], max(0.0, min(deadlines) - _clock()))
        for slot in busy:
            if slot.connection in ready:
                yield slot, slot.receive()
            elif _clock() >= slot.deadline:
                yield slot, None

    def _drop(self, slot: Slot) -> None:
        """End a slot; another one is started if there is something for it to do."""
        slot.close()
        self._slots.remove(slot)


class _Source:
    """Jobs as they come: some now, perhaps more later, and an end.

    Attributes:
        is_empty: Whether there are no more, now or later.
    """

    def __init__(self, jobs: Iterable[Job | None]) -> None:
        self._jobs = iter(jobs)
        self._again = 0.0
        self.is_empty = False

    @property
    def asked_again(self) -> float | None:
        """When it is time to ask again, after there was nothing; None if somebody will ask anyway."""
        return None if self.is_empty or self._again == 0.0 else self._again

    def next(self) -> Job | None:
        """The next job; None if there is none now."""
        if self.is_empty or _clock() < self._again:
            return None
        self._again = 0.0
        try:
            job = next(self._jobs)
        except StopIteration:
            self.is_empty = True
            return None
        if job is None:
            self._again = _clock() + ASK_AGAIN_SECONDS
        return job
