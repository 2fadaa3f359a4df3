"""Attempts: which folders are attempts, in which order, and what lies beside them."""

import os
from pathlib import Path

import pytest

from grader.errors import SubmissionsError
from grader.findings import UnreadableFile
from grader.submission import Submission, open_folder, read_folder
from grader.submission.attempts import ATTEMPTS, attempt
from grader.submission.caps import Caps
from grader.submission.place import Entry
from tests.grader.submission.packing import NAMES, PACK, POINTS, SOURCE, put, zipped


def read(root: Path, student: str = "ada") -> tuple[Submission, ...]:
    with open_folder(root, NAMES, POINTS) as found:
        return found.read(student)


def names(root: Path, student: str = "ada") -> list[str]:
    return [each.attempt for each in read(root, student)]


def content(submission: Submission, exercise: int = 0) -> bytes:
    return submission.bundles[exercise].files[0].content


def written(root: Path, *attempts: str) -> Path:
    """A class in which ada has these attempts, each with its own name in its file."""
    for name in attempts:
        put(root / "ada" / name / "softmax.py", name.encode())
    return root


# --- names ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["attempt-1", "attempt_2", "attempt 3", "Attempt-04", "attempt5", "2026-11-01T18-00-00Z"],
)
def test_a_folder_that_is_an_attempt(tmp_path: Path, name: str) -> None:
    assert names(written(tmp_path, name)) == [name]


@pytest.mark.parametrize(
    "name",
    [
        "attempt",
        "attempt-",
        "attempts",
        "attempt-one",
        "my attempt-1",
        "attempt-1 final",
        "attempt--1",
        "attempt-" + "1" * 10,
        "attempt-\N{ARABIC-INDIC DIGIT ONE}",
        "2026-11-01",
        "draft",
        "v2",
    ],
)
def test_a_folder_that_is_none(tmp_path: Path, name: str) -> None:
    put(tmp_path / "ada" / name / "softmax.py")
    (submission,) = read(tmp_path)
    assert submission.attempt == ""
    assert submission.bundles[0].problem is not None


@pytest.mark.parametrize("kind", ["link", "other"])
def test_only_folders_and_archives_are(kind: str) -> None:
    assert attempt(Entry("attempt-1", "attempt-1", kind)) is None
    assert attempt(Entry("attempt-1.zip", "attempt-1.zip", kind)) is None
    assert attempt(Entry("attempt-1", "attempt-1", "file")) is None


def test_numbers_count_as_numbers(tmp_path: Path) -> None:
    root = written(tmp_path, "attempt-10", "attempt-9", "attempt_1", "attempt-010")
    assert names(root) == ["attempt_1", "attempt-9", "attempt-010", "attempt-10"]


def test_times_are_ordered_as_moments(tmp_path: Path) -> None:
    early, late = "2026-11-01T18-00-00+05-00", "2026-11-01T14-00-00Z"  # 13:00 and 14:00 in UTC
    assert names(written(tmp_path, late, early)) == [early, late]


def test_numbers_come_before_times(tmp_path: Path) -> None:
    root = written(tmp_path, "2026-11-01T18-00-00Z", "attempt-1")
    assert names(root) == ["attempt-1", "2026-11-01T18-00-00Z"]


# --- what is in them ------------------------------------------------------------------


def test_every_attempt_is_a_submission(tmp_path: Path) -> None:
    root = written(tmp_path, "attempt-1", "attempt-2")
    put(root / "ada" / "attempt-1" / "conv2d" / "conv2d.py", b"early")
    first, second = read(root)
    assert (content(first), content(second)) == (b"attempt-1", b"attempt-2")
    assert content(first, 1) == b"early"
    assert second.bundles[1].problem is not None
    assert first.digest != second.digest
    assert {each.student for each in (first, second)} == {"ada"}


def test_equal_attempts_have_equal_digests(tmp_path: Path) -> None:
    for name in ("attempt-1", "attempt-2"):
        put(tmp_path / "ada" / name / "softmax.py")
    put(tmp_path / "bob" / "softmax.py")
    first, second = read(tmp_path)
    assert first.digest == second.digest == read(tmp_path, "bob")[0].digest


def test_read_folder_takes_the_last(tmp_path: Path) -> None:
    (submission,) = read_folder(written(tmp_path, "attempt-2", "attempt-1"), NAMES, POINTS).submissions
    assert content(submission) == b"attempt-2"


@pytest.mark.parametrize("kind", PACK)
def test_attempts_may_be_archives(tmp_path: Path, kind: str) -> None:
    put(tmp_path / "ada" / f"attempt-1.{kind}", PACK[kind]({"work/softmax.py": b"one"}))
    put(tmp_path / "ada" / f"attempt-2.{kind}", PACK[kind]({"softmax.py": b"two"}))
    assert [(each.attempt, content(each)) for each in read(tmp_path)] == [
        ("attempt-1", b"one"),
        ("attempt-2", b"two"),
    ]


