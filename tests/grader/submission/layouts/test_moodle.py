"""Moodle downloads: a folder for each student, or all of it flat."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.submission.layouts.moodle import Part, parse
from tests.grader.submission.layouts.downloads import laid_out, main_files, moodle_name, read_all
from tests.grader.submission.packing import SOURCE, zipped

ADA = "Ada Lovelace_12"


@pytest.mark.parametrize(
    ("name", "part"),
    [
        (f"{ADA}_assignsubmission_file", Part(ADA, "12", "file", "")),
        (f"{ADA}_assignsubmission_file_", Part(ADA, "12", "file", "")),
        (f"{ADA}_assignsubmission_file_my_work.py", Part(ADA, "12", "file", "my_work.py")),
        (f"{ADA}_assignsubmission_onlinetext", Part(ADA, "12", "onlinetext", "")),
        (f"{ADA}_assignsubmission_onlinetext_x.html", Part(ADA, "12", "onlinetext", "x.html")),
        ("Müller, Jörg_7_assignsubmission_file_", Part("Müller, Jörg_7", "7", "file", "")),
        ("Participant_7_assignsubmission_file", Part("Participant_7", "7", "file", "")),
        ("Team A & B_7_assignsubmission_file", Part("Team A & B_7", "7", "file", "")),
        ("A_7_assignsubmission_file_B_8_assignsubmission_file_x.py",
         Part("A_7", "7", "file", "B_8_assignsubmission_file_x.py")),
        ("A_7_assignfeedback_comments", Part("A_7", "7", "", "")),
    ],
)  # fmt: skip
def test_what_a_name_says(name: str, part: Part) -> None:
    assert parse(name) == part


@pytest.mark.parametrize(
    "name", ["softmax.py", "Ada_12", "Ada_assignsubmission_file", "_1_assignsubmission_file", ""]
)
def test_what_moodle_never_writes(name: str) -> None:
    assert parse(name) is None


@given(st.text(min_size=1, max_size=40), st.integers(0, 10**9), st.booleans())
def test_any_name_that_moodle_makes_is_taken_apart(full_name: str, participant: int, old: bool) -> None:
    found = parse(moodle_name(full_name, participant, before_4_1=old))
    assert found is not None
    assert found.student == f"{full_name.replace('_', ' ')}_{participant}"


@pytest.mark.parametrize("kind", ["zip", "folder"])
@pytest.mark.parametrize("old", [True, False])
def test_a_class_in_folders(tmp_path: Path, kind: str, old: bool) -> None:
    def folder(name: str, participant: int, plugin: str = "file") -> str:
        return moodle_name(name, participant, plugin, before_4_1=old)

    files = {
        f"{folder('Ada Lovelace', 12)}/softmax.py": b"import tools",
        f"{folder('Ada Lovelace', 12)}/tools.py": b"x = 1",
        f"{folder('Müller, Jörg', 7)}/homework/src/softmax.py": b"# deep",
        f"{folder('Müller, Jörg', 7, 'onlinetext')}/onlinetext.html": b"<p>",
        f"{folder('Participant', 8)}/work.zip": zipped({"softmax.py": b"# packed", "conv2d.py": b"# too"}),
        f"{folder('Bob', 9, 'onlinetext')}/onlinetext.html": b"def softmax",
    }
    submissions, notes = read_all(laid_out(tmp_path, files, kind))
    assert main_files(submissions) == {
        ADA: [b"import tools", None],
        "Bob_9": [None, None],
        "Müller, Jörg_7": [b"# deep", None],
        "Participant_8": [b"# packed", b"# too"],
    }
    assert notes == ("Read as a Moodle download: 4 students.",)
    assert [file.name for file in submissions[ADA].bundles[0].files] == ["softmax.py", "tools.py"]
    for student, name in (("Müller, Jörg_7", "Müller, Jörg"), ("Bob_9", "Bob")):
        (note,) = submissions[student].notes
        assert note.startswith(
            "Only files that were handed in are read, no text that was typed into Moodle: "
        )
        assert f"{name}_" in note
    assert submissions[ADA].names == (("", folder("Ada Lovelace", 12)),)


@pytest.mark.parametrize("kind", ["zip", "folder"])
def test_a_class_that_is_flat(tmp_path: Path, kind: str) -> None:
    files = {
        f"{ADA}_assignsubmission_file_softmax.py": b"import my_tools",
        f"{ADA}_assignsubmission_file_my_tools.py": b"x = 1",
        "Bob_9_assignsubmission_file_conv2d.ipynb": b"# bob",
        "Bob_9_assignsubmission_onlinetext_onlinetext.html": b"<p>",
        "feedback.txt": b"x",
    }
    submissions, notes = read_all(laid_out(tmp_path, files, kind))
    assert main_files(submissions) == {ADA: [b"import my_tools", None], "Bob_9": [None, b"# bob"]}
    assert [file.name for file in submissions[ADA].bundles[0].files] == ["softmax.py", "my_tools.py"]
    assert submissions[ADA].names[1] == ("softmax.py", f"{ADA}_assignsubmission_file_softmax.py")
    assert notes == (
        "Read as a Moodle download: 2 students.",
        "Files beside the students' folders belong to nobody and were not read: feedback.txt.",
    )


def test_two_folders_of_one_student(tmp_path: Path) -> None:
    files = {f"{ADA}_assignsubmission_file{end}/softmax.py": SOURCE for end in ("", "_")}
    submissions, _ = read_all(laid_out(tmp_path, files, "folder"))
    (ada,) = submissions.values()
    assert ada.notes == (
        f"{ADA}_assignsubmission_file/ is what counts; not read: {ADA}_assignsubmission_file_/.",
    )
