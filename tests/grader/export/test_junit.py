"""JUnit XML that validates, holds each test once, and in which no text acts."""

from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
import xmlschema

import tests.grader.verify
from grader.export.junit import HANDED_IN, junit
from grader.report import telling
from grader.report.junit import Outcome
from grader.verdicts import Reveal
from tests.grader.export.a_class import HOSTILE, a_class, hostile_student
from tests.grader.report.conftest import make_exercise, make_student, make_test

SCHEMA = xmlschema.XMLSchema(Path(tests.grader.verify.__path__[0], "junit-10.xsd"))
HIDDEN_NAME = "test_sums_to_one"


def read(content: bytes) -> dict[str, Xml.Element]:
    """The suites of a valid document, by name."""
    SCHEMA.validate(content.decode("utf-8"))
    return {suite.get("name", ""): suite for suite in Xml.fromstring(content)}


def outcomes(suite: Xml.Element) -> list[str]:
    kinds = {outcome.value for outcome in Outcome}
    return [
        next((each.tag for each in case if each.tag in kinds), "passed") for case in suite.iter("testcase")
    ]


def test_a_suite_for_each_student_with_what_came_of_each_test():
    suites = read(junit(a_class()))
    assert {name: outcomes(suite) for name, suite in suites.items()} == {
        "ada: softmax": ["passed", "passed"],
        "bob: softmax": ["failure", "failure"],
        "cleo: softmax": ["failure", "skipped", "skipped"],
        "dan: softmax": ["error", "passed"],
    }


def test_what_is_counted_is_what_is_there():
    root = Xml.fromstring(junit(a_class()))
    assert root.attrib == {"name": "grader", "tests": "9", "failures": "3", "errors": "1"}
    for suite in root:
        found = outcomes(suite)
        counted = {"tests": len(found), "failures": found.count("failure")}
        counted |= {"errors": found.count("error"), "skipped": found.count("skipped")}
        assert {key: int(suite.get(key, "-1")) for key in counted} == counted


def test_every_test_and_mark_is_read_back():
    reports = a_class()
    suites = read(junit(reports))
    for report in reports:
        for exercise in report.exercises:
            suite = suites[f"{report.student}: {exercise.name}"]
            named = [case.get("name") for case in suite.iter("testcase") if case.get("name") != HANDED_IN]
            assert named == [telling.title(test) for test in exercise.tests]
            told = {each.get("name"): each.get("value") for each in suite.iter("property")}
            assert (float(told["score"]), float(told["max_score"])) == (exercise.score, exercise.max_score)
            assert (told["student"], told["verdict"]) == (report.student, exercise.verdict)


def test_a_failure_says_what_reports_say():
    (case, _) = read(junit(a_class()))["bob: softmax"].iter("testcase")
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("type") == "values-differ"
    assert failure.get("message") == "The gradient is not divided by N: it is that of the sum of the losses."
    assert failure.text is not None
    assert failure.text.startswith("values-differ: The gradient is not divided by N")
    assert "index [1, 2]: yours -0.666667, expected -0.333333" in failure.text
    assert "next: " in failure.text
    assert case.findtext("system-out") == "loss 1"


def test_a_mark_that_counts_otherwise_stands_beside_the_points():
    exercise = make_exercise("softmax", make_test(points=4), penalty=1, final=3)
    told = read(junit([make_student("ada", exercise)]))["ada: softmax"]
    values = {each.get("name"): each.get("value") for each in told.iter("property")}
    assert (values["score"], values["counts"]) == ("4", "3")


def test_the_students_view_names_no_hidden_test_and_shows_no_input():
    staff = a_class()
    shown = junit(report.for_student(Reveal.VERDICT) for report in staff).decode()
    assert "index [1, 2]" in junit(staff).decode()
    assert "index [1, 2]" not in shown
    assert "loss 1" not in shown
    assert HIDDEN_NAME not in shown
    assert read(shown.encode()).keys() == read(junit(staff)).keys()


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_stays_text(kind):
    content = junit([hostile_student(HOSTILE[kind])])
    suites = read(content)
    assert [outcomes(suite) for suite in suites.values()] == [["failure", "passed"], ["failure"]]
    assert len(content) < 60_000
    text = "".join(Xml.fromstring(content).itertext())
    assert not set(text) & set("\x1b\x07\x00\u202e\u2066")
