"""The command: two masters become a course that works, and what did not come along is said."""

import json
import subprocess
import sys

import pytest

from grader.course import read_course
from grader.judge.staff import solution_bundle
from grader.verify.leaks import rows as leaks
from grader.verify.report import Standing
from tests.grader.importing.masters import NBGRADER, OTTER_FUNCTIONS, book
from tests.repo.test_chapter_order import PACKAGE

GRADER = (sys.executable, "-c", "from grader.cli import main; main()")


def run(*arguments, cwd):
    return subprocess.run(
        [*GRADER, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """A course of two masters, and what the command said."""
    folder = tmp_path_factory.mktemp("imported")
    masters = book(folder / "week1.ipynb", *NBGRADER), book(folder / "hw01.ipynb", *OTTER_FUNCTIONS)
    done = run("import-course", *masters, "--to", "course", "--name", "Networks", cwd=folder)
    return folder / "course", done


def test_it_says_what_came_of_each_and_what_did_not(imported):
    course, done = imported
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "relu: from week1.ipynb, relu(x) and relu_twice(x, times=2)"
    assert lines[1] == "mean_of: from hw01.ipynb, mean_of(values)"
    assert sum(line.startswith("not carried over: ") for line in lines) == 5
    assert lines[-1].endswith("has this list. Next: cd course && grader verify --quick")
    assert all(
        line.removeprefix("not carried over: ") in (course / "IMPORTED.md").read_text() for line in lines[2:7]
    )


def test_the_page_shows_what_it_says(imported):
    page = (PACKAGE.parent / "docs/importing.md").read_text()
    shown = page.partition("```text\n")[2].partition("```")[0]
    assert shown.replace("networks", "course") == imported[1].stdout


def test_the_course_is_one(imported):
    course = read_course(imported[0], staff=True)
    assert (course.name, course.names) == ("Networks", ("relu", "mean_of"))
    assert len(course.secret) == 32


def test_references_earn_all_and_stubs_are_kind(imported, tmp_path):
    course = read_course(imported[0], staff=True)
    for student, part in (("right", "reference/{0}/solution.py"), ("stub", "exercises/{0}/{0}.py")):
        for name in course.names:
            (tmp_path / student).mkdir(exist_ok=True)
            (tmp_path / student / f"{name}.py").write_bytes((course.root / part.format(name)).read_bytes())
    done = run("grade", tmp_path, "--out", tmp_path.parent / "out", cwd=course.root)
    assert done.returncode == 0, done.stderr
    reports = tmp_path.parent / "out" / "students"
    right, stub = (
        json.loads((reports / student / "report.json").read_text()) for student in ("right", "stub")
    )
    assert (right["score"], right["max_score"]) == (pytest.approx(7.3334), pytest.approx(7.3334))
    assert stub["score"] == 0
    assert {exercise["verdict"] for exercise in stub["exercises"]} == {"not implemented"}


def test_nothing_leaks_though_students_see_tests_that_count(imported):
    course = read_course(imported[0], staff=True)
    for exercise in course.exercises:
        assert [row.standing for row in leaks(course, exercise)] == [Standing.HOLDS]
    assert solution_bundle(course.exercise("relu")).problem is None


def test_what_is_hidden_of_a_test_would_be_a_leak(imported, tmp_path):
    course = read_course(imported[0], staff=True)
    tests = course.exercise("relu").visible_tests
    before = tests.read_text()
    secret = "    relu = plain(student.relu)\n    assert relu(torch.zeros(2, 2)).shape == (2, 2)\n"
    try:
        tests.write_text(f"{before}\n\ndef test_more(student):\n{secret}")
        rows = [*leaks(course, course.exercise("relu"))]
        assert {row.standing for row in rows} == {Standing.FAILS}
        assert "tests/hidden/test_relu.py" in rows[0].sentence
    finally:
        tests.write_text(before)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nowhere.ipynb", "--to", "c"), "'nowhere.ipynb' cannot be read (No such file or directory)."),
        (("plain.ipynb", "--to", "c"), "'plain.ipynb' has neither nbgrader's metadata nor Otter's"),
        (("values.ipynb", "--to", "c"), "'values.ipynb' asks for no function"),
        (("plain.ipynb",), "Missing option '--to'"),
    ],
)
def test_what_cannot_be_imported(tmp_path, arguments, told):
    book(tmp_path / "plain.ipynb")
    book(tmp_path / "values.ipynb", *NBGRADER[-2:])
    done = run("import-course", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"grader: {told}")
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "c").exists()
