"""The queries of docs/exports.md answer their questions, and its tables are those of the database."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.export.sqlite import database
from grader.export.tables import COLUMNS
from grader.report.examples import EXPLAINED
from grader.report.model import StudentReport
from grader.verdicts import Verdict
from tests.grader.export.a_class import a_class
from tests.grader.report.conftest import make_exercise, make_student, make_test
from tests.repo.test_docs import blocks

TEXT = (Path(__file__).parents[2] / "docs/exports.md").read_text()
QUERIES = [block.text for block in blocks(TEXT) if block.language == "sql"]


def students() -> list[StudentReport]:
    """The class of four, another one with bob's mistake, and one whose answer is wrong by a factor."""
    factor, _ = EXPLAINED["A pattern"]
    finn = make_exercise("linear_backward", make_test("Bias", Verdict.WRONG_ANSWER, factor))
    bob = a_class()[1]
    return [*a_class(), make_student("eve", *bob.exercises), make_student("finn", finn)]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    file = tmp_path / "run.sqlite"
    file.write_bytes(database(students()))
    connection = sqlite3.connect(file)
    yield connection
    connection.close()


ANSWERS = [
    [
        (
            "gradient_not_divided",
            "The gradient is not divided by N: it is that of the sum of the losses.",
            "bob, eve",
        )
    ],
    [
        ("linear_backward", "Bias", 0, 1, "values-differ"),
        ("softmax", "Sums to one", 1, 3, "values-differ"),
    ],
    [("finn", "linear_backward", "1/N", 1)],
]


@pytest.mark.parametrize(("query", "answer"), [*zip(QUERIES, ANSWERS, strict=True)])
def test_a_query_answers_its_question(run, query, answer):
    assert run.execute(query).fetchall() == answer


def test_the_tables_are_those_of_the_database(run):
    there = {
        name for (name,) in run.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    }
    part = TEXT.partition("### SQLite")[2].partition("\n## ")[0]
    assert set(re.findall(r"(?m)^\| `(\w+)` \|", part)) == there


def test_the_columns_are_those_of_the_table():
    sentence = re.search(r"One long table.*", TEXT)[0]
    assert [name for name in re.findall(r"`(\w+)`", sentence) if name in COLUMNS] == list(COLUMNS)
