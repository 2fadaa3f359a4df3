"""`grader export` for programs and for analysis, as it is typed: files that are read back, and refusals."""

import csv
import json
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
import xmlschema

import tests.grader.verify
from grader.cli import main
from grader.report.files import write_student
from grader.verdicts import Reveal
from tests.grader.export.a_class import HOSTILE, a_class, hostile_student
from tests.grader.export.test_classroom50 import ENVIRONMENT, collected
from tests.grader.report.conftest import make_exercise, make_student, make_test
from tests.grader.verify.test_github import read

SCHEMA = xmlschema.XMLSchema(Path(tests.grader.verify.__path__[0], "junit-10.xsd"))


def a_run(folder: Path, students) -> Path:
    for student in students:
        write_student(student, folder, Reveal.VERDICT)
    (folder / "run.json").write_text("{}")  # that it is there says that the run is complete
    return folder


@pytest.fixture
def graded(tmp_path, monkeypatch):
    """A finished run in `reports` of the current folder, outside of any course, and no runner around it."""
    monkeypatch.chdir(tmp_path)
    for name in (*ENVIRONMENT, "OWNER", "ASSIGNMENT_TYPE", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    return a_run(tmp_path / "reports", a_class())


def contents(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


@pytest.mark.usefixtures("graded")
@pytest.mark.parametrize(
    ("options", "staff"),
    [
        ((), True),
        (("--view", "student"), False),
        (("--student", "bob"), False),
        (("--student", "bob", "--view", "staff"), True),
    ],
)
def test_junit_is_the_staffs_of_a_class_and_the_students_of_one(run, options, staff):
    done = run("export", "junit", "--to", "x.xml", *options)
    assert (done.code, done.err) == (0, "")
    SCHEMA.validate(contents("x.xml"))
    assert ("index [1, 2]" in contents("x.xml")) == staff
    assert ("ada: softmax" in contents("x.xml")) == ("--student" not in options)


@pytest.mark.usefixtures("graded")
def test_markdown_of_a_student_and_of_the_class(run):
    assert run("export", "markdown", "--to", "bob.md", "--student", "bob").code == 0
    assert contents("bob.md").startswith("# Deep Learning: bob")
    assert "index" not in contents("bob.md")
    assert run("export", "markdown", "reports", "--to", "class.md").code == 0
    assert "4 students" in contents("class.md")
    refused = run("export", "markdown", "--to", "no.md", "--view", "student")
    assert (refused.code, Path("no.md").exists()) == (2, False)
    assert "name a student with --student ID" in refused.err


@pytest.mark.usefixtures("graded")
def test_csv_and_sqlite_are_read_back(run):
    assert run("export", "csv", "--to", "tests.csv").code == 0
    with open("tests.csv", encoding="utf-8", newline="") as file:
        assert sum(float(row["score"]) for row in csv.DictReader(file)) == 2
    assert run("export", "sqlite", "--to", "run.sqlite").code == 0
    with closing(sqlite3.connect("run.sqlite")) as database:
        assert database.execute("SELECT sum(score) FROM students").fetchone() == (2,)
    assert "test_sums_to_one" in contents("tests.csv")
    assert run("export", "csv", "--to", "tests.csv", "--view", "student").code == 0
    assert "test_sums_to_one" not in contents("tests.csv")


@pytest.mark.usefixtures("graded")
def test_github_prints_commands_alone_and_adds_to_the_steps_summary(run, monkeypatch):
    Path("summary").write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary")
    done = run("export", "github", "--student", "bob", "--folder", "hw")
    assert (done.code, done.err) == (0, "")
    assert [read(line)[0] for line in done.out.splitlines()] == ["error", "error", "notice"]
    assert contents("summary").startswith("before\n# Deep Learning: bob")
    assert "index" not in done.out + contents("summary")
    assert run("export", "github", "--student", "ada", "--to", "ada.md").code == 0
    assert contents("ada.md").startswith("# Deep Learning: ada")
    assert "ada" not in contents("summary")


@pytest.mark.usefixtures("graded")
def test_github_without_a_place_for_the_summary_says_so(run, monkeypatch):
    refused = run("export", "github", "--student", "bob")
    assert (refused.code, refused.out) == (2, "")
    assert "GITHUB_STEP_SUMMARY is not set here; name a file" in refused.err
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "no/such/folder")
    refused = run("export", "github", "--student", "bob")
    assert (refused.code, refused.out) == (2, "")
    assert "'no/such/folder' cannot be written (No such file or directory)" in refused.err


@pytest.mark.usefixtures("graded")
def test_classroom50_takes_the_identity_from_its_runner(run, monkeypatch):
    refused = run("export", "classroom50", "--student", "bob")
    assert (refused.code, Path("result.json").exists()) == (2, False)
    assert "CLASSROOM, ASSIGNMENT, USERNAME" in refused.err
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    done = run("export", "classroom50", "--student", "bob", "--release-body", "release-body.md")
    assert (done.code, done.out) == (0, "result.json: 2 tests.\n")
    assert collected(Path("result.json").read_bytes())["max-score"] == 2
    assert contents("release-body.md").startswith("# Deep Learning: bob")
    assert "index" not in contents("release-body.md") + contents("result.json")
    warned = run("export", "classroom50", "--student", "dan")
    assert "no fault of theirs, of dan" in warned.err


def test_classroom50_says_what_it_leaves_out_and_what_it_scales(run, tmp_path, monkeypatch):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    exercise = make_exercise("mlp", make_test(points=1.5), penalty=0.5, final=1, weight=3)
    folder = a_run(tmp_path / "one", [make_student("ada", exercise, final=1, final_max=1.5, penalty=0.5)])
    to = tmp_path / "result.json"
    refused = run("export", "classroom50", folder, "--to", to)
    assert (refused.code, to.exists()) == (2, False)
    assert "1.5 points; say --scale 2" in refused.err
    done = run("export", "classroom50", folder, "--to", to, "--scale", "2")
    assert done.out.splitlines()[1:] == [
        "Each point counts 2 there.",
        "It has the points of the tests: no lateness, weight or mark set by hand is in it.",
    ]
    assert json.loads(to.read_text())["score"] == 3


@pytest.mark.usefixtures("graded")
@pytest.mark.parametrize("name", ["junit", "markdown", "csv", "sqlite"])
def test_what_is_no_run_or_no_place_is_refused_in_a_sentence(run, name):
    refused = run("export", name, "nowhere", "--to", "x")
    assert (refused.code, refused.out) == (2, "")
    assert "There is no folder 'nowhere'" in refused.err
    refused = run("export", name, "--to", "reports/run.json/x")
    assert refused.code == 2
    assert "Choose another place with --to" in refused.err
    assert "Traceback" not in refused.err


@pytest.mark.usefixtures("graded")
@pytest.mark.parametrize("name", ["junit", "markdown", "csv", "sqlite", "nbgrader"])
def test_a_file_can_be_printed_and_nothing_else_is(capfdbinary, monkeypatch, name):
    for to in ("x", "-"):
        capfdbinary.readouterr()
        monkeypatch.setattr(sys, "argv", ["grader", "export", name, "--to", to])
        with pytest.raises(SystemExit):
            main()
    out, err = capfdbinary.readouterr()
    assert out == Path("x").read_bytes()
    assert err.startswith(b"-: ")
    assert not Path("-").exists()


@pytest.mark.usefixtures("graded")
def test_nothing_but_a_file_is_replaced(run):
    os.mkfifo("pipe")
    refused = run("export", "csv", "--to", "pipe")
    assert (refused.code, refused.out) == (2, "")
    assert "'pipe' is no file; name one with --to, or - to have it printed." in refused.err
    assert Path("pipe").is_fifo()
    Path("link").symlink_to("meant.csv")
    assert run("export", "csv", "--to", "link").code == 0
    assert Path("link").is_symlink()
    assert contents("meant.csv").startswith("student,")


@pytest.mark.usefixtures("graded")
@pytest.mark.parametrize(
    "name", ["run.json", "grades.csv", "class.html", "students/bob/report.json", "students/bob/report.html"]
)
def test_what_a_run_is_kept_in_is_not_overwritten(run, name):
    before = {path: path.read_bytes() for path in Path("reports").rglob("*") if path.is_file()}
    refused = run("export", "csv", "--to", f"reports/{name}")
    assert (refused.code, refused.out) == (2, "")
    assert f"'reports/{name}' is a part of the reports; name another file with --to." in refused.err
    assert before == {path: path.read_bytes() for path in Path("reports").rglob("*") if path.is_file()}
    assert run("export", "csv", "--to", "reports/tests.csv").code == 0
    assert run("export", "csv", "--to", "grades.csv").code == 0


@pytest.mark.usefixtures("graded")
def test_classroom50_leaves_no_result_where_the_body_cannot_be_written(run, monkeypatch):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    refused = run("export", "classroom50", "--student", "bob", "--release-body", "reports/run.json/x.md")
    assert (refused.code, Path("result.json").exists()) == (2, False)


@pytest.mark.usefixtures("graded")
def test_several_students_and_none_named(run):
    refused = run("export", "github", "--to", "x.md")
    assert (refused.code, Path("x.md").exists()) == (2, False)
    assert "say whose report with --student ID" in refused.err
    assert "Did you mean 'cleo'?" in run("export", "junit", "--to", "x.xml", "--student", "cloe").err


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_students_are_inert_on_the_terminal(run, tmp_path, monkeypatch, kind):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    folder = a_run(tmp_path / "run", [hostile_student(HOSTILE[kind])])
    for name, to in (("junit", "x.xml"), ("markdown", "x.md"), ("github", "x.md"), ("classroom50", "x.json")):
        done = run("export", name, folder, "--to", tmp_path / to)
        assert done.code == 0, done.err
        assert all(line.isprintable() for line in [*done.out.splitlines(), *done.err.splitlines()])