@pytest.mark.parametrize("kind", PACK)
@pytest.mark.parametrize("top", ["", "ada/"])
def test_an_archive_may_hold_attempts(tmp_path: Path, kind: str, top: str) -> None:
    packed = PACK[kind]({f"{top}attempt-{n}/softmax.py": b"%d" % n for n in (1, 2)})
    put(tmp_path / f"ada.{kind}", packed)
    assert [(each.attempt, content(each)) for each in read(tmp_path)] == [
        ("attempt-1", b"1"),
        ("attempt-2", b"2"),
    ]
    assert read(tmp_path)[-1].notes == (f"Handed in as the archive ada.{kind}.",)


def test_one_attempt_in_an_archive_is_no_wrapping(tmp_path: Path) -> None:
    put(tmp_path / "ada.zip", zipped({"attempt-3/softmax.py": SOURCE}))
    assert names(tmp_path) == ["attempt-3"]


@pytest.mark.parametrize("kind", PACK)
def test_a_class_in_an_archive_may_hold_attempts(tmp_path: Path, kind: str) -> None:
    files = {f"class/{who}/attempt-{n}/softmax.py": b"%d" % n for who in ("ada", "bob") for n in (1, 2)}
    inner = {"class/eve/attempt-1.zip": zipped({"softmax.py": b"eve"})}
    path = put(tmp_path / f"class.{kind}", PACK[kind](files | inner))
    for student in ("ada", "bob"):
        assert [content(each) for each in read(path, student)] == [b"1", b"2"]
    assert [content(each) for each in read(path, "eve")] == [b"eve"]


def test_a_class_of_one_in_an_archive(tmp_path: Path) -> None:
    files = {f"class/ada/attempt-{n}/softmax.py": b"%d" % n for n in (1, 2)}
    path = put(tmp_path / "class.zip", zipped(files))
    with open_folder(path, NAMES, POINTS) as found:
        assert found.students == ("ada",)
    assert names(path) == ["attempt-1", "attempt-2"]


def test_a_folder_of_attempts_is_one_student(tmp_path: Path) -> None:
    root = written(tmp_path, "attempt-1", "attempt-2") / "ada"
    with open_folder(root, NAMES, POINTS) as found:
        assert found.students == ("ada",)
        for _ in range(2):
            assert [each.attempt for each in found.read("ada")] == ["attempt-1", "attempt-2"]
    put(root / "bob" / "softmax.py")  # then it is a class after all, with odd names
    with open_folder(root, NAMES, POINTS) as found:
        assert found.students == ("attempt-1", "attempt-2", "bob")


# --- beside them ----------------------------------------------------------------------


def test_files_beside_the_attempts_are_the_newest(tmp_path: Path) -> None:
    root = written(tmp_path, "attempt-1", "attempt-2")
    put(root / "ada" / "softmax.py", b"beside")
    assert [(each.attempt, content(each)) for each in read(root)] == [
        ("attempt-1", b"attempt-1"),
        ("attempt-2", b"attempt-2"),
        ("current", b"beside"),
    ]


def test_what_belongs_to_no_attempt_is_noted_with_the_newest(tmp_path: Path) -> None:
    root = written(tmp_path, "attempt-1", "attempt-2")
    put(root / "ada" / "Softmax.py")
    (root / "ada" / "attempt-3").symlink_to(root / "ada" / "attempt-1")
    first, second = read(root)
    assert first.notes == ()
    assert second.notes == ("Not needed by any exercise, so not read: Softmax.py, attempt-3.",)


def test_two_of_one_name(tmp_path: Path) -> None:
    root = written(tmp_path, "attempt-1")
    for ending in ("zip", "tar"):
        for number in (1, 2):
            put(
                root / "ada" / f"attempt-{number}.{ending}",
                PACK[ending]({"softmax.py": ending.encode()}),
            )
    first, second = read(root)
    assert (content(first), content(second)) == (b"attempt-1", b"tar")
    assert second.notes == (
        "There is another attempt of the same name, so these do not count: "
        "attempt-1.tar, attempt-1.zip, attempt-2.zip.",
    )


# --- hostile --------------------------------------------------------------------------


def test_attempts_that_are_links(tmp_path: Path) -> None:
    secret = put(tmp_path / "secret" / "softmax.py", b"secret").parent
    put(tmp_path / "secret.zip", zipped({"softmax.py": b"secret"}))
    root = written(tmp_path / "class", "attempt-1")
    (root / "ada" / "attempt-2").symlink_to(secret)
    (root / "ada" / "attempt-3.zip").symlink_to(tmp_path / "secret.zip")
    (submission,) = read(root)
    assert content(submission) == b"attempt-1"
    assert submission.notes == ("Not needed by any exercise, so not read: attempt-2, attempt-3.zip.",)


