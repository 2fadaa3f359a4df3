"""`grader export` for learning platforms as it is typed: what it writes, says and refuses."""

import json
import weakref
import zipfile
from pathlib import Path
from typing import Any

import pytest

from grader.batch.journal import Journal
from grader.export.reading import reports
from grader.report.files import write_student
from grader.report.model import StudentReport
from grader.verdicts import Blame, Reveal, Verdict
from tests.grader.batch.test_reading import publish
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
    "Participant 1234,Lovelace Ada,,2.00,-,\n"
    "Participant 77,Turing Alan,,2.00,-,\n"
)
CANVAS = ("export", "canvas", "--gradebook", "gradebook.csv", "--column", "Homework")


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
    assert f"Participant 1234,Lovelace Ada,2.00,2.00,-,{said}\n" in (place / "filled.csv").read_text()
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
    a_run(place / "reports", make_student(text, exercise_ada()), make_student(f"{text}_78", exercise_ada()))
    canvas = ("export", "canvas", "--gradebook", "gradebook.csv", "--column", "Homework", "--to", "c.csv")
    done = run(*canvas)
    assert done.code == 0
    assert run("export", "nbgrader", "--to", "n.csv").code == 0
    moodle = run("export", "moodle", "--feedback", "f.zip")
    assert moodle.code == 0
    for said in (done.out, done.err, moodle.out):
        assert all(line.isprintable() for line in said.splitlines())
        assert len(said) < 5_000


def test_a_name_that_is_another_is_said_before_it_is_uploaded(run: Any, place: Path) -> None:
    a_run(place / "other", make_student("hoppergrace_77", exercise_ada()))
    done = run(*CANVAS, "other", "--to", "filled.csv")
    assert done.code == 0
    assert "the number is theirs, but the name is not: hoppergrace_77 is 'Turing, Alan'; look" in done.err


def test_nothing_is_written_where_one_of_two_files_cannot_be_made(run: Any, place: Path) -> None:
    both = ("export", "moodle", "--worksheet", "worksheet.csv", "--to", "x.csv", "--feedback", "x.zip")
    done = run(*both, "--file", "homework.graded.html")
    assert (done.code, done.out) == (2, "")
    assert not list(place.glob("x.*"))


def test_nbgrader_reads_one_report_at_a_time(run: Any, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A class of 2,000 took 700 MB when all were kept."""
    a_run(place / "reports", make_student("hoppergrace_5", exercise_ada()))
    seen: list[Any] = []

    def watched(*args: Any) -> Any:
        for report in reports(*args):
            assert sum(each() is not None for each in seen) <= 1
            seen.append(weakref.ref(report))
            yield report

    monkeypatch.setattr("grader.export.reading.reports", watched)
    assert run("export", "nbgrader", "--to", "n.csv").code == 0
    assert len(seen) == 3


# --- what is no run ------------------------------------------------------------------


def of_a_batch(folder: Path, began: str, *students: str, ends: bool = True) -> None:
    """What a batch leaves in its folder."""
    with Journal(folder) as journal:
        current = journal.begin(began, ["softmax"])
        for student in students:
            publish(journal, current, student)
        if ends:
            journal.complete(current)
            (folder / "run.json").write_text(f'{{\n "schema_version": 1,\n "started": "{began}",\n "s": []}}')


FIRST, SECOND = "2026-11-01T00:00:00.5+00:00", "2026-11-02T00:00:00+00:00"
BOTH = ("lovelaceada_1234", "turingalan_77")


def test_reports_of_two_runs_go_nowhere(run: Any, place: Path) -> None:
    """A run that is repeated and stopped half way has replaced some of the marks."""
    of_a_batch(place / "reports", FIRST, *BOTH)
    assert run(*CANVAS, "--to", "first.csv").code == 0
    of_a_batch(place / "reports", SECOND, BOTH[0], ends=False)
    for command in (CANVAS, ("export", "csv"), ("export", "junit", "--student", BOTH[1])):
        done = run(*command, "--to", "x")
        assert (done.code, done.out) == (2, "")
        assert "The last run in 'reports' is not finished, so its reports are of two runs; " in done.err
        assert not (place / "x").exists()
    of_a_batch(place / "reports", SECOND, *BOTH)
    assert run(*CANVAS, "--to", "x").code == 0


def test_a_run_that_has_replaced_nothing_yet_is_no_reason(run: Any, place: Path) -> None:
    of_a_batch(place / "reports", FIRST, *BOTH)
    of_a_batch(place / "reports", SECOND, ends=False)
    assert run(*CANVAS, "--to", "x.csv").code == 0


def test_where_submissions_arrive_what_is_there_can_be_exported(run: Any, place: Path) -> None:
    of_a_batch(place / "reports", FIRST, *BOTH)
    with Journal(place / "reports") as journal:
        publish(journal, journal.begin(SECOND, ["softmax"]), BOTH[0])
        run_json = place / "reports/run.json"
        run_json.write_text(run_json.read_text().replace(FIRST, SECOND))
        assert run(*CANVAS, "--to", "x.csv").code == 0


def test_the_report_of_who_left_the_class_goes_nowhere(run: Any, place: Path) -> None:
    of_a_batch(place / "reports", FIRST, *BOTH)
    of_a_batch(place / "reports", SECOND, BOTH[0])
    done = run(*CANVAS, "--to", "x.csv")
    assert (done.code, done.out) == (2, "")
    assert "'reports/students/turingalan_77' is of an earlier run" in done.err
    (place / "reports/students/turingalan_77/report.json").unlink()
    (place / "reports/students/turingalan_77/student.json").unlink()
    assert run(*CANVAS, "--to", "x.csv").code == 0


def test_a_journal_that_cannot_be_read_keeps_no_reports_back(run: Any, place: Path) -> None:
    (place / "reports/journal.sqlite").write_bytes(b"no database at all")
    assert run(*CANVAS, "--to", "x.csv").code == 0


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
    for minutes in ("1", "41"):  # Gradescope ends it after 40 at the latest
        longer = run("export", "gradescope-bundle", "--minutes", minutes, "--to", "x.zip")
        refused = (longer.code, "for '--minutes'" in longer.err, (course / "x.zip").exists())
        assert refused == (2, True, False)
    inside = run("export", "gradescope-bundle", "--to", "exercises/x.zip")
    assert (inside.code, "would be part of the course itself" in inside.err) == (2, True)
