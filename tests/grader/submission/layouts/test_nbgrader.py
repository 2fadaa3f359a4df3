"""nbgrader's folder of submissions: a student, an assignment, notebooks and when they came."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.errors import SubmissionsError
from grader.submission import Layout
from tests.grader.submission.layouts.downloads import laid_out, main_files, read_all

STAMP = b"2026-11-01 12:00:00.000000 UTC\n"
ONE = {
    "ada/ps1/softmax.ipynb": b"# ada",
    "ada/ps1/timestamp.txt": STAMP,
    "ada/remarks.txt": b"x",
    "bob/ps1/problem 1.ipynb": b"def softmax",
    "bob/ps1/extra/conv2d.ipynb": b"# deep",
    "readme.txt": b"x",
}
TWO = ONE | {"ada/ps2/conv2d.ipynb": b"# two", "eve/ps2/conv2d.ipynb": b"# eve"}


def submitted(root: Path, files: dict[str, bytes], kind: str = "folder") -> Path:
    return laid_out(root, files, kind, "submitted")


@pytest.mark.parametrize("kind", ["folder", "zip"])
@pytest.mark.parametrize("around", [False, True])
def test_the_only_assignment(tmp_path: Path, kind: str, around: bool) -> None:
    files = {f"submitted/{name}": content for name, content in ONE.items()} | {"gradebook.db": b"x"}
    path = laid_out(tmp_path, files, kind) if around else submitted(tmp_path, ONE, kind)
    if kind == "zip" and not around:  # an archive is not called `submitted`, only what is in it may be
        path = laid_out(tmp_path, {f"submitted/{name}": content for name, content in ONE.items()}, kind)
    submissions, notes = read_all(path)
    assert main_files(submissions) == {"ada": [b"# ada", None], "bob": [b"def softmax", b"# deep"]}
    assert notes == (
        "Read as nbgrader's folder of submissions: 2 students.",
        "The assignment 'ps1' is read.",
        "Files beside the students' folders belong to nobody and were not read: readme.txt.",
    )
    ada = submissions["ada"]
    assert ada.bundles[0].submitted == datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert ada.notes == (
        "Beside the assignments' folders, so not read: remarks.txt.",
        "When it was handed in says timestamp.txt.",
    )


def test_one_of_several(tmp_path: Path) -> None:
    path = submitted(tmp_path, TWO)
    with pytest.raises(SubmissionsError) as caught:
        read_all(path)
    assert str(caught.value) == (
        "The folder of submissions holds several assignments (ps1, ps2); name one with --assignment."
    )
    submissions, notes = read_all(path, assignment="ps2")
    assert main_files(submissions) == {"ada": [None, b"# two"], "eve": [None, b"# eve"]}
    assert notes[1:4] == (
        "The assignment 'ps2' is read.",
        "Other assignments are not read: ps1.",
        "Nothing of 'ps2' is there from bob.",
    )
    with pytest.raises(
        SubmissionsError, match=r"Nobody handed in an assignment 'ps3'.* There are: ps1, ps2\."
    ):
        read_all(path, assignment="ps3")


def test_assignments_that_are_exercises_are_all_read(tmp_path: Path) -> None:
    files = {"ada/softmax/softmax.ipynb": b"# s", "ada/conv2d/conv2d.ipynb": b"# c"}
    for options in ({}, {"layout": Layout.NBGRADER}):
        submissions, _ = read_all(submitted(tmp_path, files), **options)
        assert main_files(submissions) == {"ada": [b"# s", b"# c"]}


def test_students_with_files_of_their_own_are_folders(tmp_path: Path) -> None:
    submissions, notes = read_all(
        submitted(tmp_path, {"ada/softmax.py": b"# s", "bob/ps1/softmax.py": b"# b"})
    )
    assert list(submissions) == ["ada", "bob"]
    assert notes == ()


def test_nothing_of_any_assignment(tmp_path: Path) -> None:
    with pytest.raises(SubmissionsError, match="holds no assignment; name one with --assignment"):
        read_all(submitted(tmp_path, {"ada/softmax.py": b""}), layout=Layout.NBGRADER)
