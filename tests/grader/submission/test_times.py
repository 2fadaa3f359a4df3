"""When something was handed in: who says so, who is believed, and what is wrong with a list of times."""

import io
import os
import struct
import tarfile
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from grader.errors import SubmissionsError
from grader.findings import MissingFile
from grader.submission import Submission, open_folder
from grader.submission.times import read_times
from tests.grader.submission.packing import NAMES, PACK, POINTS, SOURCE, put, tarred, zipped

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
STAMP = b"2026-11-01 12:00:00.000000 UTC\n"
METADATA = b'{"id": 1, "created_at": "2026-11-01T13:00:00.000000+01:00", "users": []}'


def opened(root: Path, **options: Any) -> dict[str, tuple[Submission, ...]]:
    with open_folder(root, NAMES, POINTS, **options) as found:
        return {student: found.read(student) for student in found.students}


def times(root: Path, student: str = "ada", **options: Any) -> list[datetime | None]:
    """For each attempt, when softmax was handed in."""
    return [each.bundles[0].submitted for each in opened(root, **options)[student]]


def hours(root: Path, student: str = "ada", **options: Any) -> list[float | None]:
    """The same, in hours after noon."""
    return [time and (time - NOON) / timedelta(hours=1) for time in times(root, student, **options)]


def told(root: Path, *rows: str, header: str = "student,time,exercise,attempt") -> Path:
    put(root / "submitted.csv", "\n".join([header, *rows]).encode())
    return root


def handed_in(root: Path, *attempts: str) -> Path:
    for name in attempts or ("",):
        put(root / "ada" / name / "softmax.py")
    return root


# --- nobody says ----------------------------------------------------------------------


def test_a_time_that_nobody_says_is_not_known(tmp_path: Path) -> None:
    assert times(handed_in(tmp_path)) == [None]
    assert times(handed_in(tmp_path / "class", "attempt-1", "attempt-2")) == [None, None]


# --- submitted.csv --------------------------------------------------------------------


def test_a_list_of_times(tmp_path: Path) -> None:
    put(tmp_path / "bob" / "softmax.py")
    root = told(
        handed_in(tmp_path), "ada,2026-11-01T13:00:00+01:00", "bob,2026-11-01T13:00Z", header="student,time"
    )
    assert (hours(root), hours(root, "bob")) == ([0.0], [1.0])
    with open_folder(root, NAMES, POINTS) as found:
        assert found.notes == ()


def test_a_time_without_an_offset_is_in_the_zone_of_the_course(tmp_path: Path) -> None:
    root = told(handed_in(tmp_path), "ada,2026-11-01T14:00,,")
    assert hours(root, zone=BERLIN) == [1.0]
    with pytest.raises(SubmissionsError) as caught:
        opened(root)
    assert str(caught.value) == (
        "submitted.csv, line 2: '2026-11-01T14:00' has no offset from UTC such as +01:00, "
        "and the course has no timezone."
    )


def test_what_is_missing_has_no_time(tmp_path: Path) -> None:
    root = told(handed_in(tmp_path), "ada,2026-11-01T12:00Z,,")
    (submission,) = opened(root)["ada"]
    assert isinstance(submission.bundles[1].problem, MissingFile)
    assert submission.bundles[1].submitted is None


def test_the_row_that_says_most_wins(tmp_path: Path) -> None:
    root = handed_in(tmp_path, "attempt-1", "attempt-2")
    put(root / "ada" / "attempt-1" / "conv2d.py")
    general, of_exercise, of_attempt, of_both = (
        "ada,2026-11-01T13:00Z,,",
        "ada,2026-11-01T14:00Z,softmax,",
        "ada,2026-11-01T15:00Z,,attempt-2",
        "ada,2026-11-01T16:00Z,softmax,attempt-2",
    )
    assert hours(told(root, general)) == [None, 1.0]
    assert hours(told(root, of_exercise, general)) == [None, 2.0]
    assert hours(told(root, of_attempt, of_exercise, general)) == [None, 3.0]
    assert hours(told(root, of_both, of_attempt, of_exercise, general)) == [None, 4.0]


