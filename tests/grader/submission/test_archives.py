"""Archives as people hand them in: of every kind, anywhere, with the answers that folders give."""

import io
import os
import stat
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from grader.errors import SubmissionsError
from grader.findings import MissingFile, UnreadableFile
from grader.submission import read_folder
from grader.submission.archive import is_archive, stem
from grader.submission.caps import FILE_BYTES
from tests.grader.submission.packing import (
    NAMES,
    PACK,
    POINTS,
    SOURCE,
    files_of,
    put,
    read,
    tarred,
    zipped,
)

WORK = {
    "softmax.py": b"import help\n" + SOURCE,
    "help.py": b"x = 1\n",
    "conv2d.ipynb": b"{}",
    "notes.txt": b"n",
}


def problem(submission: Any, place: int = 0) -> Any:
    assert submission.bundles[place].files == ()
    return submission.bundles[place].problem


# --- a student's archive -------------------------------------------------------


@pytest.mark.parametrize("kind", PACK)
def test_an_archive_gives_what_the_folder_gives(tmp_path: Path, kind: str) -> None:
    for name, content in WORK.items():
        put(tmp_path / "folders" / "ada" / name, content)
    put(tmp_path / "archives" / f"ada.{kind}", PACK[kind](WORK))
    folder, archive = (read(tmp_path / place)["ada"] for place in ("folders", "archives"))
    assert archive.bundles == folder.bundles
    assert archive.digest == folder.digest
    assert files_of(archive) == [["softmax.py", "help.py"], ["conv2d.ipynb"]]
    assert archive.notes == (f"Handed in as the archive ada.{kind}.", *folder.notes)


def test_archives_lie_beside_folders(tmp_path: Path) -> None:
    put(tmp_path / "mia" / "softmax.py")
    put(tmp_path / "Zoe.ZIP", zipped(WORK))
    put(tmp_path / "ben.v2.tar.gz", PACK["tgz"](WORK))
    put(tmp_path / "readme.txt")
    put(tmp_path / "marks.csv.gz")
    found = read_folder(tmp_path, NAMES, POINTS)
    assert [each.student for each in found.submissions] == ["Zoe", "ben.v2", "mia"]
    assert all(each.bundles[0].main == ("softmax.py",) for each in found.submissions)
    assert found.notes == (
        "Files beside the students' folders belong to nobody and were not read: marks.csv.gz, readme.txt.",
    )


def test_an_archive_that_was_unpacked_by_hand_counts_once(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "softmax.py")
    put(tmp_path / "ada.zip", zipped({"softmax.py": b"other"}))
    found = read_folder(tmp_path, NAMES, POINTS)
    assert [each.bundles[0].files[0].content for each in found.submissions] == [SOURCE]
    assert found.notes == ("Folders of the same names count, not these archives: ada.zip.",)


def test_two_archives_of_one_student(tmp_path: Path) -> None:
    put(tmp_path / "ada.zip", zipped(WORK))
    put(tmp_path / "ada.tar", tarred(WORK))
    with pytest.raises(SubmissionsError, match="Two archives would both be the student 'ada'; rename one"):
        read(tmp_path)


@pytest.mark.parametrize("around", ["course/", "home/ada/course/", "./course/"])
def test_a_folder_packed_with_its_name_is_only_a_wrapping(tmp_path: Path, around: str) -> None:
    packed = {around + name: content for name, content in WORK.items()}
    put(tmp_path / "ada.zip", zipped(packed | {"__MACOSX/etc/._softmax.py": b"junk", ".DS_Store": b"junk"}))
    assert files_of(read(tmp_path)["ada"]) == [["softmax.py", "help.py"], ["conv2d.ipynb"]]


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_the_layout_of_start_and_what_lies_deep(tmp_path: Path, kind: str) -> None:
    packed = {
        "softmax/softmax.py": SOURCE,
        "conv2d/conv2d.py": SOURCE,
        "venv/lib/python3.11/site-packages/torch/softmax.py": b"not this one",
        "data/1/2/3/4/5/6/7/images.bin": b"0" * 1000,
    }
    put(tmp_path / f"ada.{kind}", PACK[kind](packed))
    submission = read(tmp_path)["ada"]
    assert files_of(submission) == [["softmax.py"], ["conv2d.py"]]
    assert submission.bundles[0].notes == ("It was found in the folder 'softmax'.",)
    assert submission.notes[1:] == ("Not needed by any exercise, so not read: data/, venv/.",)


