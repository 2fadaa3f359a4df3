"""What driver and nodes say to each other, as frozen data.

Dask writes arguments and results to its logs, and a log is no place for secrets
or for students' text: nothing here has a telling `repr`.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field

from grader.batch.cluster.alike import Likeness
from grader.batch.cluster.station import Judged
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
    judged: Judged | None = field(default=None, repr=False)
    error: GraderError | None = field(default=None, repr=False)
    lost: bool = False


@dataclass(frozen=True)
class Began:
    """A node has begun with the job of that number."""

    number: int


@dataclass(frozen=True)
class Ended:
    """The job of that number has its answer; None where dask gave up, because it lost node after node."""

    number: int
    answer: Answer | None


def trouble(answer: Answer) -> GraderError:
    """Why a node cannot be used, with its name."""
    if answer.error is None:
        return GraderError(f"The node {answer.host} cannot judge: what judges there ends again and again.")
    told = str(answer.error)
    return type(answer.error)(told if answer.host in told else f"On the node {answer.host}: {told}")
