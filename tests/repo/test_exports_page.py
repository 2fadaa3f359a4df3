"""The examples of docs/exports.md that need a file from a learning platform, run with what the page shows."""

import shlex
import subprocess
import zipfile
from pathlib import Path

import pytest

from grader.verdicts import Verdict
from tests.grader.cli.test_export_platforms import a_run
from tests.grader.report.conftest import make_exercise, make_student, make_test
from tests.repo.test_docs import GRADER, ROOT, Block, blocks

PAGE = blocks((ROOT / "docs/exports.md").read_text())


def of(language: str, beginning: str) -> list[Block]:
    return [block for block in PAGE if block.language == language and block.text.startswith(beginning)]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The run that the page speaks of: Ada has all points, Alan half of them."""
    full = make_exercise("softmax", make_test("A"), make_test("B"))
    half = make_exercise("softmax", make_test("A"), make_test("B", Verdict.WRONG_ANSWER))
    a_run(
        tmp_path / "reports",
        make_student("lovelaceada_1234", full),
        make_student("turingalan_77", half),
    )
    return tmp_path


def run(line: str, folder: Path) -> str:
    words = shlex.split(line.removeprefix("$ "))
    done = subprocess.run(
        [GRADER, *words[1:]], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def test_canvas(place: Path) -> None:
    before, after = of("csv", "Student,ID")
    (shown,) = of("text", "$ grader export canvas")
    (place / "grades.csv").write_text(before.text)
    assert run(shown.lines[0], place).splitlines() == list(shown.lines[1:])
    assert (place / "filled.csv").read_text() == after.text


def test_moodle(place: Path) -> None:
    (shown,) = of("text", "grader export moodle")
    columns = "Identifier,Full name,Grade,Maximum Grade,Last modified (grade),Feedback comments"
    (place / "Grades.csv").write_text(f"{columns}\nParticipant 77,Turing Alan,,2,-,\n")
    run(f"{shown.lines[0]} --scale", place)
    assert "Participant 77,Turing Alan,1.00,2,-," in (place / "filled.csv").read_text()
    with zipfile.ZipFile(place / "feedback.zip") as archive:
        assert len(archive.namelist()) == 2
