"""From a watched folder to one student after the other: real folders, and arrivals as they are told."""

import shutil
from pathlib import Path

import pytest

from grader.batch.intake import Intake
from grader.submission import open_folder

EXERCISES = ("softmax", "conv2d")


class Told:
    """In the place of arrivals: tells what it was told, once."""

    def __init__(self) -> None:
        self.complete: list[str] = []
        self.arriving: tuple[str, ...] = ()
        self.partial: tuple[str, ...] = ()
        self.has_looked = True
        self.problem = ""
        self.polls = 0

    def poll(self) -> list[str]:
        self.polls += 1
        complete, self.complete = self.complete, []
        return complete


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "submissions"
    folder.mkdir()
    return folder


@pytest.fixture
def intake(told: Told, folder: Path) -> Intake:
    return Intake(told, lambda: open_folder(folder, EXERCISES, arriving=True))  # type: ignore[arg-type]


def put(path: Path, content: str = "x = 1\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def test_an_empty_folder_has_nobody_and_is_asked_again(intake: Intake) -> None:
    students = intake.arrive()
    assert [next(students) for _ in range(3)] == [None, None, None]
    assert (intake.problem, intake.waiting) == ("", ())


def test_whoever_has_arrived_is_read(intake: Intake, told: Told, folder: Path) -> None:
    students = intake.arrive()
    assert next(students) is None
    put(folder / "ada/softmax.py", "x = 1\n")
    told.complete = ["ada"]
    assert next(students) == "ada"
    (submission,) = intake.read("ada")
    assert submission.bundles[0].files[0].content == b"x = 1\n"
    assert next(students) is None
    put(folder / "ada/softmax.py", "x = 2\n")
    put(folder / "bob/conv2d.py")
    told.complete = ["ada", "bob"]
    assert next(students) == "ada"
    assert intake.read("ada")[0].bundles[0].files[0].content == b"x = 2\n"
    assert next(students) == "bob"
    assert intake.students == ("ada", "bob")


def test_a_folder_in_the_place_of_an_archive_is_what_is_read(
    intake: Intake, told: Told, folder: Path
) -> None:
    put(folder / "ada.zip", "no archive")
    students = intake.arrive()
    told.complete = ["ada"]
    assert next(students) == "ada"
    assert intake.read("ada")[0].bundles[0].problem is not None
    (folder / "ada.zip").unlink()
    put(folder / "ada/softmax.py")
    told.complete = ["ada"]
    assert next(students) is None
    assert next(students) == "ada"
    assert intake.read("ada")[0].bundles[0].problem is None


def test_times_are_those_of_the_moment(intake: Intake, told: Told, folder: Path) -> None:
    put(folder / "ada/softmax.py")
    students = intake.arrive()
    told.complete = ["ada"]
    assert next(students) == "ada"
    assert intake.read("ada")[0].bundles[0].submitted is None
    assert next(students) is None
    put(folder / "submitted.csv", "student,time\nada,2026-11-01T18:00:00+01:00\n")
    told.complete = ["ada"]
    assert next(students) == "ada"
    assert intake.read("ada")[0].bundles[0].submitted is not None


def test_a_folder_that_cannot_be_read_keeps_them_waiting(intake: Intake, told: Told, folder: Path) -> None:
    put(folder / "ada.zip")
    put(folder / "ada.tar")
    put(folder / "bob/softmax.py")
    students = intake.arrive()
    told.complete = ["ada", "bob"]
    assert next(students) is None
    assert "Two archives would both be the student 'ada'" in intake.problem
    assert intake.waiting == ("ada", "bob")
    (folder / "ada.tar").unlink()
    assert next(students) == "ada"
    assert next(students) == "bob"
    assert next(students) is None
    assert (intake.problem, intake.waiting) == ("", ())


def test_files_beside_the_students_are_named_as_the_reason(intake: Intake, told: Told, folder: Path) -> None:
    put(folder / "softmax.py")
    put(folder / "ada.zip")
    students = intake.arrive()
    told.complete = ["ada"]
    assert next(students) is None
    assert intake.problem == "the folder looks like one student's own; not read: ada"
    (folder / "softmax.py").unlink()
    assert next(students) == "ada"


def test_a_folder_that_is_away_is_a_problem(intake: Intake, told: Told, folder: Path) -> None:
    students = intake.arrive()
    assert intake.is_empty
    told.problem = "Stale file handle"
    assert next(students) is None
    assert not intake.is_empty
    assert intake.problem == "the folder cannot be looked at (Stale file handle)"
    told.problem = ""
    assert next(students) is None
    assert intake.problem == ""


def test_what_goes_away_before_it_is_read_is_nobodys_mistake(
    intake: Intake, told: Told, folder: Path
) -> None:
    put(folder / "ada/softmax.py")
    students = intake.arrive()
    told.complete = ["ada"]
    assert next(students) == "ada"
    shutil.rmtree(folder / "ada")
    assert intake.read("ada")[0].bundles[0].problem is not None


def test_the_folder_is_looked_at_while_students_are_taken_in(
    intake: Intake, told: Told, folder: Path
) -> None:
    names = [f"student-{number}" for number in range(5)]
    for name in names:
        put(folder / name / "softmax.py")
    students = intake.arrive()
    told.complete = list(names)
    assert [next(students) for _ in names] == names
    assert told.polls == len(names)


def test_all_that_is_there_is_taken_in_or_not(intake: Intake, told: Told, folder: Path) -> None:
    told.has_looked = False
    assert not intake.is_empty
    told.has_looked, told.arriving = True, ("ada",)
    assert (intake.is_empty, len(intake)) == (False, 1)
    told.arriving, told.complete = (), ["ada"]
    put(folder / "ada/softmax.py")
    put(folder / "loose.txt")
    students = intake.arrive()
    assert next(students) == "ada"
    assert intake.is_empty
    assert intake.notes == (
        "Files beside the students' folders belong to nobody and were not read: loose.txt.",
    )
    told.partial = ("bob.zip.part",)
    assert (intake.is_empty, intake.partial) == (True, ("bob.zip.part",))
    told.arriving = ("ada", "eve")  # one of whom is there once more
    assert len(intake) == 2
