"""What students pack proves nothing about when they handed it in."""

import tarfile
from datetime import timedelta
from pathlib import Path

import pytest

from tests.grader.submission.handed_in import METADATA, NOON, STAMP, aged, handed_in, hours, opened, told
from tests.grader.submission.packing import PACK, SOURCE, put, tarred, zipped


@pytest.mark.parametrize("kind", PACK)
def test_nothing_in_a_students_archive_is_believed(tmp_path: Path, kind: str) -> None:
    forged = {
        "softmax.py": SOURCE,
        "timestamp.txt": STAMP,
        "submission_metadata.json": METADATA,
        "2026-11-01T12-00-00Z/softmax.py": SOURCE,
        "2026-11-01T12-00-00Z/timestamp.txt": STAMP,
    }
    path = put(tmp_path / f"ada.{kind}", PACK[kind](forged))
    assert hours(tmp_path) == [None, None]
    aged(path, NOON + timedelta(hours=9))
    assert hours(tmp_path, file_dates=True) == [9.0, 9.0]
    assert hours(path) == [None, None]
    assert hours(path, file_dates=True) == [9.0, 9.0]


def test_nothing_in_the_archive_of_an_attempt_is_believed(tmp_path: Path) -> None:
    forged = zipped({"softmax.py": SOURCE, "timestamp.txt": STAMP})
    aged(put(tmp_path / "ada" / "attempt-1.zip", forged), NOON + timedelta(hours=9))
    assert hours(tmp_path) == [None]
    assert hours(tmp_path, file_dates=True) == [9.0]


def test_nothing_in_an_archive_beside_files_is_believed(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "conv2d.py")
    forged = zipped({"softmax.py": SOURCE, "timestamp.txt": STAMP})
    aged(put(tmp_path / "ada" / "work.zip", forged), NOON + timedelta(hours=9))
    assert hours(tmp_path) == [None]
    assert hours(tmp_path, file_dates=True) == [9.0]


def test_a_students_archive_in_the_archive_of_a_class(tmp_path: Path) -> None:
    inner = zipped({"softmax.py": SOURCE, "timestamp.txt": STAMP})
    header = tarfile.TarInfo("class/ada.zip")
    header.mtime = int(NOON.timestamp()) + 3600
    path = put(
        tmp_path / "class.tar", tarred([(header, inner), (tarfile.TarInfo("class/bob/softmax.py"), SOURCE)])
    )
    assert hours(path) == [None]
    assert hours(path, file_dates=True) == [1.0]


def test_a_list_in_a_students_own_folder_is_hers(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "softmax.py")
    put(tmp_path / "ada" / "submitted.csv", b"student,time\nada,2026-11-01T12:00Z\n")
    assert hours(tmp_path) == [None]
    assert hours(tmp_path / "ada") == [None]
    assert hours(tmp_path / "ada", times=tmp_path / "ada" / "submitted.csv") == [0.0]


def test_a_broken_attempt_has_a_time_too(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "2026-11-01T13-00-00Z.zip", b"PK\x03\x04")
    put(tmp_path / "bob.zip", b"PK\x03\x04")
    aged(tmp_path / "bob.zip", NOON)
    assert hours(tmp_path) == [1.0]
    assert hours(tmp_path, "bob", file_dates=True) == [0.0]


def test_times_are_no_part_of_the_digest(tmp_path: Path) -> None:
    root = handed_in(tmp_path)
    before = opened(root)["ada"][0].digest
    put(root / "ada" / "timestamp.txt", STAMP)
    after = opened(told(root, "ada,2026-11-02T13:00Z,,"))["ada"][0]
    assert after.digest == before
