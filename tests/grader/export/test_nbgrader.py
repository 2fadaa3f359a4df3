"""nbgrader's CSV: its columns, every value quoted, and what is read back is what was found."""

import csv
import io

import pytest

from grader.export.nbgrader import as_csv
from grader.report.model import Lateness
from tests.grader.export.a_class import HOSTILE, a_class, exercise_ada, hostile_student
from tests.grader.report.conftest import make_student

COLUMNS = [
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
]


def test_what_is_read_back_is_what_was_found() -> None:
    late = Lateness(
        due="2026-11-01T23:59:00+01:00", extended=False, submitted="2026-11-02T00:30:00+01:00", days=1
    )
    exercise = exercise_ada().model_copy(update={"late": late, "penalty": 0.5, "final": 1.5})
    text = as_csv([make_student("ada, of L <a@x>", exercise), *a_class()[2:3]])
    first, second = csv.DictReader(io.StringIO(text), strict=True)
    assert list(first) == COLUMNS
    assert [first[name] for name in COLUMNS[:4]] == [
        "softmax",
        "2026-11-01 22:59:00",
        "2026-11-01 23:30:00",
        "ada, of L <a@x>",
    ]
    assert [first[name] for name in COLUMNS[4:]] == ["", "", "ada, of L <a@x>", "2", "0.5", "1.5", "2"]
    assert (second["student_id"], second["score"], second["timestamp"]) == ("cleo", "0", "")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_stay_in_their_cell(text: str) -> None:
    written = as_csv([hostile_student(text)])
    assert all(line.startswith('"') and line.endswith('"') for line in written.splitlines())
    row, other = csv.DictReader(io.StringIO(written), strict=True)
    assert (row["student_id"], other["assignment"]) == (other["student_id"], "mlp")
    assert not row["student_id"].startswith(("=", "+", "-", "@", "\t", "\uff1d"))
    assert row["student_id"].isprintable()
    assert len(written) < 20_000
