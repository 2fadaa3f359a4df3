"""(c) nbgrader 0.9 on the class.

`nbgrader autograde` takes one student after the other in one process and knows no
other way, so each core gets a course of its own with its share of the class. Each test
is a graded cell, which nbgrader puts back into what a student handed in before it runs
the whole notebook in a kernel.
"""

import os
import sqlite3
import subprocess
from pathlib import Path

from nbformat.v4 import new_code_cell

from benchmarks.throughput import accounts, course, notebooks
from benchmarks.throughput.environments import python
from benchmarks.throughput.table import NBGRADER, Row

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "throughput"
c.Execute.timeout = 60
"""


def graded(place: Path, count: int, cores: int) -> Row:
    """So many submissions."""
    work, interpreter = place / "nbgrader", python("nbgrader")
    env = {**os.environ, "PYTHONPATH": str(place / "plain"), "OMP_NUM_THREADS": "1"}
    students = course.students(count)
    shares = [students[core::cores] for core in range(cores)]
    for i, share in enumerate(shares):
        _course(work / str(i), share, interpreter, env)
    script = " & ".join(f"(cd {i} && {interpreter} -m nbgrader autograde ps1)" for i in range(cores))
    spent = accounts.run(["sh", "-c", f"{script} & wait"], work / "log", cwd=work, env=env)
    got, done = _marks(work)
    if done != count:
        raise SystemExit(f"nbgrader graded {done} of {count}:\n{spent.output[-3000:]}")
    note = f"{got / count:.1f} of {course.COUNT} tests passed; nbgrader autograde, a course for each core"
    return Row("(c) nbgrader 0.9.6", count, spent.cpu / count, count / spent.wall * 60, NBGRADER, note)


def _course(work: Path, share: list[tuple[str, Path]], interpreter: Path, env: dict[str, str]) -> None:
    """A course with one assignment, and what its students handed in."""
    tests = [
        _test(exercise, name, number)
        for number, (exercise, name) in enumerate((e, n) for e, names in course.TESTS.items() for n in names)
    ]
    stubs = [new_code_cell("### BEGIN SOLUTION\n### END SOLUTION") for _ in course.TESTS]
    for stub, exercise in zip(stubs, course.TESTS, strict=True):
        stub.metadata["nbgrader"] = notebooks.answer(exercise)
    notebooks.write(work / "source" / "ps1" / "ps1.ipynb", [*stubs, *tests])
    (work / "nbgrader_config.py").write_text(CONFIG)
    subprocess.run(
        [interpreter, "-m", "nbgrader", "generate_assignment", "ps1"],
        cwd=work,
        env=env,
        check=True,
        capture_output=True,
    )
    for name, folder in share:
        notebooks.write(work / "submitted" / name / "ps1" / "ps1.ipynb", notebooks.written(folder) + tests)


def _test(exercise: str, name: str, number: int):  # type: ignore[no-untyped-def]
    cell = new_code_cell(
        f"from grader.running import check\ncheck({exercise!r}, 'test_{name}', globals())"
    )
    cell.metadata["nbgrader"] = {
        "grade": True,
        "solution": False,
        "locked": True,
        "task": False,
        "points": 1,
        "schema_version": 3,
        "grade_id": f"{exercise}-{number:02}",
        "cell_type": "code",
    }
    return cell


def _marks(work: Path) -> tuple[float, int]:
    """The sum of all marks, and how many were graded, from the courses' databases."""
    got, done = 0.0, 0
    for path in work.glob("*/gradebook.db"):
        book = sqlite3.connect(path)
        got += book.execute("select sum(auto_score) from grade").fetchone()[0] or 0.0
        done += book.execute("select count(*) from submitted_assignment").fetchone()[0]
        book.close()
    return got, done
