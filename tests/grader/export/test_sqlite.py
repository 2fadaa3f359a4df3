"""The database: what reports hold is read back from it, and its views count as the class report does."""

import json
import sqlite3

import pytest

from grader.export.sqlite import VERSION, database
from grader.report.class_counts import ClassCounts
from grader.report.examples import EXAMPLES
from grader.report.files import folder_name
from grader.verdicts import Blame, Reveal, Verdict
from tests.grader.export.a_class import HIDDEN, HOSTILE, a_class, hostile_student
from tests.grader.report.conftest import make_exercise, make_student, make_test


@pytest.fixture
def opened(tmp_path):
    """Write a database and open it as anybody does, to read."""
    connections = []

    def open_(reports):
        path = tmp_path / "run.sqlite"
        path.write_bytes(database(reports))
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
        connections.append(connection)
        return connection

    yield open_
    for connection in connections:
        connection.close()


def test_everything_is_read_back(opened):
    reports = a_class()
    found = opened(reports)
    assert found.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert found.execute("PRAGMA foreign_key_check").fetchall() == []
    assert found.execute("PRAGMA user_version").fetchone() == (VERSION,)
    assert found.execute("SELECT student, score, max_score, counts, view FROM students").fetchall() == [
        (report.student, report.score, report.max_score, report.score, "staff") for report in reports
    ]
    asked = """SELECT s.student, e.exercise, t.test, t.title, t.device, t.visibility, t.verdict, t.blame,
                      t.score, t.max_score, t.seconds
               FROM tests t JOIN exercises e ON e.id = t.exercise JOIN students s ON s.id = e.student
               ORDER BY s.id, e.id, t.place"""
    assert found.execute(asked).fetchall() == [
        (report.student, exercise.name, test.name, test.title, test.device, test.visibility, test.verdict,
         test.blame, test.score, test.max_score, test.seconds)
        for report in reports for exercise in report.exercises for test in exercise.tests
    ]  # fmt: skip


def test_a_finding_has_its_place_its_mistake_and_all_its_facts(opened):
    asked = """SELECT s.student, t.title, f.code, f.mistake, f.relation FROM findings f
               JOIN exercises e ON e.id = f.exercise JOIN students s ON s.id = e.student
               LEFT JOIN tests t ON t.id = f.test ORDER BY f.id"""
    found = opened(a_class())
    assert found.execute(asked).fetchall() == [
        ("bob", "Sums to one", "values-differ", "gradient_not_divided", None),
        ("bob", "Keeps the shape", "exception", None, None),
        ("cleo", None, "missing-file", None, None),
        ("cleo", "Sums to one", "not-run", None, None),
        ("cleo", "Keeps the shape", "not-run", None, None),
        ("dan", "Sums to one", "grader-fault", None, None),
    ]
    worst = "SELECT json_extract(facts, '$.entries[0].index') FROM findings WHERE code = 'values-differ'"
    assert found.execute(worst).fetchall() == [("[1,2]",)]


@pytest.mark.parametrize("code", EXAMPLES)
def test_every_finding_is_read_back(opened, code):
    finding = EXAMPLES[code]
    test = make_test("A", Verdict.ERROR, finding)
    (facts,) = (
        opened([make_student("ada", make_exercise("mlp", test))])
        .execute("SELECT facts FROM findings")
        .fetchone()
    )
    assert facts.isascii()
    assert type(finding).model_validate_json(facts).model_dump_json() == finding.model_dump_json()


def test_what_counts_is_there_beside_the_points(opened):
    late = {
        "due": "2026-11-01T12:00:00+00:00",
        "extended": False,
        "submitted": "2026-11-02T12:00:00+00:00",
        "days": 1,
    }
    exercise = make_exercise("mlp", make_test(points=4), penalty=1, final=3, late=late)
    found = opened([make_student("ada", exercise, final=3, final_max=4, penalty=1)])
    assert found.execute("SELECT score, counts, counts_max FROM students").fetchone() == (4, 3, 4)
    assert found.execute("SELECT score, counts, days_late FROM marks").fetchone() == (4, 3, 1)
    nobody_knows = exercise.model_copy(update={"late": exercise.late.model_copy(update={"submitted": None})})
    assert opened([make_student("ada", nobody_knows)]).execute("SELECT days_late FROM marks").fetchone() == (
        None,
    )


