"""When something was handed in, by a list of times: what it may say, and what is wrong with one."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from grader.errors import SubmissionsError
from grader.findings import MissingFile
from grader.submission import open_folder
from grader.submission.times import read_times
from tests.grader.submission.handed_in import BERLIN, NOON, STAMP, handed_in, hours, opened, times, told
from tests.grader.submission.packing import NAMES, PACK, POINTS, SOURCE, put

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
