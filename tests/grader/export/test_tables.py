"""The long table: sums over its rows are the marks, and no cell is a formula."""

import csv
import io
import math

import pytest

from grader.export.tables import COLUMNS, long_table
from grader.verdicts import Reveal
from tests.grader.export.a_class import HOSTILE, a_class, hostile_student
from tests.grader.report.conftest import make_exercise, make_student


def read(reports) -> list[dict[str, str]]:
    text = b"".join(long_table(reports)).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_a_row_for_each_test():
    reports = a_class()
    rows = [row for row in read(reports) if row["title"]]
    tests = [test for report in reports for exercise in report.exercises for test in exercise.tests]
    assert len(rows) == len(tests) == 8
    for row, test in zip(rows, tests, strict=True):
        assert (row["test"], row["title"], row["verdict"], row["blame"], row["device"]) == (
            test.name, test.title, test.verdict, test.blame, test.device,
        )  # fmt: skip
        assert (float(row["score"]), float(row["max_score"])) == (test.score, test.max_score)
        assert row["codes"] == "; ".join(finding.code for finding in test.findings)


def test_sums_over_the_rows_are_the_marks():
    reports, rows = a_class(), read(a_class())
    for report in reports:
        own = [row for row in rows if row["student"] == report.student]
        assert math.fsum(float(row["score"]) for row in own) == report.score
        assert math.fsum(float(row["max_score"]) for row in own) == report.max_score


def test_what_is_wrong_as_a_whole_has_a_row_and_so_has_an_exercise_without_tests():
    empty = make_student("eve", make_exercise("mlp", verdict="missing"))
    whole = [row for row in read([*a_class(), empty]) if not row["title"]]
    assert [(row["student"], row["exercise"], row["codes"], row["max_score"]) for row in whole] == [
        ("cleo", "softmax", "missing-file", "0"),
        ("eve", "mlp", "", "0"),
    ]


def test_a_mistake_is_named():
    assert {row["mistakes"] for row in read(a_class())} == {"", "gradient_not_divided"}


def test_the_students_view_names_no_hidden_test():
    rows = read([report.for_student(Reveal.EVERYTHING) for report in a_class()])
    assert {row["test"] for row in rows if row["title"] == "Sums to one"} == {""}
    assert {row["test"] for row in rows if row["title"] == "Keeps the shape"} == {"test_keeps_the_shape"}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_text_is_one_inert_cell(kind):
    content = b"".join(long_table([hostile_student(HOSTILE[kind])])).decode("utf-8")
    header, *rows = csv.reader(io.StringIO(content, newline=""), strict=True)
    assert tuple(header) == COLUMNS
    assert len(rows) == 3
    for row in rows:
        assert len(row) == len(COLUMNS)
        for value in row:
            assert value.isprintable()
            assert len(value) < 600
            assert not value.lstrip().startswith(("=", "+", "-", "@", "\uff1d"))
