"""Errands to the far side: work on what was handed in that runs none of it, such as laying out a notebook.

Each trade has a far side of its own, with walls that are proved before the
first errand, as for student code. Errands go one after the other to one worker,
until somebody asks for another. Whatever comes between ends that worker, and
is told in words that go on a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic as _now

from grader.errors import WireError
from grader.sandbox.policy import Confinement
from grader.student.conformance import prove
from grader.student.launch import Zygote
from grader.student.line import Closed, DeadlinePassed, Flooded, Line
from grader.wire.frames import PayloadCursor
from grader.wire.messages import Answer, Request, Trade

BROKEN = "did not end well"
"""What is told of a worker that died, or said what it must not say."""


@dataclass(frozen=True)
class ErrandLimits:
    """What a worker that runs errands is limited to; see `WorkerLimits`."""

    return_mb: int
    memory_mb: int = 1024
    file_mb: int = 1
    processes: int = 16
    open_files: int = 64
    scratch_mb: int = 8
    device_memory_mb: int = 0
    return_items: int = 16
    return_depth: int = 2
    output_kb: int = 16


class ErrandFailed(Exception):
    """An errand came to nothing, and its worker is gone; says why, in words that go on a sentence."""


class Errands:
    """One trade's end of the wall.

    Args:
        trade: What its workers are for.
        limits: What they are limited to.
        confinement: What they are walled off with.
        hidden: Files and folders that they must never get at.

    Attributes:
        limits: As given; for the workers that come.
        worker: The worker that the last errand was run by, while it is there.
    """

    def __init__(
        self, trade: Trade, limits: ErrandLimits, confinement: Confinement, hidden: Sequence[Path] = ()
    ) -> None:
        self.limits = limits
        self.worker: Line | None = None
        self._trade = trade
        self._wall = (confinement, hidden)
        self._zygote: Zygote | None = None

    @property
    def started(self) -> bool:
        """Whether there was an errand, and so a far side."""
        return self._zygote is not None

    def run(self, errand: Request, seconds: float) -> tuple[Answer, PayloadCursor]:
        """Have an errand run, by the worker of the last one or a new one.

        Args:
            errand: What is asked for.
            seconds: How long it may take.

        Returns:
            The answer, and the bytes that came with it.

        Raises:
            ErrandFailed: There is no answer.
            IsolationError: No worker can be had, or not be walled off as is asked for.
        """
        zygote = self._ready()
        if self.worker is None:
            self.worker = zygote.fork(self.limits, "cpu")
        answered = False
        try:
            self.worker.ask([(errand, ())])
            answer = self.worker.answer(_now() + seconds)
            answered = True
            return answer
        except DeadlinePassed:
            raise ErrandFailed(f"took longer than {seconds:.0f} s") from None
        except (Closed, Flooded, WireError):
            raise ErrandFailed(BROKEN) from None
        finally:
            if not answered:  # after Ctrl-C, too
                line, self.worker = self.worker, None
                zygote.end(line)

    def next_worker(self) -> None:
        """End the worker, which has answered, and don't wait for that: the next errand has one of its own."""
        line, self.worker = self.worker, None
        if self._zygote is not None and line is not None:
            self._zygote.dismiss(line)

    def close(self) -> None:
        """End the far side with all of its workers."""
        line, self.worker = self.worker, None
        if line is not None:
            line.close()
        zygote, self._zygote = self._zygote, None
        if zygote is not None:
            zygote.close()

    def _ready(self) -> Zygote:
        """The far side, started and proved if it is not yet there."""
        if self._zygote is None:
            confinement, hidden = self._wall
            zygote = Zygote(warm=True, confinement=confinement, trade=self._trade)
            try:
                if confinement.asks:
                    prove(zygote, confinement, hidden=hidden)
            except BaseException:
                zygote.close()  # nothing is sent to walls that were not proved
                raise
            self._zygote = zygote
        return self._zygote
