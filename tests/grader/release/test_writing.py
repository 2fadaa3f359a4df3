"""A release on the disk: the same to the byte, whole, and never over anything else."""

import errno
import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from grader.errors import OutputError
from grader.release import Released, released, write_folder, write_zip, zipped
from grader.release.writing import SECONDS
from tests.grader.tiny import make_course


@pytest.fixture
def files(tmp_path: Path) -> tuple[Released, ...]:
    return released(make_course(tmp_path / "course", **{"exercises/double/data/deep/x.csv": "1\n"}))


def seen(folder: Path) -> dict[str, tuple[bytes, int, float]]:
    """Everything about the files and folders of a release."""
    return {
        path.relative_to(folder).as_posix(): (
            path.read_bytes() if path.is_file() else b"",
            path.stat().st_mode,
            path.stat().st_mtime,
        )
        for path in sorted(folder.rglob("*"))
    }


def test_two_folders_are_the_same_in_bytes_modes_and_dates(
    tmp_path: Path, files: tuple[Released, ...]
) -> None:
    before = os.umask(0o077)
    try:
        write_folder(files, tmp_path / "a" / "deep one")
    finally:
        os.umask(before)
    write_folder(files[::-1], tmp_path / "b")
    assert seen(tmp_path / "a" / "deep one") == seen(tmp_path / "b")
    assert {each[2] for each in seen(tmp_path / "b").values()} == {SECONDS}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "course"]


def test_two_zips_are_the_same_to_the_byte(tmp_path: Path, files: tuple[Released, ...]) -> None:
    write_zip(files, tmp_path / "a.zip", "tiny-course")
    write_zip(files[::-1], tmp_path / "b.ZIP", "tiny-course")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.ZIP").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.testzip() is None
        assert archive.read("tiny-course/README.md").startswith(b"# Tiny course")
        assert {name.split("/")[0] for name in archive.namelist()} == {"tiny-course"}


def test_a_zip_is_the_same_on_every_machine() -> None:
    """Its bytes are known: nothing in it depends on a clock, a compressor or a system."""
    made = hashlib.sha256(zipped([("b/x.txt", b"2\n"), ("a.txt", b"1\n" * 100)])).hexdigest()
    assert made == "4e7612bfc96672c23a5bdb0f8578e39169c03c5dfdc89a6d453e1eb4680d4775"


@pytest.mark.parametrize("kept", [False, True])
def test_an_earlier_release_is_brought_up_to_date(
    tmp_path: Path, files: tuple[Released, ...], kept: bool
) -> None:
    old = tmp_path / "old"
    write_folder(files, old)
    (old / "exercises/double/double.py").write_text("old")
    (old / "README.md").unlink()
    if kept:
        (old / ".git").mkdir()
        (old / ".git" / "HEAD").write_text("x")
    write_folder(files, old)
    write_folder(files, tmp_path / "new")
    assert {name: each for name, each in seen(old).items() if ".git" not in name} == seen(tmp_path / "new")
    assert (old / ".git" / "HEAD").exists() == kept


def test_an_empty_folder_is_filled(tmp_path: Path, files: tuple[Released, ...]) -> None:
    (tmp_path / "empty").mkdir()
    write_folder(files, tmp_path / "empty")
    assert (tmp_path / "empty" / "course.toml").is_file()


def test_other_things_are_never_touched(tmp_path: Path, files: tuple[Released, ...]) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.tex").write_text("mine")
    with pytest.raises(OutputError, match=r"other' holds other things, such as 'thesis.tex'; name a new"):
        write_folder(files, other)
    assert [path.name for path in other.iterdir()] == ["thesis.tex"]
    # The course itself has a course.toml too, but not one that was released.
    with pytest.raises(OutputError, match="holds other things"):
        write_folder(files, tmp_path / "course")


def test_work_in_an_earlier_release_is_never_touched(tmp_path: Path, files: tuple[Released, ...]) -> None:
    write_folder(files, tmp_path / "a")
    (tmp_path / "a" / "double").mkdir()
    before = seen(tmp_path / "a")
    with pytest.raises(
        OutputError, match=r"holds an earlier release, and 'double', which is not of this one"
    ):
        write_folder(files[1:], tmp_path / "a")
    assert seen(tmp_path / "a") == before


def test_links_are_not_followed(tmp_path: Path, files: tuple[Released, ...]) -> None:
    write_folder(files, tmp_path / "a")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    with pytest.raises(OutputError, match="is a link; name a new"):
        write_folder(files, tmp_path / "link")
    (tmp_path / "secret").write_text("mine")
    (tmp_path / "a" / "README.md").unlink()
    (tmp_path / "a" / "README.md").symlink_to(tmp_path / "secret")
    with pytest.raises(OutputError, match=r"README.md' is a link, which is not followed"):
        write_folder(files, tmp_path / "a")
    (tmp_path / "x.zip").symlink_to(tmp_path / "secret")
    with pytest.raises(OutputError, match="no zip of an earlier release"):
        write_zip(files, tmp_path / "x.zip", "x")
    assert (tmp_path / "secret").read_text() == "mine"


def test_a_file_and_another_zip_stay(tmp_path: Path, files: tuple[Released, ...]) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="is a file; name a new or empty folder"):
        write_folder(files, tmp_path / "file")
    (tmp_path / "mine.zip").write_bytes(zipped([("x/course.toml", b"name = 1")]))
    with pytest.raises(OutputError, match="is there already"):
        write_zip(files, tmp_path / "mine.zip", "x")
    write_zip(files, tmp_path / "ours.zip", "x")
    write_zip(files, tmp_path / "ours.zip", "y")
    assert zipfile.ZipFile(tmp_path / "ours.zip").namelist()[0].startswith("y/")


@pytest.mark.parametrize("name", ["new", "new.zip"])
def test_a_full_disk_leaves_nothing_behind(
    tmp_path: Path, files: tuple[Released, ...], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = 3

    def full(descriptor: int) -> None:
        nonlocal left
        left -= 1
        if left <= 0 or name.endswith(".zip"):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(
        OutputError, match=r"new.* cannot be written \(No space left on device\); name another"
    ):
        write_zip(files, tmp_path / name, "x") if name.endswith(".zip") else write_folder(
            files, tmp_path / name
        )
    assert [path.name for path in tmp_path.iterdir()] == ["course"]