def test_a_row_without_an_attempt_is_about_the_last_with_the_exercise(tmp_path: Path) -> None:
    root = handed_in(tmp_path, "attempt-1")
    put(root / "ada" / "attempt-2" / "conv2d.py")
    assert hours(told(root, "ada,2026-11-01T13:00Z,softmax,")) == [1.0, None]
    assert hours(told(root, "ada,2026-11-01T13:00Z,,")) == [
        None,
        None,
    ]  # softmax came earlier, nobody says when
    assert opened(root)["ada"][1].bundles[1].submitted == NOON + timedelta(hours=1)


def test_what_lies_beside_attempts_has_a_name_for_the_list(tmp_path: Path) -> None:
    root = handed_in(tmp_path, "attempt-1", "")
    assert hours(told(root, "ada,2026-11-01T13:00Z,,current", "ada,2026-11-01T12:00Z,,attempt-1")) == [
        0.0,
        1.0,
    ]
    assert hours(told(root, "ada,2026-11-01T14:00Z,,")) == [None, 2.0]


def test_the_list_wins_over_everything(tmp_path: Path) -> None:
    root = handed_in(tmp_path, "2026-11-01T20-00-00Z")
    put(root / "ada" / "2026-11-01T20-00-00Z" / "timestamp.txt", STAMP)
    told(root, "ada,2026-11-01T13:00Z,,2026-11-01T20-00-00Z")
    assert hours(root, file_dates=True) == [1.0]


def test_another_list_may_be_named(tmp_path: Path) -> None:
    root = told(handed_in(tmp_path / "class"), "ada,nonsense")
    put(tmp_path / "times.csv", b"student,time\nada,2026-11-01T13:00Z\n")
    (tmp_path / "link.csv").symlink_to(tmp_path / "times.csv")
    for name in ("times.csv", "link.csv"):
        assert hours(root, times=tmp_path / name) == [1.0]
    with open_folder(root, NAMES, POINTS, times=tmp_path / "times.csv") as found:
        assert found.notes == (
            "Files beside the students' folders belong to nobody and were not read: submitted.csv.",
        )


@pytest.mark.parametrize("kind", PACK)
def test_a_list_in_the_archive_of_a_class(tmp_path: Path, kind: str) -> None:
    files = {"class/ada/softmax.py": SOURCE, "class/bob/softmax.py": SOURCE}
    rows = {"class/submitted.csv": b"student,time\nada,2026-11-01T13:00Z\n"}
    path = put(tmp_path / f"class.{kind}", PACK[kind](files | rows))
    assert (hours(path), hours(path, "bob")) == ([1.0], [None])


def test_a_student_is_found_however_letters_are_put_together(tmp_path: Path) -> None:
    put(tmp_path / "Mu\u0308ller" / "softmax.py")
    put(tmp_path / "submitted.csv", "\ufeffstudent,time\nM\u00fcller,2026-11-01T13:00Z\n".encode())
    assert hours(tmp_path, "Mu\u0308ller") == [1.0]
    with open_folder(tmp_path, NAMES, POINTS) as found:
        assert found.notes == ()