def larger_class():
    """Students whose tests come out in every way."""
    ways = [(verdict, blame) for verdict in Verdict for blame in (Blame.STUDENT, Blame.GRADER)]
    students = a_class()
    for number, (verdict, blame) in enumerate(ways):
        finding = [EXAMPLES["values-differ"]] if verdict is Verdict.WRONG_ANSWER else [EXAMPLES["timed-out"]]
        passed = verdict is Verdict.PASSED
        test = make_test(
            "Sums to one", verdict, *([] if passed else finding), points=2,
            blame=Blame.NOBODY if passed else blame, visibility=HIDDEN,
        )  # fmt: skip
        students.append(make_student(f"s{number:02}", make_exercise("softmax", test)))
    return students


def test_the_views_count_as_the_class_report_does(opened):
    students, counts = larger_class(), ClassCounts()
    for student in students:
        counts.add(student)
    report, found = counts.report(), opened(students)
    assert found.execute("SELECT * FROM common_mistakes").fetchall() == [
        (each.exercise, each.name, each.headline, each.count) for each in report.mistakes
    ]
    hardest = "SELECT exercise, test, title, device, taken, passed FROM hardest_tests WHERE test = ?"
    assert found.execute(hardest, ["test_sums_to_one"]).fetchall() == [
        (each.exercise, each.name, each.title, each.device, each.taken, each.passed) for each in report.tests
    ]
    assert found.execute("SELECT * FROM common_findings").fetchall() == [
        (each.exercise, each.code, each.count) for each in report.findings
    ]


def test_what_is_no_fault_of_theirs_is_listed(opened):
    found = opened(a_class()).execute("SELECT * FROM not_the_students_fault").fetchall()
    assert found == [("dan", "softmax", "Sums to one", "cpu", "error", "grader", 2.0)]


def test_slow_tests_come_first(opened):
    slow, fast = make_test("Slow", seconds=3.0), make_test("Fast", seconds=0.5)
    reports = [make_student(name, make_exercise("mlp", fast, slow)) for name in ("ada", "bob")]
    found = opened(reports).execute("SELECT title, mean, longest FROM slowest_tests").fetchall()
    assert found == [("Slow", 3.0, 3.0), ("Fast", 0.5, 0.5)]


def test_the_same_reports_give_the_same_bytes():
    assert database(a_class()) == database(a_class())
    assert database(a_class()) != database(a_class()[:3])


def test_the_students_view_holds_no_more_than_students_may_see(opened):
    shown = [report.for_student(Reveal.VERDICT) for report in a_class()]
    found = opened(shown)
    assert found.execute("SELECT DISTINCT test FROM tests WHERE visibility = 'hidden'").fetchall() == [("",)]
    assert found.execute("SELECT count(*) FROM findings WHERE code = 'values-differ'").fetchone() == (0,)
    assert b"test_sums_to_one" in database(a_class())
    assert b"test_sums_to_one" not in database(shown)


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_inert_data(opened, kind):
    found = opened([hostile_student(HOSTILE[kind]), *a_class()])
    assert found.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    tables = [
        name for (name,) in found.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    ]
    assert len(tables) == 11
    for table in tables:
        for row in found.execute(f"SELECT * FROM {table}"):
            for value in row:
                assert not isinstance(value, str) or value.isprintable()
    folder = found.execute("SELECT folder FROM students WHERE id = 1").fetchone()
    assert folder == (folder_name(HOSTILE[kind]),)
    (facts,) = found.execute(
        "SELECT facts FROM findings WHERE code = 'exception' AND mistake NOT NULL"
    ).fetchone()
    assert json.loads(facts)["code"] == "exception"


def test_a_class_of_nobody_is_a_database_too(opened):
    assert opened([]).execute("SELECT count(*) FROM students").fetchone() == (0,)
