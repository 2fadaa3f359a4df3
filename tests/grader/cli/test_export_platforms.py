"""`grader export` for learning platforms as it is typed: what it writes, says and refuses."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from grader.report.files import write_student
from grader.report.model import StudentReport
from grader.verdicts import Blame, Reveal, Verdict
from tests.grader.export.a_class import HOSTILE, RAISED, exercise_ada, exercise_bob
from tests.grader.report.conftest import make_exercise, make_student, make_test

GRADEBOOK = (
    "Student,ID,SIS Login ID,Section,Homework (12)\n"
    "    Points Possible,,,,2.00\n"
    '"Lovelace, Ada",1234,ada,A,\n'
    '"Turing, Alan",77,alan,A,1.50\n'
    '"Hopper, \x1b[2JGrace",5,grace,A,1.00\n'
)
WORKSHEET = (
    "Identifier,Full name,Grade,Maximum Grade,Last modified (grade),Feedback comments\n"
    "Participant 1234,Ada,,2.00,-,\n"
    "Participant 77,Alan,,2.00,-,\n"
)


def a_run(folder: Path, *students: StudentReport) -> Path:
    """What `grade` writes, as far as exports read it."""
    for student in students:
        write_student(student, folder, Reveal.DIFFERENCES)
    (folder / "run.json").write_text("{}")
    return folder


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a run of two students, outside of any course, and the current folder in it."""
    a_run(
        tmp_path / "reports",
        make_student("lovelaceada_1234", exercise_ada()),
        make_student("turingalan_77", exercise_bob()),
    )
    (tmp_path / "gradebook.csv").write_text(GRADEBOOK)
    (tmp_path / "worksheet.csv").write_text(WORKSHEET)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_canvas(run: Any, place: Path) -> None:
    done = run(
        "export", "canvas", "--gradebook", "gradebook.csv", "--column", "Homework", "--to", "filled.csv"
    )
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "filled.csv: 2 marks in 'Homework (12)'.\n"
        "Had another mark: turingalan_77: 1.50, now 0.00.\n"
        "In that file, but not in the run: Hopper, \\x1b[2JGrace.\n"
    )
    filled = GRADEBOOK.replace("ada,A,", "ada,A,2.00").replace("alan,A,1.50", "alan,A,0.00")
    assert (place / "filled.csv").read_text() == filled
    assert (place / "gradebook.csv").read_text() == GRADEBOOK


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["--column", "Homework", "--to", "gradebook.csv"],
            "'gradebook.csv' is the file that was downloaded",
        ),
        (["--to", "x.csv"], "has no column 'Deep Learning' with a number behind it"),
        (["--exercise", "sofmax", "--to", "x.csv"], "no exercise 'sofmax'. Did you mean 'softmax'?"),
        (["--exercise", "softmax", "--to", "x.csv"], "has no column 'Softmax'"),
        (
            ["--match", "login", "--column", "Homework", "--to", "x.csv"],
            "knows no student of the run, such as",
        ),
        (["--match", "sis-id", "--column", "Homework", "--to", "x.csv"], "has no column 'SIS User ID'"),
        (["--gradebook", "none.csv", "--to", "x.csv"], "'none.csv' cannot be read (No such file"),
        (["elsewhere", "--to", "x.csv"], "There is no folder 'elsewhere'"),
        ([".", "--to", "x.csv"], "'.' holds no finished run"),
    ],
)
def test_canvas_refuses_in_one_sentence(run: Any, place: Path, arguments: list[str], told: str) -> None:
    before = (place / "gradebook.csv").read_bytes()
    done = run("export", "canvas", "--gradebook", "gradebook.csv", *arguments)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert done.err.count("\n") == 1
    assert (place / "gradebook.csv").read_bytes() == before
    assert not (place / "x.csv").exists()


def test_a_fault_of_ours_is_said_before_a_zero_goes_out(run: Any, place: Path) -> None:
    broken = make_test("Sums", Verdict.ERROR, RAISED, blame=Blame.GRADER)
    a_run(place / "reports", make_student("turingalan_77", make_exercise("softmax", broken)))
    done = run(
        "export", "canvas", "--gradebook", "gradebook.csv", "--column", "Homework", "--to", "filled.csv"
    )
    assert "warning: not all could be judged, for no fault of theirs, of turingalan_77; " in done.err


