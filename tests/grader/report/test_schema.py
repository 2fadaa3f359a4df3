"""The committed JSON Schema is the model's, and real reports validate against it."""

import json
import runpy
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from grader.report import schema
from grader.report.examples import EXAMPLES
from grader.report.files import as_json
from grader.report.schema import as_text, main, report_schema
from grader.verdicts import Blame, Reveal, Verdict

COMMITTED = Path(__file__).parents[3] / "docs" / "report.schema.json"


def test_the_committed_schema_is_the_models():
    said = "the model has changed: run `python -m grader.report.schema` and look at the difference"
    assert COMMITTED.read_text(encoding="utf-8") == as_text(), said


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(report_schema())
    assert report_schema()["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


@pytest.fixture
def validator():
    return Draft202012Validator(json.loads(COMMITTED.read_text(encoding="utf-8")))


def report_with(make, findings):
    """A report with a test for each of these findings, by code; all of them take a second to validate."""
    tests = [make.test(code, Verdict.ERROR, finding) for code, finding in findings.items()]
    tests.append(make.test("x", Verdict.UNSTABLE, blame=Blame.NOBODY, device="cuda"))
    exercise = make.exercise("softmax", *tests, findings=tuple(findings.values()), notes=("n",))
    return make.student("ada", exercise, make.exercise("conv2d", make.test()))


def test_real_reports_validate(make, validator):
    report = report_with(make, EXAMPLES)
    for whole in (report, make.run(report, make.student("bob")), make.run()):
        validator.validate(json.loads(as_json(whole)))
    for reveal in Reveal:
        validator.validate(json.loads(as_json(report.for_student(reveal))))


def changed(data, path, value):
    *steps, last = path
    place = data
    for step in steps:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return data


TEST = ("exercises", 0, "tests", 0)
DIFFER = "values-differ"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema_version",), 2),
        (("schema_version",), ...),
        (("view",), "public"),
        (("grade",), "A"),
        (("score",), "NaN"),
        (("score",), -1),
        ((*TEST, "verdict"), "failed"),
        ((*TEST, "findings", 0, "code"), "no-such-code"),
        ((*TEST, "findings", 0, "code"), ...),
        ((*TEST, "findings", 0, "entries", 0, "yours"), "nan"),
        ((*TEST, "findings", 0, "entries", 0, "yours"), None),
        ((*TEST, "output"), ...),
    ],
)
def test_what_is_no_report_does_not_validate(make, validator, path, value):
    data = json.loads(as_json(report_with(make, {DIFFER: EXAMPLES[DIFFER]})))
    assert validator.is_valid(data)
    assert not validator.is_valid(changed(data, path, value))


def test_the_command_writes_where_it_is_kept_or_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["schema"])
    with pytest.warns(RuntimeWarning, match="found in sys.modules"):
        runpy.run_module("grader.report.schema", run_name="__main__")
    main(["elsewhere.json"])
    assert (tmp_path / schema.COMMITTED).read_text() == (tmp_path / "elsewhere.json").read_text() == as_text()