def test_windows_backslashes_are_folders(tmp_path: Path) -> None:
    put(tmp_path / "ada.zip", zipped({"work\\softmax.py": SOURCE, "work\\sub\\": b""}))
    assert read(tmp_path)["ada"].bundles[0].main == ("softmax.py",)


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    info = tarfile.TarInfo(os.fsdecode(b"M\xfcller.py"))
    put(tmp_path / "ada.tar", tarred([(info, SOURCE)], tarfile.GNU_FORMAT))
    put(tmp_path / "bob.tar", tarred({"softmax.py": SOURCE, "M\udcfcller/x.py": b"1"}))
    assert isinstance(problem(read(tmp_path)["ada"]), MissingFile)
    assert read(tmp_path)["bob"].notes[1:] == ("Not needed by any exercise, so not read: M\\xfcller/.",)


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_in_every_kind_of_tar(tmp_path: Path, form: int) -> None:
    long = "/".join(["d" * 60] * 3) + "/softmax.py"
    put(tmp_path / "ada.tar", tarred({long: SOURCE, long.replace("softmax", "conv2d"): b"1"}, form))
    submission = read(tmp_path)["ada"]
    assert files_of(submission) == [["softmax.py"], ["conv2d.py"]]
    assert submission.bundles[0].files[0].content == SOURCE


def test_the_kind_is_what_the_bytes_say(tmp_path: Path) -> None:
    put(tmp_path / "ada.zip", PACK["tar.xz"](WORK))
    put(tmp_path / "bob.tar.gz", zipped(WORK))
    put(tmp_path / "cem.rar", zipped(WORK))
    assert {len(each.bundles[0].files) for each in read(tmp_path).values()} == {2}


def test_a_zip_behind_other_bytes_and_one_with_folders_of_its_own(tmp_path: Path) -> None:
    put(tmp_path / "ada.zip", b"#!/bin/sh\nexit\n" + zipped(WORK))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        folder = zipfile.ZipInfo("work/")
        folder.external_attr = (stat.S_IFDIR | 0o755) << 16 | 0x10
        archive.writestr(folder, b"")
        file = zipfile.ZipInfo("work/softmax.py")
        file.external_attr = (stat.S_IFREG | 0o644) << 16
        archive.writestr(file, SOURCE)
    put(tmp_path / "bob.zip", out.getvalue())
    assert {each.bundles[0].main for each in read(tmp_path).values()} == {("softmax.py",)}


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_files_that_are_empty_or_too_large(tmp_path: Path, kind: str) -> None:
    packed = {"softmax.py": b"", "conv2d.py": b"#" * (FILE_BYTES + 1)}
    put(tmp_path / f"ada.{kind}", PACK[kind](packed))
    submission = read(tmp_path)["ada"]
    assert problem(submission) == UnreadableFile(file="softmax.py", reason="empty")
    assert problem(submission, 1) == UnreadableFile(
        file="conv2d.py", reason="too-large", detail="the limit is 5 MiB"
    )
    put(tmp_path / f"ada.{kind}", PACK[kind]({"softmax.py": b"#" * FILE_BYTES, "conv2d.py/x": b""}))
    submission = read(tmp_path)["ada"]
    assert submission.bundles[0].problem is None
    assert problem(submission, 1) == UnreadableFile(file="conv2d.py", reason="folder")


def test_notebooks_in_an_archive_are_searched(tmp_path: Path) -> None:
    put(tmp_path / "ada.zip", zipped({"homework.ipynb": b'"def softmax(z):"'}))
    bundle = read(tmp_path)["ada"].bundles[0]
    assert bundle.main == ()
    assert bundle.notes == ("There is no softmax.py or softmax.ipynb; looked for it in homework.ipynb.",)


CUT = ("zip", "tar.gz", "tar.bz2", "tar.xz", "tar")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is empty; perhaps the upload was cut short"),
        (zipped({}), "there is nothing in it"),
        (PACK["tar.gz"]({}), "there is nothing in it"),
        (
            b"Rar!\x1a\x07\x01\x00" + b"x" * 50,
            "archives of this kind (.rar) are not read; make a .zip instead",
        ),
        (b"7z\xbc\xaf\x27\x1c" + b"x" * 50, "archives of this kind (.7z) are not read; make a .zip instead"),
        (b"This is no archive" * 100, "it is damaged; perhaps the upload was cut short"),
        (zipped(WORK)[:-30], "it is damaged; perhaps the upload was cut short"),
        (PACK["tar.gz"](WORK)[:-200], "it breaks off in the middle; perhaps the upload was cut short"),
        (PACK["tar.bz2"](WORK)[:-200], "it breaks off in the middle; perhaps the upload was cut short"),
        (PACK["tar.xz"](WORK)[:-100], "it breaks off in the middle; perhaps the upload was cut short"),
        (tarred(WORK)[:700], "it breaks off in the middle; perhaps the upload was cut short"),
    ],
    ids=["nothing", "empty zip", "empty tar.gz", "rar", "7z", "text", *(f"cut {kind}" for kind in CUT)],
)
def test_an_archive_that_cannot_be_read_is_one_finding(tmp_path: Path, content: bytes, why: str) -> None:
    put(tmp_path / "ada.zip", content)
    put(tmp_path / "mia" / "softmax.py")
    submissions = read(tmp_path)
    expected = UnreadableFile(file="ada.zip", reason="archive", detail=why)
    assert [problem(submissions["ada"], place) for place in (0, 1)] == [expected, expected]
    assert submissions["mia"].bundles[0].problem is None


