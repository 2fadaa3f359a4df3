"""What a regrade changed, as CSV and as JSON."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from grader.report.about_changes import COLUMNS, as_csv
from grader.report.changes import Changes
from grader.report.files import as_json, write_changes
from grader.report.schema import as_text as schema_text
from grader.report.schema import changes_schema
from grader.verdicts import Verdict
from tests.grader.report.moved import (
    ERROR,
    HOSTILE,
    WRONG,
    changes,
    down,
    everything,
    exercise,
    mark,
    outcome,
    result,
    spoiled,
    student,
    up,
)

COMMITTED = Path(__file__).parents[3] / "docs" / "changes.schema.json"


@pytest.fixture
def all_of_it():
    return everything()


def parsed(*students):
    header, *records = csv.reader(io.StringIO(as_csv(students), newline=""))
    assert tuple(header) == COLUMNS
    return [dict(zip(header, record, strict=True)) for record in records]


def test_the_csv(all_of_it, golden):
    golden("changes.csv", as_csv(all_of_it.students))


def test_a_row_of_the_csv():
    (row,) = parsed(down())
    assert row == {
        "student": "bob",
        "exercise": "softmax",
        "reasons": "regraded",
        "verdict_before": "passed",
        "verdict_now": "passed",
        "score_before": "2",
        "score_now": "2",
        "final_before": "2",
        "final_now": "0",
        "moved": "-2",
        "total_before": "2",
        "total_now": "0",
        "total_moved": "-2",
        "tests": "'Rows sum to one' wrong answer now, passed before (-2)",
        "note": "",
    }


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (result(points=2.0), result(points=3.0), "'T' still passed, worth 3 now, 2 before (+1)"),
        (result(WRONG, 2.0), result(WRONG, 1.5), "'T' still wrong answer, worth 1.5 now, 2 before"),
        (
            result(Verdict.UNSTABLE),
            result(Verdict.UNSTABLE).model_copy(update={"score": 2.0}),
            "'T' still unstable (+2)",
        ),
        (result(), result(ERROR), "'T' error now, passed before (-2)"),
        (result(), None, "'T' gone now, passed before (-2)"),
        (None, result(), "'T' passed now, not there before (+2)"),
    ],
)
def test_what_became_of_a_test(before, after, said):
    test = outcome("T", before=before, after=after)
    (row,) = parsed(student("ada", 0.0, 2.0, exercise(before=mark(0), after=mark(), tests=(test,))))
    assert row["tests"] == said


def test_a_student_without_exercises_has_a_row():
    (row,) = parsed(student("ada", 2.0, 1.0))
    assert (row["student"], row["exercise"], row["reasons"], row["total_moved"]) == (
        "ada",
        "",
        "policy",
        "-1",
    )


def test_nobody_is_a_header():
    assert parsed() == []


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula_or_breaks_its_row(text):
    for row in parsed(*spoiled(text)):
        for column, value in row.items():
            assert value.isprintable()
            number = re.fullmatch(r"-?\d+(\.\d+)?", value) and column.endswith("moved")
            assert number or not value.lstrip().startswith(("=", "+", "-", "@"))
            assert len(value) < 2_000
    as_csv(spoiled(text)).encode("utf-8")


# changes.json


def test_the_committed_schema_is_the_models():
    said = "the model has changed: run `python -m grader.report.schema` and look at the difference"
    assert COMMITTED.read_text(encoding="utf-8") == schema_text(changes_schema()), said


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(changes_schema())
    assert changes_schema()["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


def test_what_is_written_validates_and_is_read_again(all_of_it, tmp_path):
    write_changes(all_of_it, tmp_path)
    written = (tmp_path / "changes.json").read_bytes()
    Draft202012Validator(json.loads(COMMITTED.read_text(encoding="utf-8"))).validate(json.loads(written))
    assert Changes.model_validate_json(written) == all_of_it
    assert written == as_json(all_of_it)
    assert (tmp_path / "changes.csv").read_bytes() == as_csv(all_of_it.students).encode("utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["changes.csv", "changes.json"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_inert_json(text):
    written = as_json(changes(*spoiled(text), environment=(text,)))
    assert written.isascii()
    assert b"\x1b" not in written
    Draft202012Validator(changes_schema()).validate(json.loads(written))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema_version",), 2),
        (("grade",), "A"),
        (("unchanged",), -1),
        (("students", 0, "reasons"), []),
        (("students", 0, "reasons"), ["luck"]),
        (("students", 0, "moved"), "NaN"),
        (("students", 0, "exercises", 0, "before", "verdict"), "failed"),
        (("students", 0, "exercises", 0, "tests", 0, "before"), ...),
    ],
)
def test_what_is_no_list_of_changes_does_not_validate(path, value):
    data = json.loads(as_json(changes(up())))
    validator = Draft202012Validator(changes_schema())
    assert validator.is_valid(data)
    place = data
    for key in path[:-1]:
        place = place[key]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    assert not validator.is_valid(data)
