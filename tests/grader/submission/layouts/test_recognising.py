"""Which layout it is: found out from names, said, and overruled by a person."""

from pathlib import Path

import pytest

from grader.cli.choices import Layout as Typed
from grader.errors import SubmissionsError
from grader.submission import Layout
from tests.grader.submission.layouts.downloads import laid_out, main_files, read_all
from tests.grader.submission.packing import SOURCE

FOLDERS = {"ada/softmax.py": SOURCE, "bob/softmax.py": SOURCE, "eve_1_2_x/softmax.py": SOURCE}
OWN = {"softmax.py": SOURCE, "ada_1_2_try.py": SOURCE, "ada_1_3_try.py": SOURCE, "ada_1_4_try.py": SOURCE}
CANVAS = {"ada_1_10_softmax.py": SOURCE, "bob_2_11_softmax.py": SOURCE}
GRADESCOPE = {"submission_1/softmax.py": SOURCE, "submission_2/softmax.py": SOURCE}
MOODLE = {"Ada_1_assignsubmission_file/softmax.py": SOURCE}
NUMBERS = {"1_2_3_1_assignsubmission_file/softmax.py": SOURCE}


@pytest.mark.parametrize("kind", ["zip", "folder"])
@pytest.mark.parametrize(
    ("files", "students", "said"),
    [
        (FOLDERS, ["ada", "bob", "eve_1_2_x"], ""),
        (OWN, ["class"], ""),
        (CANVAS, ["ada_1", "bob_2"], "Read as a Canvas download: 2 students."),
        (MOODLE, ["Ada_1"], "Read as a Moodle download: 1 student."),
        (NUMBERS, ["1_2_3_1"], "Read as a Moodle download: 1 student."),
        (GRADESCOPE, ["submission_1", "submission_2"], "Read as a Gradescope export: 2 students."),
    ],
)
def test_names_tell(
    tmp_path: Path, kind: str, files: dict[str, bytes], students: list[str], said: str
) -> None:
    submissions, notes = read_all(laid_out(tmp_path, files, kind))
    assert list(submissions) == students
    assert notes[:1] == ((said,) if said else ())


@pytest.mark.parametrize("files", [CANVAS, MOODLE, GRADESCOPE])
def test_an_archive_of_the_folder_of_a_download(tmp_path: Path, files: dict[str, bytes]) -> None:
    _, plain = read_all(laid_out(tmp_path, files, "zip"))
    around = {f"Downloads/hw1/{name}": content for name, content in files.items()}
    assert read_all(laid_out(tmp_path, around, "zip", "around"))[1] == plain


def test_a_person_knows_better(tmp_path: Path) -> None:
    path = laid_out(tmp_path, {**MOODLE, "b/softmax.py": SOURCE, "c/softmax.py": SOURCE}, "folder")
    assert list(read_all(path)[0]) == ["Ada_1_assignsubmission_file", "b", "c"]
    path = laid_out(tmp_path, CANVAS, "folder", "canvas")
    with pytest.raises(SubmissionsError, match="There are no submissions"):
        read_all(path, layout=Layout.FOLDERS)
    assert list(read_all(path, layout=Layout.CANVAS)[0]) == ["ada_1", "bob_2"]


@pytest.mark.parametrize("layout", [Layout.CANVAS, Layout.MOODLE, Layout.GRADESCOPE])
def test_what_it_is_not(tmp_path: Path, layout: Layout) -> None:
    path = laid_out(tmp_path, FOLDERS, "folder")
    with pytest.raises(SubmissionsError) as caught:
        read_all(path, layout=layout)
    said = str(caught.value)
    assert f"is not a {layout.capitalize()}" in said
    assert "it holds ada, bob, eve_1_2_x, and no names such as " in said
    assert said.endswith("Leave --layout out to let the grader find out.")


def test_an_assignment_is_for_nbgrader(tmp_path: Path) -> None:
    for files in (FOLDERS, CANVAS):
        with pytest.raises(SubmissionsError, match="--assignment is for nbgrader's folders; th"):
            read_all(laid_out(tmp_path, files, "zip"), assignment="ps1")


def test_a_folder_in_which_submissions_arrive_is_one_of_folders(tmp_path: Path) -> None:
    path = laid_out(tmp_path, {**MOODLE, "Bob_2_assignsubmission_file/softmax.py": SOURCE}, "folder")
    submissions, _ = read_all(path, arriving=True)
    assert list(submissions) == ["Ada_1_assignsubmission_file", "Bob_2_assignsubmission_file"]


def test_layouts_that_can_be_typed_are_those_that_there_are() -> None:
    assert [each.value for each in Typed] == [each.value for each in Layout]


def test_a_layout_gives_the_same_from_a_folder_and_an_archive(tmp_path: Path) -> None:
    for name, files in {"c": CANVAS, "m": MOODLE, "g": GRADESCOPE}.items():
        folder, archive = (read_all(laid_out(tmp_path, files, kind, name)) for kind in ("folder", "zip"))
        assert main_files(folder[0]) == main_files(archive[0])
        assert folder[1] == archive[1]