@pytest.mark.parametrize("name", ["ada.7z", "ada.RAR", "ada.tar.zst"])
def test_an_unknown_kind_is_told_by_its_name(tmp_path: Path, name: str) -> None:
    put(tmp_path / name, b"whatever it holds")
    found = problem(read(tmp_path)["ada"])
    assert found.detail == f"archives of this kind ({name[3:].lower()}) are not read; make a .zip instead"


def test_endings() -> None:
    assert [stem(name) for name in ("a.b.tar.gz", "a.TGZ", "a.zip", "a.tar", "a.rar")] == [
        "a.b", "a", "a", "a", "a",
    ]  # fmt: skip
    assert not any(is_archive(name) for name in ("a.py", "zip", "tar.py", "a.gz", "a.zip.txt", "a.ipynb"))


# --- an archive in a student's folder ---------------------------------------------


def test_an_archive_among_files_is_for_what_has_no_file(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "softmax.py", b"beside")
    put(tmp_path / "ada" / "work.zip", zipped({"softmax.py": b"inside", "conv2d.py": b"1", "x.txt": b""}))
    submission = read(tmp_path)["ada"]
    assert submission.bundles[0].files[0].content == b"beside"
    assert submission.bundles[0].notes == ()
    assert submission.bundles[1].main == ("conv2d.py",)
    assert submission.bundles[1].notes == ("It was found in the archive work.zip.",)
    assert submission.notes == ("In work.zip, not needed by any exercise, so not read: softmax.py, x.txt.",)


def test_an_archive_that_nobody_needs_is_not_opened(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "softmax.py")
    put(tmp_path / "ada" / "conv2d.py")
    put(tmp_path / "ada" / "data.zip", b"damaged")
    submission = read(tmp_path)["ada"]
    assert [bundle.problem for bundle in submission.bundles] == [None, None]
    assert submission.notes == ("Not needed by any exercise, so not read: data.zip.",)


def test_the_first_of_several_archives_counts(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "b.tar", tarred({"softmax.py": b"b"}))
    put(tmp_path / "ada" / "c.zip", zipped({"softmax.py": b"c", "conv2d.py": b"c"}))
    put(tmp_path / "ada" / "a.zip", zipped({"data.csv": b"1"}))
    put(tmp_path / "mia" / "softmax.py")
    submission = read(tmp_path)["ada"]
    assert [bundle.files[0].content for bundle in submission.bundles] == [b"b", b"c"]
    assert submission.bundles[0].notes == (
        "It was found in the archive b.tar.",
        "c.zip may hold it too; b.tar is what counts.",
    )
    assert submission.notes == ("Not needed by any exercise, so not read: a.zip.",)


def test_an_archive_that_cannot_be_used_is_the_reason_if_there_is_no_better(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "work.rar", b"Rar!")
    put(tmp_path / "bob" / "work.rar", b"Rar!")
    put(tmp_path / "bob" / "sofmax.py")
    put(tmp_path / "cem" / "work.zip", zipped({"sofmax.py": b"1"}))
    submissions = read(tmp_path)
    assert problem(submissions["ada"]).file == "work.rar"
    assert problem(submissions["ada"]).reason == "archive"
    assert problem(submissions["bob"]).near == "sofmax.py"
    assert problem(submissions["cem"]).near == "sofmax.py"
    assert submissions["cem"].bundles[0].notes == ("Looked for it in the archive work.zip.",)


