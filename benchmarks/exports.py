"""Measures the exports of a large class: processor time, memory, and that what was written can be read back.

The students of a run that was graded are repeated under other names until the class
is as large as you like. Each export is run as it is typed, in a process of its own,
so that its memory is that of nothing else.

    python -m benchmarks.exports reports --students 2000
"""

from __future__ import annotations

import argparse
import csv
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as Xml

from grader.export.reading import read_report, student_folders
from grader.report.files import write_student
from grader.verdicts import Reveal

ONE = "a student_1"
"""The first one's id: a name and a number, as platforms give them."""

COMMANDS: Mapping[str, Sequence[str]] = {
    "csv": ("csv", "--to", "tests.csv"),
    "sqlite": ("sqlite", "--to", "run.sqlite"),
    "junit": ("junit", "--to", "class.xml"),
    "markdown": ("markdown", "--to", "class.md"),
    "nbgrader": ("nbgrader", "--to", "nbgrader.csv"),
    "canvas": ("canvas", "--gradebook", "gradebook.csv", "--column", "Homework", "--to", "canvas.csv"),
    "moodle": ("moodle", "--worksheet", "worksheet.csv", "--to", "moodle.csv", "--feedback", "feedback.zip"),
    "gradescope": ("gradescope", "--student", ONE, "--to", "results.json"),
    "github": ("github", "--student", ONE, "--to", "summary.md"),
}


def large(run: Path, folder: Path, count: int) -> None:
    """Write a run of `count` students, and what Canvas and Moodle would give for them."""
    models = [read_report(each / "report.json") for each in student_folders(run)]
    rows, participants = [], []
    for number in range(1, count + 1):
        model, student = models[number % len(models)], f"a student_{number}"
        report = model.model_copy(update={"student": student})
        write_student(report, folder / "reports", Reveal.DIFFERENCES)
        rows.append(("student, a", number, f"login{number}", "A", ""))
        most = report.max_score if report.final_max is None else report.final_max
        participants.append((f"Participant {number}", "a student", "", f"{most:.2f}", "-", ""))
    (folder / "reports/run.json").write_text("{}")
    header = ("Student", "ID", "SIS Login ID", "Section", "Homework (1)")
    _table(folder / "gradebook.csv", header, rows)
    header = (
        "Identifier",
        "Full name",
        "Grade",
        "Maximum Grade",
        "Last modified (grade)",
        "Feedback comments",
    )
    _table(folder / "worksheet.csv", header, participants)


def _table(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def measured(arguments: Sequence[str]) -> tuple[float, float]:
    """Seconds of processor time, and the most megabytes of memory, of one export.

    Raises:
        RuntimeError: It failed.
    """
    program = [sys.executable, "-c", "from grader.cli import main; main()", "export", *arguments]
    with open(os.devnull, "wb") as nowhere:
        silent = [(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1)]
        process = os.posix_spawn(sys.executable, program, os.environ, file_actions=silent)
        _, status, used = os.wait4(process, 0)
    if status:
        raise RuntimeError(f"grader export {arguments[0]} failed")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def read_back(folder: Path, count: int) -> Iterator[str]:
    """What is in the files that were written."""
    for name, column in (("tests.csv", "student"), ("nbgrader.csv", "student_id")):
        with open(folder / name, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
        assert len({row[column] for row in rows}) == count
        cells = (cell for row in rows for cell in row.values())
        assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in cells)
        yield f"{name}: {len(rows):,} rows"
    for name, column in (("canvas.csv", "Homework (1)"), ("moodle.csv", "Grade")):
        with open(folder / name, encoding="utf-8", newline="") as file:
            marks = [float(row[column]) for row in csv.DictReader(file, strict=True)]
        assert len(marks) == count
        yield f"{name}: {len(marks):,} marks"
    with closing(sqlite3.connect(folder / "run.sqlite")) as database:
        (students,) = database.execute("SELECT count(*) FROM marks").fetchone()
        yield f"run.sqlite: {students:,} marks of exercises"
    yield f"class.xml: {len(Xml.parse(folder / 'class.xml').getroot()):,} suites"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="the reports of a run")
    parser.add_argument("--students", type=int, default=2000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        large(asked.run.resolve(), folder, asked.students)
        os.chdir(folder)
        for name, arguments in COMMANDS.items():
            seconds, megabytes = measured(arguments)
            print(f"{name:<12}{seconds:6.1f} s{megabytes:8.0f} MB")
        for line in read_back(folder, asked.students):
            print(line)


if __name__ == "__main__":
    main()