@pytest.mark.parametrize("name", ["attempt-2", "attempt-2.zip"])
def test_an_attempt_that_becomes_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    secret = put(tmp_path / "secret" / "softmax.py", b"secret")
    packed = put(tmp_path / "secret.zip", zipped({"softmax.py": b"secret"}))
    root = written(tmp_path / "class", "attempt-1", "attempt-2")
    target: Path = secret.parent
    if name.endswith(".zip"):
        put(root / "ada" / name, zipped({"softmax.py": SOURCE}))
        (root / "ada" / "attempt-2").rename(root / "ada" / ".away")
        target = packed
    really = os.open

    def opening(path: str, *args: object, **kwargs: object) -> int:
        if os.path.basename(path) == name and not os.path.islink(root / "ada" / name):
            (root / "ada" / name).rename(root / "ada" / ".gone")
            (root / "ada" / name).symlink_to(target)
        return really(path, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", opening)
    first, second = read(root)
    assert content(first) == b"attempt-1"
    assert isinstance(second.bundles[0].problem, UnreadableFile)
    assert second.bundles[0].files == ()


def test_a_damaged_attempt_costs_no_other(tmp_path: Path) -> None:
    root = written(tmp_path, "attempt-1")
    put(root / "ada" / "attempt-2.zip", b"PK\x03\x04 cut short")
    put(root / "ada" / "attempt-3.rar", b"Rar!")
    first, second, third = read(root)
    assert content(first) == b"attempt-1"
    for broken in (second, third):
        assert [bundle.problem and bundle.problem.code for bundle in broken.bundles] == [
            "unreadable-file"
        ] * 2


def test_caps_count_for_all_attempts_together_and_spare_the_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 21):
        path = put(tmp_path / "ada" / f"attempt-{number}" / "softmax.py", b"#")
        os.truncate(path, 5 << 20)
    attempts = read(tmp_path)
    whole = [each.attempt for each in attempts if each.bundles[0].problem is None]
    assert whole == [f"attempt-{number}" for number in range(8, 21)]  # 13 of 5 MiB reach 64
    assert isinstance(attempts[0].bundles[0].problem, UnreadableFile)
    assert attempts[0].bundles[0].problem.detail == "no more than 64 MiB are read of one student"


def test_archives_of_all_attempts_share_one_meter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.submission.reader.STUDENT", Caps(entries=10, unpacked=1 << 20, kept=1 << 20))
    files = {"softmax.py": SOURCE} | {f"d{n}.txt": b"" for n in range(3)}
    for number in (1, 2, 3):
        put(tmp_path / "ada" / f"attempt-{number}.zip", zipped(files))
    first, second, third = read(tmp_path)
    assert content(second) == content(third) == SOURCE
    problem = first.bundles[0].problem
    assert isinstance(problem, UnreadableFile)
    assert problem.detail == (
        "all attempts together hold more than 10 entries; leave environments and data sets out"
    )
    put(tmp_path / "bob" / "attempt-1.zip", zipped(files))
    assert content(read(tmp_path, "bob")[0]) == SOURCE  # each student has caps of her own


def test_only_the_newest_of_very_many_are_read(tmp_path: Path) -> None:
    with_all = written(tmp_path, *(f"attempt-{number}" for number in range(1, ATTEMPTS + 6)))
    attempts = read(with_all)
    assert [attempts[0].attempt, attempts[-1].attempt] == ["attempt-6", f"attempt-{ATTEMPTS + 5}"]
    assert attempts[-1].notes == (
        "There are 105 attempts, and only the newest 100 of them are read; the oldest of those is attempt-6.",
    )


def test_the_newest_of_very_many_archives_are_no_archives_beside(tmp_path: Path) -> None:
    for number in range(1, ATTEMPTS + 3):
        put(tmp_path / "ada" / f"attempt-{number}.zip", zipped({"softmax.py": b"%d" % number}))
    attempts = read(tmp_path)
    assert [each.attempt for each in attempts] == [f"attempt-{n}" for n in range(3, ATTEMPTS + 3)]


def test_attempts_do_not_nest(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "attempt-1" / "attempt-2" / "softmax.py")
    (submission,) = read(tmp_path)
    assert submission.attempt == "attempt-1"
    assert submission.bundles[0].problem is not None


def test_a_student_may_have_a_terrible_name(tmp_path: Path) -> None:
    student = "=cmd|' calc'!A0\x1b[31m"
    put(tmp_path / student / "attempt-1" / "softmax.py")
    assert names(tmp_path, student) == ["attempt-1"]


def test_nobody_of_that_name(tmp_path: Path) -> None:
    root = written(tmp_path, "attempt-1")
    with pytest.raises(SubmissionsError, match=r"There is no submission of 'eve' in '.*'\.$"):
        read(root, "eve")
