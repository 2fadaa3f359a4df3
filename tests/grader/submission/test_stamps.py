"""When something was handed in, by what lies there: names of attempts, stamps, dates of files."""

import io
import os
import struct
import tarfile
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.grader.submission.handed_in import (
    BERLIN,
    METADATA,
    NOON,
    STAMP,
    aged,
    handed_in,
    hours,
    opened,
    times,
)
from tests.grader.submission.packing import NAMES, SOURCE, put, tarred, zipped

# --- what lies there ------------------------------------------------------------------


def test_the_name_of_an_attempt(tmp_path: Path) -> None:
    root = handed_in(tmp_path, "2026-11-01T14-00-00+01-00", "2026-11-01T15-00-00", "attempt-1")
    put(root / "ada" / "2026-11-01T17-00-00Z.zip", zipped({"softmax.py": SOURCE}))
    assert hours(root, zone=BERLIN) == [None, 1.0, 2.0, 5.0]
    assert hours(root) == [None, 1.0, None, 5.0]


@pytest.mark.parametrize(
    ("name", "content"), [("timestamp.txt", STAMP), ("submission_metadata.json", METADATA)]
)
def test_a_stamp_beside_the_files(tmp_path: Path, name: str, content: bytes) -> None:
    root = handed_in(tmp_path)
    put(root / "ada" / name, content)
    assert hours(root) == [0.0]
    assert opened(root)["ada"][0].notes == (f"When it was handed in says {name}.",)


def test_timestamp_txt_wins_over_metadata_and_the_name_over_both(tmp_path: Path) -> None:
    root = handed_in(tmp_path, "2026-11-01T15-00-00Z", "attempt-1")
    for name in ("2026-11-01T15-00-00Z", "attempt-1"):
        put(root / "ada" / name / "timestamp.txt", STAMP.replace(b"12:", b"14:"))
        put(root / "ada" / name / "submission_metadata.json", METADATA)
    assert hours(root) == [2.0, 3.0]
    by_number, by_time = opened(root)["ada"]
    assert by_number.notes == (
        "When it was handed in says timestamp.txt.",
        "Not needed by any exercise, so not read: submission_metadata.json.",
    )
    assert by_time.notes == (
        "Not needed by any exercise, so not read: submission_metadata.json, timestamp.txt.",
    )


def test_a_stamp_beside_attempts_is_about_none_of_them(tmp_path: Path) -> None:
    root = handed_in(tmp_path, "attempt-1")
    put(root / "ada" / "timestamp.txt", STAMP)
    assert hours(root) == [None]
    assert opened(root)["ada"][0].notes == ("Not needed by any exercise, so not read: timestamp.txt.",)


def test_a_stamp_in_the_folder_of_an_exercise(tmp_path: Path) -> None:
    for exercise in NAMES:
        put(tmp_path / "ada" / exercise / f"{exercise}.py")
    put(tmp_path / "ada" / "timestamp.txt", STAMP.replace(b"12:", b"15:"))
    put(tmp_path / "ada" / "softmax" / "timestamp.txt", STAMP)
    put(tmp_path / "bob" / "softmax.py")
    (submission,) = opened(tmp_path)["ada"]
    assert [bundle.submitted for bundle in submission.bundles] == [NOON, NOON + timedelta(hours=3)]
    assert submission.notes == ("When it was handed in says timestamp.txt, softmax/timestamp.txt.",)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("timestamp.txt", b"yesterday"),
        ("timestamp.txt", b"\xff\xfe"),
        ("timestamp.txt", b""),
        ("timestamp.txt", b"2026-11-01 12:00:00"),  # and no zone
        ("submission_metadata.json", b"[" * 1_000_000),
        ("submission_metadata.json", b"[]"),
        ("submission_metadata.json", b"null"),
        ("submission_metadata.json", b"{}"),
        ("submission_metadata.json", b'{"created_at": ["2026-11-01T12:00Z"]}'),
        ("submission_metadata.json", b'{"created_at": ' + b"9" * 100_000 + b"}"),
        ("submission_metadata.json", b'{"created_at": 1e999}'),
        ("submission_metadata.json", b'{"created_at": "9999-12-31T23:59:59-23:59"}'),
        ("submission_metadata.json", METADATA + b" " * (1 << 20)),
    ],
)
def test_a_stamp_that_says_nothing(tmp_path: Path, name: str, content: bytes) -> None:
    root = handed_in(tmp_path)
    put(root / "ada" / name, content)
    assert times(root) == [None]
    assert opened(root)["ada"][0].notes == (f"Not needed by any exercise, so not read: {name}.",)


