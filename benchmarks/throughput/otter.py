"""(b) otter-grader 7 on the class, without its containers.

Its batch command starts a Docker container for each submission, which costs more; so
the documented interface below it is used (`otter.api.grade_submission`), in as many
processes as there are cores, each of which imports otter once and grades its share.
Every submission still gets a kernel of its own: that is how otter runs it. The tests
are otter's exception-based ones, ten in a file, graded after the notebook has run.
"""

import json
import os
import subprocess
from pathlib import Path

from benchmarks.throughput import accounts, course, notebooks
from benchmarks.throughput.environments import python
from benchmarks.throughput.table import OTTER, Row

SHARE = """
import json, sys
from otter.api import grade_submission
for path in sys.argv[3:]:
    results = grade_submission(path, sys.argv[1], quiet=True)
    with open(sys.argv[2], "a") as out:
        out.write(json.dumps([results.total, results.possible]) + "\\n")
"""
"""Grades some notebooks one after the other."""


def graded(place: Path, count: int, cores: int) -> Row:
    """So many submissions."""
    work, interpreter = place / "otter", python("otter")
    work.mkdir()
    env = {**os.environ, "PYTHONPATH": str(place / "plain"), "OMP_NUM_THREADS": "1"}
    autograder = _autograder(work, interpreter, env)
    paths = []
    for name, folder in course.students(count):
        paths.append(work / "submitted" / f"{name}.ipynb")
        notebooks.write(paths[-1], notebooks.written(folder))
    (work / "share.py").write_text(SHARE)
    (work / "names").write_text("".join(f"{path}\n" for path in paths))
    each = -(-count // cores)
    script = (
        f"xargs -a names -P {cores} -n {each} "
        f"sh -c 'exec {interpreter} share.py {autograder} results-$$ \"$@\"' share"
    )
    spent = accounts.must(
        accounts.run(["sh", "-c", script], work / "log", cwd=work, env=env), "(b) otter-grader"
    )
    marks = [json.loads(line) for path in work.glob("results-*") for line in path.read_text().splitlines()]
    if len(marks) != count:
        raise SystemExit(f"otter-grader graded {len(marks)} of {count}:\n{spent.output[-3000:]}")
    got, most = (sum(column) / count for column in zip(*marks, strict=True))
    note = f"{got:.1f} of {most:.0f} tests passed; grade_submission in {cores} processes, no containers"
    return Row("(b) otter-grader 7.0.0", count, spent.cpu / count, count / spent.wall * 60, OTTER, note)


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
    subprocess.run(
        [interpreter, "-m", "otter", "generate", "-t", "tests", "-o", "autograder.zip", "--no-requirements"]
        + ["--no-environment"],
        cwd=work,
        env=env,
        check=True,
        capture_output=True,
    )
    return work / "autograder.zip"
