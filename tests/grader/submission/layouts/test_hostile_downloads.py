"""Downloads made to harm: names of any kind are data, and what is too much is refused with a sentence."""

import os
import shutil
import time
import unicodedata
import zipfile
from pathlib import Path

import pytest

from grader.errors import SubmissionsError
from grader.submission.caps import Caps
from grader.submission.layouts import canvas, moodle
from tests.grader.submission.layouts.downloads import laid_out, main_files, read_all
from tests.grader.submission.packing import SOURCE, put, zipped

ODD = [
    "=cmd|' C'!A0",
    "\u202eyp.xamtfos",
    "x" * 150,
    "ü" * 100,
    "-rf",
    "\u0301\u200b",
    "anon_",
    "LATE",
    "x..",
    "_",
    "1_2_3",
]


@pytest.mark.parametrize("odd", ODD)
def test_odd_names_are_data(tmp_path: Path, odd: str) -> None:
    files = {
        f"{odd}_1_10_softmax.py": b"# theirs",
        f"ada_2_11_{odd}.py": b"1",
        "ada_2_12_softmax.py": b"# hers",
    }
    submissions, notes = read_all(laid_out(tmp_path, files, "folder"))
    assert main_files(submissions)["ada_2"][0] == b"# hers"
    assert sum(each.bundles[0].problem is None for each in submissions.values()) == 2 - (odd == "1_2_3")
    assert notes[0].startswith(f"Read as a Canvas download: {len(submissions)} students")
    files = {f"{odd}_1_assignsubmission_file/softmax.py": b"# theirs"}
    submissions, _ = read_all(laid_out(tmp_path, files, "folder", "moodle"))
    assert main_files(submissions) == {f"{odd}_1": [b"# theirs", None]}


def test_names_of_255_bytes(tmp_path: Path) -> None:
    long = "ada_1_10_" + "x" * 243 + ".py"
    submissions, _ = read_all(laid_out(tmp_path, {long: b"1", "ada_1_11_softmax.py": SOURCE}, "folder"))
    assert len(long) == 255
    assert submissions["ada_1"].notes[0].startswith("Not needed by any exercise, so not read: xxx")
    user = "u" * (255 - len("_1_10_softmax.py"))
    submissions, _ = read_all(laid_out(tmp_path, {f"{user}_1_10_softmax.py": SOURCE}, "folder", "other"))
    assert list(submissions) == [f"{user}_1"]


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    path = put(tmp_path / "class" / "ada_1_10_softmax.py").parent
    with open(os.fsencode(path) + b"/m\xfcller_2_11_softmax.py", "wb") as file:
        file.write(SOURCE)
    assert list(read_all(path)[0]) == ["ada_1", "m\\xfcller_2"]


def test_a_download_that_macos_unpacked_has_the_same_students(tmp_path: Path) -> None:
    for name in ("müllerjörg_1_10_softmax.py", "Jörg_1_assignsubmission_file/softmax.py"):
        students = [
            list(read_all(laid_out(tmp_path, {unicodedata.normalize(form, name): SOURCE}, "folder", form))[0])
            for form in ("NFC", "NFD")
        ]
        assert students[0] == students[1] == [unicodedata.normalize("NFC", name.partition("_1_")[0]) + "_1"]
        shutil.rmtree(tmp_path / "NFC")
        shutil.rmtree(tmp_path / "NFD")


def test_links_and_folders_among_uploads(tmp_path: Path) -> None:
    path = laid_out(tmp_path, {"ada_1_10_softmax.py": SOURCE, "bob_2_11_softmax.py": SOURCE}, "folder")
    (path / "eve_3_12_softmax.py").symlink_to("/etc/passwd")
    (path / "eve_3_13_softmax.py").mkdir()
    submissions, notes = read_all(path)
    assert list(submissions) == ["ada_1", "bob_2"]
    assert notes[1:] == (
        "Links are not followed: eve_3_12_softmax.py.",
        "Folders that belong to nobody were not read: eve_3_13_softmax.py/.",
    )


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("ada_1_10_../../x.py", "leads out of the archive"),
        ("/ada_1_10_softmax.py", "is a path from the root of a disk"),
        ("ada_1_10_a\nb.py", "has a control character in it"),
        ("bob_2_11_softmax.py", "is there twice"),
    ],
)
def test_a_bad_name_in_a_download_is_left_out_and_told(tmp_path: Path, name: str, why: str) -> None:
    packed = zipped([("bob_2_11_softmax.py", SOURCE), ("cem_3_12_softmax.py", SOURCE), (name, SOURCE)])
    submissions, notes = read_all(put(tmp_path / "class.zip", packed))
    assert list(submissions) == ["bob_2", "cem_3"]
    assert any(note.startswith("Of the archive these are left out: ") and why in note for note in notes)


def test_a_nul_in_a_name(tmp_path: Path) -> None:
    packed = zipped({"ada_1_10_softmaxZ.py": SOURCE, "bob_2_11_softmax.py": SOURCE})
    path = put(tmp_path / "class.zip", packed.replace(b"softmaxZ", b"softmax\0"))
    submissions, notes = read_all(path)
    assert list(submissions) == ["bob_2"]
    assert any("has a control character in it" in note for note in notes)


def test_one_students_two_spellings_cost_the_class_nothing(tmp_path: Path) -> None:
    ada = "Ada Lovelace_1_assignsubmission_file/"
    files = [
        (f"{ada}softmax.py", SOURCE),
        (f"{ada}Softmax.py", SOURCE),
        ("Bob_2_assignsubmission_file/softmax.py", SOURCE),
    ]
    submissions, notes = read_all(put(tmp_path / "class.zip", zipped(files)))
    assert len(submissions) == 2
    assert any("are one file on many computers" in note for note in notes)


def test_more_entries_than_there_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.submission.folder.CLASS", Caps(entries=100, unpacked=1 << 20, kept=1 << 20))
    files = {f"u{n}_{n}_{n}_softmax.py": SOURCE for n in range(101)}
    with pytest.raises(SubmissionsError, match="it holds more than 100 entries"):
        read_all(laid_out(tmp_path, files, "zip"))


def test_a_bomb_of_one_student_harms_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("eve_1_10_softmax.py", b"\0" * (300 << 20))
        archive.writestr("eve_1_11_conv2d.py", SOURCE)
        archive.writestr("ada_2_12_softmax.py", SOURCE)
    submissions, _ = read_all(path)
    assert main_files(submissions) == {"ada_2": [SOURCE, None], "eve_1": [None, SOURCE]}


def test_many_names_take_a_moment() -> None:
    names = [f"user{n % 50_000}_{n % 50_000}_{n}_softmax.py" for n in range(200_000)]
    began = time.process_time()
    assert len(canvas.parse_all(names)) == len(names)
    assert time.process_time() - began < 20
    long = ["_" * 255, "1" * 255, "_1" * 127, "1_" * 127 + "x", "a_LATE" * 42, "_assignsubmission_file" * 11]
    began = time.process_time()
    for name in long * 100:
        canvas.parse(name)
        moodle.parse(name)
    assert time.process_time() - began < 5