def test_who_is_not_here_is_noted(tmp_path: Path) -> None:
    root = told(
        handed_in(tmp_path, "attempt-1"), "eve,2026-11-01T13:00Z,,", "ada,2026-11-01T13:00Z,,attempt-9"
    )
    with open_folder(root, NAMES, POINTS) as found:
        assert found.notes == ("submitted.csv names students of whom nothing is here: eve.",)
        (submission,) = found.read("ada")
    assert submission.notes == ("submitted.csv names attempts that are not here: attempt-9.",)
    with open_folder(root, NAMES, POINTS, arriving=True) as found:
        assert found.notes == ()  # they may still come


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "which says when students handed in, cannot be read (it is empty)."),
        (b"\n", "line 1: the columns must be student and time, and may be exercise and attempt too"),
        (b"student;time\nada;2026-11-01T13:00Z\n", "line 1: the columns must be student and time"),
        (b"student,when\nada,2026-11-01T13:00Z\n", "line 1: the columns must be student and time"),
        (b"student,time,mark\n", "line 1: the columns must be"),
        (b"student,time,time\n", "line 1: the columns must be"),
        (b"student,time\nada\n", "submitted.csv, line 2: it has 1 instead of 2 cells."),
        (b"student,time\nada,1,2\n", "submitted.csv, line 2: it has 3 instead of 2 cells."),
        (b"student,time\n\n,2026-11-01T13:00Z\n", "submitted.csv, line 3: it names no student."),
        (
            b"student,time\nada,yesterday\n",
            "line 2: 'yesterday' is no time such as 2026-11-01T18:00:00+01:00.",
        ),
        (b"student,time\nada,2026-11-31T13:00Z\n", "line 2: '2026-11-31T13:00Z' is no time that there is."),
        (b"student,time\nada," + b"x" * 99, "line 2: '" + "x" * 57 + "...' is no time"),
        (
            b"student,time,exercise\nada,2026-11-01T13:00Z,sofmax\n",
            "line 2: the course has no exercise 'sofmax'. Did you mean 'softmax'?",
        ),
        (
            b"student,time\nada,2026-11-01T13:00Z\nada,2026-11-01T14:00Z\n",
            "line 3: it gives 'ada' a second time for the same; leave one out.",
        ),
        (b"student,time\nada,1\nM\xfcller,2\n", "line 3: it is not UTF-8; save it as CSV UTF-8."),
        (b'student,time\n"ada,2026-11-01T13:00Z\n', "it is no CSV (unexpected end of data)."),
        (b'student,time\n"ada"x,2026-11-01T13:00Z\n', "line 2: it is no CSV ("),
        (b"student,time\n" + b"a" * 200_000 + b",1\n", "line 2: it is no CSV (field larger than field limit"),
    ],
)
def test_what_is_wrong_with_a_list_is_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    put(handed_in(tmp_path) / "submitted.csv", content)
    with pytest.raises(SubmissionsError) as caught:
        opened(tmp_path)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_what_is_not_wrong_with_a_list(tmp_path: Path) -> None:
    rows = [
        "\ufeff Time ,STUDENT",
        ",ada",
        "",
        " 2026-11-01T13:00Z , ada ",
        "2026-11-01T13:00:00+00:00,ada",
        "",
    ]
    put(handed_in(tmp_path) / "submitted.csv", "\r\n".join(rows).encode())
    assert hours(tmp_path) == [1.0]


def test_a_list_that_is_a_link_or_a_pipe(tmp_path: Path) -> None:
    root = handed_in(tmp_path / "class")
    secret = put(tmp_path / "secret", b"student,time\nada,2026-11-01T13:00Z\n")
    (root / "submitted.csv").symlink_to(secret)
    with pytest.raises(
        SubmissionsError, match=r"cannot be read \(it is a link; name the file with --submitted\)"
    ):
        opened(root)
    (root / "submitted.csv").unlink()
    os.mkfifo(root / "submitted.csv")
    with pytest.raises(SubmissionsError, match=r"cannot be read \(it is not a regular file\)"):
        opened(root)
    with pytest.raises(SubmissionsError, match=r"cannot be read \(it is not a regular file\)"):
        opened(root, times=root / "submitted.csv")
    with pytest.raises(
        SubmissionsError, match=r"The file '.*/nowhere', which .* \(No such file or directory\)"
    ):
        opened(root, times=root / "nowhere")


def test_a_list_that_is_too_large(tmp_path: Path) -> None:
    root = told(handed_in(tmp_path / "class"))
    os.truncate(root / "submitted.csv", 6 << 20)
    for options in ({}, {"times": root / "submitted.csv"}):
        with pytest.raises(SubmissionsError, match=r"cannot be read \(the limit is 5 MiB\)"):
            opened(root, **options)


def test_a_student_may_be_called_like_the_list(tmp_path: Path) -> None:
    put(handed_in(tmp_path) / "submitted.csv" / "softmax.py")
    assert set(opened(tmp_path)) == {"ada", "submitted.csv"}


def test_a_list_of_a_hundred_thousand_is_read_at_once() -> None:
    rows = "\n".join(f"student-{n:06},2026-11-01T12:00:{n % 60:02}Z" for n in range(100_000))
    content = f"student,time\n{rows}\n".encode()
    assert len(content) < 5 << 20
    assert len(read_times(content, "submitted.csv", NAMES, None).by_student) == 100_000


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


def aged(path: Path, time: datetime) -> Path:
    os.utime(path, (time.timestamp(), time.timestamp() + 0.5))
    return path


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


# --- what students pack proves nothing --------------------------------------------------


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
