"""What `benchmarks/throughput` compares: the tests that it cuts out, and the arithmetic of its table."""

import ast
import subprocess
import sys

import pytest

from benchmarks.throughput import course, staging, table
from benchmarks.throughput.accounts import Spent


@pytest.mark.parametrize("exercise", course.TESTS)
def test_the_chosen_tests_are_those_of_the_rule(exercise):
    path = course.ROOT / "tests" / "hidden" / f"test_{exercise}.py"
    there = [
        node.name.removeprefix("test_")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    by_rule = [there[int((i + 0.5) * len(there) / 10)] for i in range(10)]
    assert list(course.TESTS[exercise]) == [n for n in by_rule if n != "learns_digits_with_your_loop"]


def test_what_is_cut_out_keeps_its_helpers_and_nothing_idle():
    source = (
        "import pytest\nimport torch\n\nHELP = torch.ones(1)\n\n\n"
        "@points(1)\ndef test_one(student):\n    help(HELP)\n\n\n"
        "@points(2)\ndef test_two(student):\n    pytest.skip()\n\n\ndef help(x):\n    pass\n"
    )
    rest = course.cut(source, ["one"])
    assert "test_one" in rest
    assert "def help" in rest
    assert "import torch" in rest
    assert "test_two" not in rest
    assert "points(2)" not in rest
    assert "import pytest" not in rest


def test_a_test_that_is_gone_is_named():
    with pytest.raises(SystemExit, match="test_gone"):
        course.cut("def test_there(): pass\n", ["gone"])


def test_what_two_batches_differ_in_is_what_submissions_cost():
    few = Spent(wall=4.0, cpu=5.0, code=0, looks=(), output="")
    many = Spent(wall=14.0, cpu=25.0, code=0, looks=(), output="")
    row = table.between("others", (2, few), (12, many), 25.0, "")
    assert (row.start, row.cpu, row.rate, row.count) == (1.0, 2.0, 60.0, 10)


@pytest.mark.parametrize(("theirs", "met"), [(2.5, "yes"), (2.4, "no")])
def test_an_aim_is_met_from_its_ratio_on(theirs, met):
    ours = table.Row("ours", 9.0, 0.1, 600, 100)
    others = table.Row("others", 0.0, theirs, 60, 10, aim=25.0)
    line = next(line for line in table.table(ours, [others]).splitlines() if line.startswith("others"))
    assert line.split()[-2:] == ["25", met]


@pytest.mark.parametrize(("ours", "met"), [(0.195, "yes"), (0.196, "no")])
def test_the_floor_and_a_half_and_sixty_milliseconds(ours, met):
    assert table.floor_aim(ours, 0.09).endswith(f"met {met}")


@pytest.mark.slow
def test_a_right_student_passes_every_test_without_a_grader(tmp_path):
    plain = staging.plain_course(tmp_path / "plain")
    submissions = course.submissions(tmp_path / "submissions", 1)
    floor = course.ROOT / "benchmarks" / "throughput" / "floor.py"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", floor, submissions],
        env={"PYTHONPATH": str(plain), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f'"passed": {course.COUNT}.0, "failed": 0.0' in done.stdout


def test_the_plain_checks_have_all_that_hidden_tests_import():
    plain = ast.parse((course.ROOT / "benchmarks" / "throughput" / "plain" / "checks.py").read_text())
    there = {node.name for node in plain.body if isinstance(node, ast.FunctionDef)}
    for name in course.TESTS:
        tests = ast.parse((course.ROOT / "tests" / "hidden" / f"test_{name}.py").read_text())
        for node in tests.body:
            if isinstance(node, ast.ImportFrom) and node.module == "grader.checks":
                assert {alias.name for alias in node.names} <= there, name
