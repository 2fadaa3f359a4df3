"""What somebody asked `grader grade` for, and what is opened for it: the class, the journal, an engine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.batch.database import UnusableJournal
from grader.batch.journal import Journal, put_aside

if TYPE_CHECKING:
    from grader.batch.engine import Engine
    from grader.cli.live import Live
    from grader.course import Course
    from grader.sandbox.policy import Confinement
    from grader.submission import SubmissionsFolder


@dataclass(frozen=True)
class Request:
    """What somebody asked for.

    Attributes:
        submissions: The folder or archive of the class.
        out: Where reports go.
        names: Exercises to grade, in the course's order.
        slots: Submissions judged side by side.
        device: 'cpu', 'cuda', 'auto' or 'all'.
        secret: What hidden inputs are drawn from.
        confinement: What workers are walled off with.
        command: What to type to go on.
        gpu_slots: Slots for each CUDA device.
        scheduler: Address of a cluster's scheduler; None for this machine.
        fresh: Whether results from before are ignored.
        only_raise: Whether the better one of an earlier and today's result counts.
        submitted: The file that says when things were handed in; None for the usual one.
        layout: How the class lies: 'auto', 'folders', or a platform's name.
        assignment: Which one of nbgrader's is marked; None for the only one.
    """

    submissions: Path
    out: Path
    names: tuple[str, ...]
    slots: int
    device: str
    secret: str
    confinement: Confinement
    command: str = "grader grade"
    gpu_slots: int = 1
    scheduler: str | None = None
    fresh: bool = False
    only_raise: bool = False
    submitted: Path | None = None
    layout: str = "auto"
    assignment: str | None = None


def engine_of(course: Course, request: Request, live: Live) -> Engine:
    """What judges: slots on this machine, or a cluster.

    Raises:
        GraderError: There is no cluster, or what it needs is not installed.
    """
    if request.scheduler is not None:
        from grader.batch.cluster.engine import DaskEngine

        return DaskEngine(
            course,
            request.names,
            request.device,
            request.scheduler,
            request.confinement,
            request.gpu_slots,
            live.started,
        )
    from grader.batch.slots import Slots

    return Slots(
        course,
        request.names,
        request.device,
        request.slots,
        request.confinement,
        request.gpu_slots,
        live.started,
    )


def open_class(course: Course, request: Request, *, arriving: bool = False) -> SubmissionsFolder:
    """The submissions, to be read one student at a time.

    Raises:
        SubmissionsError: There are none (unless they are arriving), or they cannot be read.
    """
    from grader.submission import Layout, open_folder

    return open_folder(
        request.submissions,
        request.names,
        course.entry_points,
        times=request.submitted,
        zone=course.policy.zone,
        file_dates=course.policy.file_dates,
        arriving=arriving,
        layout=Layout(request.layout),
        assignment=request.assignment,
    )


def open_journal(request: Request) -> Journal:
    """The journal of the folder of reports; with --fresh one that cannot be used is put aside.

    Raises:
        OutputError: It cannot be used, or another driver has it.
    """
    try:
        journal = Journal(request.out, request.command)
        if not request.fresh or journal.sound():
            return journal
        journal.close()
    except UnusableJournal:
        if not request.fresh:
            raise
    put_aside(request.out)
    return Journal(request.out, request.command)