def test_a_stamp_that_is_a_link_a_folder_or_a_pipe(tmp_path: Path) -> None:
    root = handed_in(tmp_path / "class")
    stamp = root / "ada" / "timestamp.txt"
    stamp.symlink_to(put(tmp_path / "secret", STAMP))
    assert times(root) == [None]
    stamp.unlink()
    stamp.mkdir()
    assert times(root) == [None]
    stamp.rmdir()
    os.mkfifo(stamp)
    assert times(root) == [None]


# --- when files were changed ----------------------------------------------------------


def test_file_dates_count_only_if_asked_for_and_last(tmp_path: Path) -> None:
    root = handed_in(tmp_path)
    aged(root / "ada" / "softmax.py", NOON + timedelta(hours=1))
    assert hours(root) == [None]
    assert hours(root, file_dates=True) == [1.0]
    put(root / "ada" / "timestamp.txt", STAMP)
    assert hours(root, file_dates=True) == [0.0]


def test_the_newest_file_that_goes_along_counts(tmp_path: Path) -> None:
    aged(put(tmp_path / "ada" / "softmax.py", b"import helper"), NOON)
    aged(put(tmp_path / "ada" / "helper.py"), NOON + timedelta(hours=2))
    aged(put(tmp_path / "ada" / "diary.py"), NOON + timedelta(hours=3))
    aged(put(tmp_path / "bob" / "work.ipynb", b"def softmax(): ..."), NOON)
    aged(put(tmp_path / "eve" / "softmax" / "softmax.py"), NOON)
    found = {student: hours(tmp_path, student, file_dates=True) for student in ("ada", "bob", "eve")}
    assert found == {"ada": [2.0], "bob": [0.0], "eve": [0.0]}


@pytest.mark.parametrize("seconds", [-(10**17), 10**17])
def test_a_file_from_before_or_after_all_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    root = handed_in(tmp_path)
    really = os.stat

    def old(path: Any, **options: Any) -> Any:
        found = list(really(path, **options))
        return (
            os.stat_result([*found[:8], seconds, *found[9:]])
            if path == "softmax.py"
            else really(path, **options)
        )

    monkeypatch.setattr(os, "stat", old)
    assert times(root, file_dates=True) == [None]


def zip_of(
    time: tuple[int, int, int, int, int, int], extra: bytes = b"", name: str = "ada/softmax.py"
) -> bytes:
    out = io.BytesIO()
    info = zipfile.ZipInfo(name, time)
    info.extra = extra
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(info, SOURCE)
        archive.writestr(zipfile.ZipInfo("bob/softmax.py", (2026, 11, 1, 13, 0, 0)), SOURCE)
    return out.getvalue()


def unix(time: datetime) -> bytes:
    """The extra field in which packers write UTC."""
    return struct.pack("<HHBI", 0x5455, 5, 1, int(time.timestamp()))


@pytest.mark.parametrize(
    ("time", "extra", "zone", "expected"),
    [
        ((2026, 11, 1, 15, 0, 0), b"", BERLIN, [2.0]),
        ((2026, 11, 1, 15, 0, 0), b"", None, [None]),
        ((2026, 11, 1, 15, 0, 0), unix(NOON), None, [0.0]),
        ((2026, 11, 1, 15, 0, 0), struct.pack("<HH4s", 1, 4, b"else") + unix(NOON), None, [0.0]),
        ((2026, 11, 1, 15, 0, 0), struct.pack("<HHB", 0x5455, 1, 1), BERLIN, [2.0]),
        ((2026, 11, 1, 15, 0, 0), struct.pack("<HHBI", 0x5455, 5, 0, 0), BERLIN, [2.0]),
        ((1980, 1, 1, 0, 0, 0), b"", BERLIN, [None]),
        ((2026, 0, 0, 15, 0, 0), b"", BERLIN, [None]),
        ((2026, 3, 29, 2, 30, 0), b"", BERLIN, [None]),
    ],
)
def test_dates_in_the_zip_of_a_class(
    tmp_path: Path, time: Any, extra: bytes, zone: ZoneInfo | None, expected: list[float | None]
) -> None:
    path = put(tmp_path / "class.zip", zip_of(time, extra))
    assert hours(path, file_dates=True, zone=zone) == expected


@pytest.mark.parametrize(("seconds", "expected"), [(NOON.timestamp(), [0.0]), (0, [None]), (10**17, [None])])
def test_dates_in_the_tar_of_a_class(tmp_path: Path, seconds: float, expected: list[float | None]) -> None:
    headers = [tarfile.TarInfo(f"{student}/softmax.py") for student in ("ada", "bob")]
    for header in headers:
        header.mtime = seconds
    path = put(tmp_path / "class.tar", tarred([(header, SOURCE) for header in headers], tarfile.GNU_FORMAT))
    assert hours(path, file_dates=True) == expected
