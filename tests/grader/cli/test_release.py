"""`grader release` as it is typed: what it builds works for a student, and what it refuses."""

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from grader.cli.app import app
from grader.release.readme import COMMANDS
from tests.grader.cli.conftest import put

GRADER = Path(sys.executable).with_name("grader")


def test_a_release_is_a_course(
    run: Any, course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run("release", "--to", tmp_path / "out", "--install", "./grader.whl")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"{tmp_path / 'out'}: 10 files, ")
    assert done.out.endswith(" bytes, and nothing of the staff's in them.\n")
    monkeypatch.chdir(tmp_path / "out")
    assert "softmax" in run("list").out
    assert run("start").code == 0
    assert (tmp_path / "out" / "softmax" / "README.md").read_text() == "handout of softmax\n"
    assert "s\n" not in "".join(path.read_text() for path in (tmp_path / "out").rglob("*.toml"))


def test_a_zip_is_the_same_twice(run: Any, course: Path, tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        assert "--install ADDRESS" in run("release", "--to", tmp_path / name).out
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert "a-course/course.toml" in zipfile.ZipFile(tmp_path / "a.zip").namelist()


def test_nothing_is_written_where_something_of_the_staffs_is_in_it(
    run: Any, course: Path, tmp_path: Path
) -> None:
    put(course / "reference" / "secret.txt", "blue kangaroos\n")
    put(course / "exercises" / "conv2d" / "data" / "notes.txt", "Drawn from blue kangaroos.\n")
    done = run("release", "--to", tmp_path / "out")
    assert (done.code, done.err) == (1, "")
    assert done.out == (
        "exercises/conv2d/data/notes.txt, which students get, holds the secret of "
        "reference/secret.txt: '...'.\n"
        "Nothing was written.\n"
    )
    assert not (tmp_path / "out").exists()


def test_where_it_cannot_go_is_said(run: Any, course: Path, tmp_path: Path) -> None:
    for to, told in (
        (".", "'.' holds other things, such as 'course.toml'"),
        ("exercises/out", "'exercises/out' lies among the course's exercises"),
        ("course.toml", "'course.toml' is a file"),
        ("course.toml/x", "'course.toml/x' cannot be written: a part of that path is a file"),
    ):
        done = run("release", "--to", to)
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith(f"grader: {told}; name a")


def test_the_readme_names_commands_that_there_are() -> None:
    known = {command.name for command in app.registered_commands}
    assert {command.split()[0] for command, _ in COMMANDS} <= known


@pytest.mark.slow
def test_a_student_works_in_a_release_of_this_course(tmp_path: Path) -> None:
    """Every command of the README, typed in the folder that it stands in."""
    root = Path(__file__).parents[3]

    def typed(line: str, where: Path) -> subprocess.CompletedProcess[str]:
        words = [str(GRADER), *line.split()[1:]]
        return subprocess.run(words, cwd=where, capture_output=True, text=True, timeout=300, check=False)

    made = subprocess.run(
        [str(GRADER), "release", "--to", str(tmp_path / "a course")],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    here = tmp_path / "a course"
    lines = [line.partition("  #")[0] for line in (here / "README.md").read_text().splitlines()]
    commands = [line for line in lines if line.startswith("grader ") and "--watch" not in line]
    assert len(commands) == len(COMMANDS) - 1
    for line in commands:
        done = typed(line, here)
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        if line == "grader start softmax":
            (here / "softmax" / "softmax.py").write_bytes(
                (root / "submissions/student-01/softmax.py").read_bytes()
            )
    assert len(list(here.glob("*-submission.zip"))) == 1
