"""`grader grade` on what platforms hand over: how it was read is said, and a person may know better."""

import csv
import shlex
from pathlib import Path
from typing import Any

import pytest

from grader.report.model import StudentReport
from tests.grader.cli.a_batch import Batch, refused
from tests.grader.submission.packing import put, zipped

UPLOADS = {"ada_LATE_1_10_softmax-1.py": b"x = 1\n", "bob_2_11_conv2d.py": b"x = 1\n", "odd.txt": b"x"}


def test_a_download_is_graded_as_it_comes(run: Any, klass: Path, batch: Batch) -> None:
    put(klass / "canvas.zip", zipped(UPLOADS))
    said = run("grade", "canvas.zip", "--out", "reports")
    assert said.code == 0
    assert said.err.splitlines() == [
        "note: Read as a Canvas download: 2 students, 1 of them late.",
        "note: Files beside the students' folders belong to nobody and were not read: odd.txt.",
    ]
    rows = list(csv.DictReader((klass / "reports/grades.csv").read_text().splitlines()))
    assert [row["student"] for row in rows] == ["ada_1", "bob_2"]
    ada = StudentReport.model_validate_json((klass / "reports/students/ada_1/student.json").read_bytes())
    assert ada.notes == (
        "softmax-1.py is read as softmax.py: Canvas adds a number to a name that it has already.",
        "Canvas marks it as late; when it was handed in, the download does not say.",
    )


def test_what_was_typed_is_typed_again(
    run: Any, klass: Path, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ada/ps1/softmax.py", "ada/ps2/conv2d.py"):
        put(klass / "handed in" / name, b"x = 1\n")
    words = ["grade", "handed in", "--out", "reports", "--layout", "nbgrader", "--assignment", "ps2"]
    batch.interrupt_after = 1
    monkeypatch.setattr("sys.argv", ["grader", *words])
    said = run(*words)
    assert "note: Other assignments are not read: ps1." in said.err
    assert f"`{shlex.join(['grader', *words])}` goes on from there." in said.err


def test_what_it_is_not_is_said(run: Any, klass: Path, batch: Batch) -> None:
    said = refused(run, "submissions", "--out", "r", "--layout", "canvas")
    assert said.startswith("'submissions' is not a Canvas download: it holds ")
    said = refused(run, "submissions", "--out", "r", "--assignment", "ps1")
    assert said == "--assignment is for nbgrader's folders; these are none."
    said = refused(run, "submissions", "--out", "r", "--watch", "--layout", "moodle")
    assert said == (
        "--watch reads the folders and archives of students as they arrive, no --layout moodle; "
        "leave one of the two out."
    )
    assert run("grade", "submissions", "--out", "r", "--layout", "blackboard").code == 2
