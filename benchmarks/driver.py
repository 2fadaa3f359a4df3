"""What the driver of a batch costs, slots aside: the part that no further node takes off it.

    python -m benchmarks.driver reports [--copies 20]

Takes the results of an earlier run of the sample class from its journal and grades the class
again, many times over, with an engine that has every report at once: what is left is reading
submissions, keys, the journal, marks and reports. Prints processor and wall time for a result
and for a student, and what is written.
"""

from __future__ import annotations

import argparse
import pickle
import shutil
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

from grader.batch.grade import demanded
from grader.cli import marking
from grader.cli.live import Live
from grader.cli.request import Request, open_class, open_journal
from grader.course import read_course
from grader.judge.job import Job
from grader.marks.overrides import Overrides
from grader.report.model import Environment, ExerciseReport

ROOT = Path(__file__).parents[1]


class Canned:
    """An engine that knows every report; an `Engine`."""

    def __init__(self, reports: dict[str, dict[str, bytes]], environment: Environment) -> None:
        self._reports = reports
        self.environment: Environment | None = environment

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def run(self, jobs: Iterable[Job | None]) -> Iterator[tuple[Job, ExerciseReport]]:
        """Each job with the report of the student that it is a copy of."""
        for job in jobs:
            if job is not None:
                pickle.dumps(job)  # as when it is sent to a slot
                yield job, pickle.loads(self._reports[job.student.partition("+")[0]][job.exercise])


def known(journal: Path) -> tuple[dict[str, dict[str, bytes]], Environment]:
    """Every student's latest reports, as slots send them, and what they were judged on."""
    reports: dict[str, dict[str, bytes]] = {}
    with closing(sqlite3.connect(f"{journal.resolve().as_uri()}?mode=ro", uri=True)) as database:
        for student, exercise, report in database.execute(
            "SELECT student, exercise, report FROM results ORDER BY id"
        ):
            parsed = ExerciseReport.model_validate_json(zlib.decompress(report))
            reports.setdefault(student, {})[exercise] = pickle.dumps(parsed)
        (environment,) = database.execute("SELECT content FROM environments").fetchone()
    return reports, Environment.model_validate_json(environment)


def run(reports: Path, copies: int, folder: Path) -> str:
    """Grade copies of the sample class in `folder`; what that cost, in sentences."""
    course = read_course(ROOT, staff=True)
    canned, environment = known(reports / "journal.sqlite")
    students = [
        each
        for each in (ROOT / "submissions").iterdir()
        if len(canned.get(each.name, ())) == len(course.names)
    ]
    for student in students:
        for copy in range(copies):
            shutil.copytree(student, folder / "class" / f"{student.name}+{copy}")
    out, count = folder / "out", len(students) * copies
    out.mkdir()
    request = Request(folder / "class", out, course.names, 1, "cpu", "benchmark", demanded(course))
    marking.engine_of = lambda course, request, live: Canned(canned, environment)  # type: ignore[assignment,return-value]
    cpu, wall = time.process_time(), time.perf_counter()
    with open_class(course, request) as handed_in, open_journal(request) as journal:
        marking.Marking(course, request, handed_in, journal, Overrides(), Live(len(course.names))).run()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    results = count * len(course.names)
    size = (out / "journal.sqlite").stat().st_size
    written = sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) - size
    sent = sum(len(each) for student in students for each in canned[student.name].values())
    return (
        f"{count:,} students, {results:,} results: {1e3 * cpu / count:.1f} ms of CPU and "
        f"{1e3 * wall / count:.1f} ms of wall time a student, {60 * count / wall:,.0f} students a minute\n"
        f"journal {size / results:,.0f} bytes a result; reports {written / count:,.0f} bytes a student; "
        f"a report on its way {sent / len(students) / len(course.names):,.0f} bytes"
    )


def main() -> None:
    """Print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("reports", type=Path, help="the folder of reports of a run of the sample class")
    parser.add_argument("--copies", type=int, default=20, help="of each student (default 20)")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="driver-"))
    try:
        print(run(options.reports, options.copies, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
