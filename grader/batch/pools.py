"""Pools: slots that are alike, and what they are given to judge.

The processors have one pool; each CUDA device has one of its own, whose slots
see that device only. A job that runs on both is two tasks, whose reports are put
together again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.batch.merging import merged
from grader.findings import DeviceOutOfMemory
from grader.judge.job import Job
from grader.report.model import ExerciseReport


@dataclass(frozen=True)
class Pool:
    """Slots that are alike.

    Attributes:
        device: What their tests run on, as for `--device`.
        count: How many there are at most.
        visible: The CUDA device that they may see; None leaves that as it is.
    """

    device: str
    count: int = 1
    visible: str | None = None

    def environment(self, present: Mapping[str, str]) -> dict[str, str]:
        """The environment of a slot, out of the driver's."""
        return {**present} if self.visible is None else {**present, "CUDA_VISIBLE_DEVICES": self.visible}


@dataclass(eq=False)
class Work:
    """A job on its way through the pools.

    Attributes:
        job: The job.
        devices: Where it is judged, one task each.
        reports: What came of it there.
        announced: Whether somebody was told that it has begun.
    """

    job: Job
    devices: tuple[str, ...]
    reports: dict[str, ExerciseReport] = field(default_factory=dict)
    announced: bool = False

    @property
    def is_done(self) -> bool:
        """Whether every device has judged it."""
        return len(self.reports) == len(self.devices)

    def report(self) -> ExerciseReport:
        """What came of it in all."""
        return merged([self.reports[device] for device in self.devices])


@dataclass(eq=False)
class Task:
    """One job on one kind of device.

    Attributes:
        work: What it is a part of.
        device: A pool's `device`: any slot of such a pool may judge it.
        deaths: How many slots have died of it.
        alone: The pool whose slots must have nothing else to do while one of them judges it.
    """

    work: Work
    device: str
    deaths: int = 0
    alone: Pool | None = None

    @property
    def job(self) -> Job:
        """What is judged."""
        return self.work.job


def device_was_full(report: ExerciseReport) -> bool:
    """Whether a CUDA device had no memory left for something in it."""
    found = [*report.findings, *(finding for test in report.tests for finding in test.findings)]
    return any(isinstance(finding, DeviceOutOfMemory) for finding in found)