def test_a_link_to_an_archive_is_no_archive(tmp_path: Path) -> None:
    put(tmp_path / "elsewhere.zip", zipped(WORK))
    put(tmp_path / "class" / "mia" / "softmax.py")
    (tmp_path / "class" / "ada").mkdir()
    (tmp_path / "class" / "ada" / "work.zip").symlink_to(tmp_path / "elsewhere.zip")
    (tmp_path / "class" / "bob.zip").symlink_to(tmp_path / "elsewhere.zip")
    found = read_folder(tmp_path / "class", NAMES, POINTS)
    assert [each.student for each in found.submissions] == ["ada", "mia"]
    assert isinstance(problem(found.submissions[0]), MissingFile)
    assert found.notes == ("Links are not followed: bob.zip.",)


# --- the archive of a class --------------------------------------------------------


CLASS = {
    "ada/softmax.py": SOURCE,
    "bob/softmax/softmax.py": SOURCE,
    "cem.zip": zipped({"cem/softmax.py": SOURCE}),
    "dan/work.tar.gz": PACK["tar.gz"]({"softmax.py": SOURCE}),
    "readme.txt": b"x",
}


@pytest.mark.parametrize("around", ["", "submissions/", "tmp/x/"])
@pytest.mark.parametrize("kind", PACK)
def test_a_class_in_one_archive(tmp_path: Path, kind: str, around: str) -> None:
    path = put(tmp_path / f"class.{kind}", PACK[kind]({around + name: b for name, b in CLASS.items()}))
    found = read_folder(path, NAMES, POINTS)
    assert [each.student for each in found.submissions] == ["ada", "bob", "cem", "dan"]
    assert all(each.bundles[0].files[0].content == SOURCE for each in found.submissions)
    assert found.submissions[3].bundles[0].notes == ("It was found in the archive work.tar.gz.",)
    assert len(found.notes) == 1


@pytest.mark.parametrize(
    ("packed", "student"),
    [
        ({"softmax.py": SOURCE}, "class"),
        ({"softmax/softmax.py": SOURCE}, "class"),
        ({"ada/softmax.py": SOURCE}, "ada"),
        ({"ada/softmax/softmax.py": SOURCE}, "ada"),
        ({"submissions/ada/softmax.py": SOURCE}, "ada"),
        ({"ada/work.zip": zipped({"softmax.py": SOURCE})}, "ada"),
    ],
)
def test_one_student_in_an_archive(tmp_path: Path, packed: dict[str, bytes], student: str) -> None:
    submissions = read(put(tmp_path / "class.zip", zipped(packed)))
    assert list(submissions) == [student]
    assert submissions[student].bundles[0].main == ("softmax.py",)


def test_a_link_to_the_class_is_followed_because_a_person_named_it(tmp_path: Path) -> None:
    put(tmp_path / "class.zip", zipped(CLASS))
    (tmp_path / "now.zip").symlink_to(tmp_path / "class.zip")
    assert len(read(tmp_path / "now.zip")) == 4


def test_archives_are_opened_two_deep(tmp_path: Path) -> None:
    deep = zipped({"cem.zip": zipped({"work.zip": zipped({"softmax.py": SOURCE})}), "ada/softmax.py": SOURCE})
    found = problem(read(put(tmp_path / "class.zip", deep))["cem"])
    assert (found.file, found.detail) == (
        "work.zip",
        "it is an archive in an archive in an archive; pack the files only once",
    )


def test_a_bad_entry_costs_the_class_nothing(tmp_path: Path) -> None:
    path = put(
        tmp_path / "class.zip", zipped([("ada/softmax.py", b"1"), ("../x", b"1"), ("bob/softmax.py", b"2")])
    )
    found = read_folder(path, ["softmax"])
    assert [each.student for each in found.submissions] == ["ada", "bob"]
    assert found.notes == ("Of the archive these are left out: the name '../x' leads out of the archive.",)


def test_many_bad_entries_are_counted(tmp_path: Path) -> None:
    bad = [(f"../{number}", b"1") for number in range(25)]
    (note,) = read_folder(
        put(tmp_path / "class.zip", zipped([("ada/softmax.py", b"1"), *bad])), ["softmax"]
    ).notes
    assert "'../19' leads" in note
    assert note.endswith("; and 5 more.")


def test_the_archive_of_a_class_that_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path / "class.zip", zipped({"ada/softmax.py": b"1"})[:-9])
    with pytest.raises(SubmissionsError, match=r"The archive '.*class.zip' is not read: .* Name a folder"):
        read(path)


def test_one_damaged_student_does_not_harm_the_class(tmp_path: Path) -> None:
    found = read(put(tmp_path / "class.zip", zipped(CLASS | {"eve.zip": b"PK\x03\x04damaged"})))
    assert problem(found["eve"]).reason == "archive"
    assert found["cem"].bundles[0].problem is None
