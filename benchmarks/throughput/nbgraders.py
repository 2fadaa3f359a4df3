"""(c) nbgrader 0.9 on the class.

`nbgrader autograde` takes one student after the other in one process and knows no
other way, so each core gets a course of its own with its share of the class. Each test
is a graded cell, which nbgrader puts back into what a student handed in before it runs
the whole notebook in a kernel.
"""

import os
import sqlite3
from pathlib import Path

from nbformat.v4 import new_code_cell

from benchmarks.throughput import accounts, course, notebooks
from benchmarks.throughput.environments import python
from benchmarks.throughput.table import NBGRADER, Row, between

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "throughput"
c.Execute.timeout = 60
"""


def graded(place: Path, few: int, many: int, cores: int) -> Row:
    """A batch of few submissions, and one of many."""
    runs = [
        (count, _batch(place / f"nbgrader-{count}", place / "plain", count, cores)) for count in (few, many)
    ]
    got = _marks(place / f"nbgrader-{many}", many)
    note = (
        f"{got:.1f} of {course.COUNT} tests passed (it gives nothing where a warning is printed); "
        f"nbgrader autograde, a course for each core"
    )
    return between("(c) nbgrader 0.9.6", runs[0], runs[1], NBGRADER, note)


def _batch(work: Path, plain: Path, count: int, cores: int) -> accounts.Spent:
    interpreter = python("nbgrader")
    env = {
        **os.environ,
        "PATH": f"{interpreter.parent}:{os.environ['PATH']}",  # where it looks for alembic
        "PYTHONPATH": str(plain),
        "OMP_NUM_THREADS": "1",
    }
    students = course.students(count)
    for core in range(cores):
        _course(work / str(core), students[core::cores], interpreter, env)
    script = " & ".join(f"(cd {core} && {interpreter} -m nbgrader autograde ps1)" for core in range(cores))
    return accounts.run(["sh", "-c", f"{script} & wait"], work / "log", cwd=work, env=env)


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
    command: list[str | Path] = [interpreter, "-m", "nbgrader", "generate_assignment", "ps1"]
    accounts.must(accounts.run(command, work / "log", cwd=work, env=env), "nbgrader generate_assignment")
    for name, folder in share:
        notebooks.write(work / "submitted" / name / "ps1" / "ps1.ipynb", notebooks.written(folder) + tests)


def _test(exercise: str, name: str, number: int):  # type: ignore[no-untyped-def]
    cell = new_code_cell(f"from grader.running import check\ncheck({exercise!r}, 'test_{name}', globals())")
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


def _marks(work: Path, count: int) -> float:
    """What a submission got on average, from the courses' databases."""
    got, done = 0.0, 0
    for path in work.glob("*/gradebook.db"):
        book = sqlite3.connect(path)
        got += book.execute("select sum(auto_score) from grade").fetchone()[0] or 0.0
        done += book.execute("select count(*) from submitted_assignment").fetchone()[0]
        book.close()
    if done != count:
        raise SystemExit(f"nbgrader graded {done} of {count}; see {work / 'log'}.")
    return got / count