def test_moodle(run: Any, place: Path) -> None:
    done = run(
        *("export", "moodle", "--worksheet", "worksheet.csv", "--to", "filled.csv", "--feedback", "f.zip")
    )
    assert (done.code, done.err) == (0, "")
    assert done.out == "filled.csv: 2 marks in 'Grade'.\nf.zip: feedback for 2 of 2 students.\n"
    said = '"softmax: passed, 2 of 2<br>More is in report.txt."'
    assert f"Participant 1234,Ada,2.00,2.00,-,{said}\n" in (place / "filled.csv").read_text()
    with zipfile.ZipFile(place / "f.zip") as archive:
        (path, _) = archive.namelist()
        assert path == "lovelaceada_1234_assignsubmission_file_/report.txt"
        written = (place / "reports/students/lovelaceada_1234/report.txt").read_bytes()
        assert archive.read(path) == written


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Name --worksheet and --to, or --feedback, or all three."),
        (["--worksheet", "worksheet.csv"], "Name --worksheet and --to"),
        (["--worksheet", "gradebook.csv", "--to", "x.csv"], "has no column 'Identifier'"),
        (["--feedback", "x.zip", "--file", "report.json"], "'report.json' is not for students"),
        (["--feedback", "x.zip", "--file", "../../run.json"], "is not for students"),
        (["--feedback", "x.zip", "--file", "report.html"], "cannot be read"),
    ],
)
def test_moodle_refuses_in_one_sentence(run: Any, place: Path, arguments: list[str], told: str) -> None:
    done = run("export", "moodle", *arguments)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert not list(place.glob("x.*"))


def test_gradescope_writes_one_student(run: Any, place: Path) -> None:
    done = run("export", "gradescope", "--student", "turingalan_77", "--to", "results.json")
    assert (done.code, done.out) == (0, "results.json: 2 tests.\n")
    found = json.loads((place / "results.json").read_text())
    assert (found["score"], found["tests"][0]["visibility"]) == (0, "visible")
    staff = run("export", "gradescope", "--student", "turingalan_77", "--view", "staff", "--to", "s.json")
    assert staff.code == 0
    assert json.loads((place / "s.json").read_text())["tests"][0]["visibility"] == "hidden"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "This run has 2 students; say whose report with --student ID."),
        (["--student", "turingalan"], "no student 'turingalan'. Did you mean 'turingalan_77'?"),
    ],
)
def test_gradescope_must_know_whose(run: Any, place: Path, arguments: list[str], told: str) -> None:
    done = run("export", "gradescope", *arguments, "--to", "results.json")
    assert (done.code, done.out) == (2, "")
    assert told in done.err


def test_a_report_of_another_version_is_refused(run: Any, place: Path) -> None:
    (place / "reports/students/turingalan_77/report.json").write_text('{"schema_version": 2}')
    done = run("export", "nbgrader", "--to", "x.csv")
    assert (done.code, done.out) == (2, "")
    assert "is no report of this version of the grader" in done.err


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_are_inert_on_the_terminal(run: Any, place: Path, text: str) -> None:
    a_run(place / "reports", make_student(text, exercise_ada()), make_student(f"{text}_77", exercise_ada()))
    canvas = ("export", "canvas", "--gradebook", "gradebook.csv", "--column", "Homework", "--to", "c.csv")
    done = run(*canvas)
    assert done.code in (0, 2)  # two students of one number
    assert run("export", "nbgrader", "--to", "n.csv").code == 0
    moodle = run("export", "moodle", "--feedback", "f.zip")
    assert moodle.code == 0
    for said in (done.out, done.err, moodle.out):
        assert all(line.isprintable() for line in said.splitlines())
        assert len(said) < 5_000


def test_the_bundle(run: Any, course: Path) -> None:
    done = run("export", "gradescope-bundle", "--only", "softmax", "--to", "autograder.zip")
    assert (done.code, done.err) == (0, "")
    assert "for instructors only" in done.out
    with zipfile.ZipFile(course / "autograder.zip") as archive:
        assert json.loads(archive.read("settings.json"))["grade"] == [
            "--isolation=container",
            "--only=softmax",
        ]
    wrong = run("export", "gradescope-bundle", "--only", "sofmax", "--to", "x.zip")
    assert (wrong.code, "Did you mean 'softmax'?" in wrong.err) == (2, True)
    inside = run("export", "gradescope-bundle", "--to", "exercises/x.zip")
    assert (inside.code, "would be part of the course itself" in inside.err) == (2, True)
