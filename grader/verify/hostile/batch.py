"""The batch over the hostile class, as a process of its own: `python -m grader.verify.hostile.batch JOB`.

It grades a class through `grader.batch.grade`, writes reports as `grader grade`
does, and says on its last line what is left of it. A process of its own, so
that a batch that hangs or dies is seen from outside and can be ended whole, and
so that what it starts and loses comes back to it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from multiprocessing import resource_tracker
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from grader.batch.grade import grade
from grader.course import read_course
from grader.errors import GraderError
from grader.pages import write_staff_page, write_student_page
from grader.pages.class_page import write_class_page
from grader.pages.roll import Roll
from grader.report.files import write_class, write_student
from grader.report.gradebook import rows
from grader.report.model import RunReport
from grader.sandbox.namespaces import adopt_orphans
from grader.sandbox.policy import Confinement
from grader.submission import read_folder
from grader.verdicts import Layer

CENSUS_SECONDS = 0.5
"""A slot and its zygote live much longer, and nothing else has a control group named after it."""

SETTLE_SECONDS = 1.0
"""What was killed may take a moment to be gone."""


def main(arguments: Sequence[str]) -> None:
    """Run the job in the file that the first argument names; print a line of JSON at the end."""
    job = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    adopt_orphans()
    result: dict[str, Any] = {"problem": None}
    with Census() as census:
        try:
            _grade(job)
        except GraderError as error:
            result["problem"] = str(error)
    result |= {"left": _left(), "pids": sorted(census.seen)}
    print(json.dumps(result), flush=True)


class Census:
    """Counts, while it is entered, the processes below this one.

    Attributes:
        seen: Every process id that was ever seen.
    """

    def __init__(self) -> None:
        self.seen: set[int] = set()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(CENSUS_SECONDS):
            parents = {pid: parent for pid, parent in map(_parent, os.listdir("/proc")) if pid}
            below, found = {os.getpid()}, set()
            while below:
                below = {pid for pid, parent in parents.items() if parent in below}
                found |= below
            self.seen |= found


def _parent(name: str) -> tuple[int, int]:
    """A process and its parent; zeros for what is none."""
    if not name.isdigit():
        return 0, 0
    try:
        fields = Path(f"/proc/{name}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
    except OSError:
        return 0, 0
    return int(name), int(fields.split()[1])


def _grade(job: dict[str, Any]) -> None:
    course = read_course(Path(job["course"]), staff=True)
    found = read_folder(Path(job["submissions"]), course.names, course.entry_points)
    out, students = Path(job["out"]), []
    handed_in = {submission.student: submission for submission in found.submissions}
    for report in grade(course, found.submissions, jobs=job["jobs"], confinement=_confinement(job)):
        students.append(report)
        write_student(report, out, course.reveal)
        files = [handed_in[report.student]]
        write_student_page(report.for_student(course.reveal), files, out)
        write_staff_page(report, files, out)
    students.sort(key=lambda report: report.student)
    run = RunReport(
        course=course.name,
        started=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        seconds=0,
        environment=students[0].environment,
        notes=found.notes,
        students=(),
    )
    roll = Roll()
    write_class_page(run, write_class(rows(students), run, roll.passing(students), out), roll, out)


def _confinement(job: dict[str, Any]) -> Confinement | None:
    if job["wanted"] is None:
        return None
    wanted, required = (frozenset(map(Layer, job[which])) for which in ("wanted", "required"))
    return Confinement(wanted, required, job["closed"])


def _left() -> list[str]:
    """What is still there of all that this process started, in words; it is killed."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while (children := _children()) and time.monotonic() < deadline:
        time.sleep(0.05)
        for pid in children:
            os.waitpid(pid, os.WNOHANG)
    said = [f"process {pid} ({_command(pid)})" for pid in children]
    for pid in children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return said


def _children() -> list[int]:
    tracker = resource_tracker._resource_tracker._pid  # type: ignore[attr-defined]
    found: list[int] = []
    for task in os.listdir("/proc/self/task"):
        try:
            words = Path(f"/proc/self/task/{task}/children").read_text(encoding="ascii").split()
        except OSError:
            continue
        found += [int(word) for word in words if int(word) != tracker]
    return found


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="backslashreplace").strip()
    except OSError:
        return "gone"


if __name__ == "__main__":
    main(sys.argv[1:])
