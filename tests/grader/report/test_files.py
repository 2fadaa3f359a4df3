"""Reports as files: whole or not at all, one folder a student, inert JSON."""

import errno
import json
import os
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import OutputError
from grader.findings import ExceptionRaised, NamesDiffer
from grader.report.examples import EXAMPLES
from grader.report.files import as_json, folder_name, write_class, write_student, write_whole
from grader.report.gradebook import rows
from grader.report.model import RunReport, StudentReport
from grader.verdicts import Reveal, Verdict


def report(make, name="ada", *findings):
    return make.student(name, make.exercise("softmax", make.test("x", Verdict.ERROR, *findings)))


def write_run(run, folder):
    write_class(rows(run.students), run, run.students, folder)


def tree(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_students_files(make, tmp_path):
    ada = report(make, "ada", EXAMPLES["exception"])
    own = write_student(ada, tmp_path / "out", Reveal.VERDICT)
    assert own == tmp_path / "out" / "students" / "ada"
    assert sorted(path.name for path in own.iterdir()) == ["report.json", "report.txt", "student.json"]
    assert StudentReport.model_validate_json((own / "report.json").read_bytes()) == ada
    redacted = ada.for_student(Reveal.VERDICT)
    assert redacted != ada
    assert StudentReport.model_validate_json((own / "student.json").read_bytes()) == redacted
    assert (own / "report.txt").read_text(encoding="utf-8").startswith("Deep Learning: ada ")


def test_a_students_files_are_left_alone_if_nothing_changed(make, tmp_path):
    own = write_student(report(make), tmp_path, Reveal.VERDICT)
    before = {path.name: path.stat().st_ino for path in own.iterdir()}
    write_student(report(make), tmp_path, Reveal.VERDICT)
    assert {path.name: path.stat().st_ino for path in own.iterdir()} == before
    write_student(report(make, "ada", EXAMPLES["exception"]), tmp_path, Reveal.VERDICT)
    after = {path.name: path.stat().st_ino for path in own.iterdir()}
    assert after["report.json"] != before["report.json"]


def test_a_runs_files(make, tmp_path):
    run = make.run(report(make, "ada"), report(make, "bob"))
    write_run(run, tmp_path)
    assert tree(tmp_path) == ["grades.csv", "grades.txt", "run.json"]
    assert RunReport.model_validate_json((tmp_path / "run.json").read_bytes()) == run
    assert "\nbob,0,0,2," in (tmp_path / "grades.csv").read_text()
    assert "\nstudent " in (tmp_path / "grades.txt").read_text()


def test_json_is_ascii_and_strict_whatever_a_student_wrote(make):
    hostile = 'é\x1b[31m\u202e\ud800"\n日'
    raised = ExceptionRaised(type="E", message=hostile, frames=())
    names = NamesDiffer(leaf="", missing=(hostile,), unexpected=())
    text = as_json(report(make, hostile, raised, names, EXAMPLES["not-finite"]))
    assert all(32 <= byte < 127 or byte == 10 for byte in text)
    assert text.endswith(b"}\n")
    # What is read back differs in the lone surrogate alone, which no UTF-8 file can hold.
    back = StudentReport.model_validate_json(text)
    assert back.student == hostile.replace("\ud800", r"\ud800")
    assert "NaN" in json.dumps(json.loads(text, parse_constant=pytest.fail))


def test_files_follow_the_umask(tmp_path):
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "a.txt", b"1")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o640


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "a.txt"
    write_whole(path, b"first, and long")
    with path.open("rb") as earlier:
        write_whole(path, b"second")
        assert earlier.read() == b"first, and long"
    assert path.read_bytes() == b"second"
    assert tree(tmp_path) == ["a.txt"]


def test_what_is_written_reaches_the_disk_before_its_name(tmp_path, monkeypatch):
    order = []
    sync, rename = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda descriptor: (order.append("sync"), sync(descriptor)))
    monkeypatch.setattr(os, "replace", lambda a, b: (order.append("rename"), rename(a, b)))
    write_whole(tmp_path / "a.txt", b"1")
    assert order == ["sync", "rename", "sync"]


@pytest.mark.parametrize("where", ["fsync", "replace"])
@pytest.mark.parametrize("how", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")])
def test_what_is_cut_short_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, where, how):
    path = tmp_path / "a.txt"
    write_whole(path, b"old")

    def fail(*_):
        raise how

    monkeypatch.setattr(os, where, fail)
    with pytest.raises((KeyboardInterrupt, OutputError)):
        write_whole(path, b"new")
    assert tree(tmp_path) == ["a.txt"]
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "quota"),
        (OSError(errno.EROFS, "Read-only file system"), "read-only"),
        (PermissionError(errno.EACCES, "Permission denied"), "you may not write there"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (OSError(), "the system refuses"),
    ],
)
def test_what_cannot_be_written_is_one_clear_sentence(tmp_path, monkeypatch, error, said):
    def fail(*_):
        raise error

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OutputError) as caught:
        write_whole(tmp_path / "grades.csv", b"1")
    sentence = str(caught.value)
    assert sentence.startswith(f"Can't write {tmp_path / 'grades.csv'}: ")
    assert said in sentence
    assert sentence.endswith("Choose another place with --out.")
    assert "\n" not in sentence


def test_a_file_in_the_place_of_the_folder(make, tmp_path):
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(OutputError, match=r"is a file, not a folder"):
        write_student(report(make), tmp_path / "out", Reveal.VERDICT)
    with pytest.raises(OutputError, match="a file of that name where a folder should be"):
        write_run(make.run(), tmp_path / "out")
    assert (tmp_path / "out").read_text() == "in the way"


def test_a_folder_in_the_place_of_the_file(tmp_path):
    (tmp_path / "grades.csv").mkdir()
    with pytest.raises(OutputError, match="a folder of that name where a file should be"):
        write_whole(tmp_path / "grades.csv", b"1")
    assert [path.name for path in tmp_path.iterdir()] == ["grades.csv"]


def test_a_link_in_the_place_of_the_file_is_replaced_not_followed(tmp_path):
    (tmp_path / "target").write_text("mine")
    (tmp_path / "report.txt").symlink_to(tmp_path / "target")
    write_whole(tmp_path / "report.txt", b"new")
    assert (tmp_path / "target").read_text() == "mine"
    assert (tmp_path / "report.txt").read_text() == "new"


@pytest.mark.parametrize("name", ["ada", "Žofie Nováková", "s1234567", "a.b+c@example.org", "山田"])
def test_a_plain_name_is_its_own_folder(name):
    assert folder_name(name) == name


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("..", "student-"),
        ("", "student-"),
        (".hidden", "hidden-"),
        ("../../etc", "_.._etc-"),
        ("a/b", "a_b-"),
        ("a\0b", "a_x00b-"),
        ("half\ud800", "half_ud800-"),
        ("x" * 300, "x" * 80 + "-"),
        ("é" * 300, "é" * 40 + "-"),
        ("ada ", "ada-"),
        ("ada-0123abcd", "ada-0123abcd-"),
    ],
)
def test_any_other_name_is_tamed_and_marked(name, beginning):
    folder = folder_name(name)
    assert folder.startswith(beginning)
    assert len(folder.rpartition("-")[2]) == 8


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.text(st.characters(), max_size=100), min_size=2, max_size=4, unique=True))
def test_no_two_students_share_a_folder_and_none_leaves_it(names):
    folders = [folder_name(name) for name in names]
    assert len(set(folders)) == len(names)
    for folder in folders:
        assert folder
        assert "/" not in folder
        assert folder.strip(" .") == folder
        assert len(folder.encode("utf-8")) <= 100
