"""(b) otter-grader 7 on the class, without its containers.

Its batch command starts a Docker container for each submission, which costs more; so
the documented interface below it is used (`otter.api.grade_submission`), in as many
processes as there are cores, each of which imports otter once and grades its share.
Every submission still gets a kernel of its own: that is how otter runs it. The tests
are otter's exception-based ones, ten in a file, graded after the notebook has run.
"""

import json
import os
from pathlib import Path

from benchmarks.throughput import accounts, course, notebooks
from benchmarks.throughput.environments import python
from benchmarks.throughput.table import OTTER, Row, between

SHARE = """
import json, sys
from otter.api import grade_submission
for path in sys.argv[3:]:
    results = grade_submission(path, sys.argv[1], quiet=True)
    with open(sys.argv[2], "a") as out:
        out.write(json.dumps([results.total, results.possible]) + "\\n")
"""
"""Grades some notebooks one after the other."""


def graded(place: Path, few: int, many: int, cores: int) -> Row:
    """A batch of few submissions, and one of many."""
    runs = [(count, _batch(place / f"otter-{count}", place / "plain", count, cores)) for count in (few, many)]
    got, most = _marks(place / f"otter-{many}", many)
    note = f"{got:.1f} of {most:.0f} tests passed; grade_submission in {cores} processes, no containers"
    return between("(b) otter-grader 7.0.0", runs[0], runs[1], OTTER, note)


def _batch(work: Path, plain: Path, count: int, cores: int) -> accounts.Spent:
    interpreter = python("otter")
    work.mkdir()
    env = {**os.environ, "PYTHONPATH": str(plain), "OMP_NUM_THREADS": "1"}
    autograder = _autograder(work, interpreter, env)
    paths = []
    for name, folder in course.students(count):
        paths.append(work / "submitted" / f"{name}.ipynb")
        notebooks.write(paths[-1], notebooks.written(folder))
    (work / "share.py").write_text(SHARE)
    (work / "names").write_text("".join(f"{path}\n" for path in paths))
    share = -(-count // cores)
    script = (
        f"xargs -a names -P {cores} -n {share} "
        f"sh -c 'exec {interpreter} share.py {autograder} results-$$ \"$@\"' share"
    )
    command = ["sh", "-c", script]
    return accounts.must(accounts.run(command, work / "log", cwd=work, env=env), "(b) otter-grader")


def _marks(work: Path, count: int) -> tuple[float, float]:
    """What a submission got and could have got, on average."""
    marks = [json.loads(line) for path in work.glob("results-*") for line in path.read_text().splitlines()]
    if len(marks) != count:
        raise SystemExit(f"otter-grader graded {len(marks)} of {count}; see {work / 'log'}.")
    got, most = (sum(column) / count for column in zip(*marks, strict=True))
    return got, most


def _autograder(work: Path, interpreter: Path, env: dict[str, str]) -> Path:
    """What otter is told about the assignment, packed by its own command."""
    tests = work / "tests"
    tests.mkdir()
    for exercise, names in course.TESTS.items():
        cases = [
            f"@test_case(points=1, hidden=True)\ndef test_{name}(env):\n"
            f"    check({exercise!r}, 'test_{name}', env)\n"
            for name in names
        ]
        head = "from otter.test_files import test_case\nfrom grader.running import check\n"
        head += f"OK_FORMAT = False\nname = {exercise!r}\npoints = None\n\n"
        (tests / f"{exercise}.py").write_text(head + "\n".join(cases))
    options = ["generate", "-t", "tests", "-o", "autograder.zip", "--no-requirements", "--no-environment"]
    command: list[str | Path] = [interpreter, "-m", "otter", *options]
    accounts.must(accounts.run(command, work / "generate.log", cwd=work, env=env), "otter generate")
    return work / "autograder.zip"
