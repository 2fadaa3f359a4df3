"""How points became a mark, word for word; `GOLDEN=write` writes the files anew."""

import csv
import io

import pytest

from grader.report.gradebook import as_csv, differences, rows
from grader.report.model import AttemptReport, Kept, Lateness, Override
from grader.report.reckoning import moment, of_exercise, of_student, reckoned
from grader.report.terminal import as_text, gradebook_view, student_view
from grader.verdicts import Reveal, Verdict

DUE = "2026-11-01T23:59:00+01:00"


def lateness(days=0, submitted="2026-11-01T20:15:30+01:00", **fields):
    return Lateness(**{"due": DUE, "extended": False, "submitted": submitted, "days": days, **fields})


@pytest.fixture
def class_of_two(make):
    """Two students to whom everything happened that can happen between points and marks."""
    right, wrong = make.test(points=8), make.test("Keeps float64", Verdict.WRONG_ANSWER, points=2)
    missing = make.test("Keeps float64", Verdict.NOT_RUN, points=10)
    attempts = tuple(
        AttemptReport(name=f"attempt-{i}", submitted=DUE, verdict=None, score=None, final=None, counts=False)
        for i in range(1, 7)
    )
    counting = AttemptReport(
        name="attempt-7", submitted=DUE, verdict=Verdict.WRONG_ANSWER, score=8, final=6.4, counts=True
    )
    late = lateness(2, "2026-11-03T09:05:00+01:00")
    ada = make.student(
        "ada",
        make.exercise(
            "softmax", right, wrong, final=6.4, penalty=1.6, weight=20, late=late, attempt="attempt-7",
            attempts=(*attempts, counting),
        ),
        make.exercise(
            "conv2d", right, wrong, final=9.5, weight=30, late=lateness(extended=True),
            override=Override(score=9.5, reason="The second test was wrong."),
        ),
        make.exercise(
            "mlp", right, wrong, final=8, weight=50, late=lateness(submitted=None), dropped=True,
            kept=Kept(score_now=1, verdict_now=Verdict.WRONG_ANSWER), attempt="attempt-2",
        ),
        penalty=1.6, final=41.3, final_max=50,
    )  # fmt: skip
    bob = make.student(
        "bob",
        make.exercise("softmax", right, wrong, final=8, weight=20, late=lateness()),
        make.exercise(
            "conv2d", missing, final=0, weight=30, late=lateness(submitted=None), dropped=True,
            verdict=Verdict.MISSING, files=(),
        ),
        make.exercise("mlp", right, final=8, weight=50, late=lateness(1), penalty=0),
        final=66, final_max=70,
    )  # fmt: skip
    return [ada, bob]


def test_a_student_reads_every_step(class_of_two, golden):
    ada, bob = (as_text(student_view(each.for_student(Reveal.DIFFERENCES))) for each in class_of_two)
    golden("reckoned.txt", ada + "\n\n" + bob)


def test_the_class_has_final_marks(class_of_two, golden):
    golden("class_reckoned.txt", as_text(gradebook_view(class_of_two)))


BOOK = """\
student,softmax,conv2d,mlp,total,max,penalty,final,final_max,softmax_final,conv2d_final,mlp_final,verdicts
ada,8,8,8,24,30,1.6,41.3,50,6.4,9.5,8,softmax: wrong answer; conv2d: wrong answer; mlp: wrong answer
bob,8,0,8,16,28,0,66,70,8,0,8,softmax: wrong answer; conv2d: missing; mlp: passed
"""


def test_the_gradebook_has_raw_points_penalty_and_final_marks(class_of_two):
    assert as_csv(rows(class_of_two)) == BOOK


def test_one_student_to_whom_a_policy_applies_is_enough_for_the_columns(make):
    by_hand = make.exercise("mlp", make.test(), final=1, override=Override(score=1, reason="x"))
    ada = make.student("ada", by_hand, final=1, final_max=2)
    bob = make.student("bob", make.exercise("softmax", make.test(), final=2), final=2, final_max=2)
    assert as_csv(rows([ada, bob])).splitlines() == [
        "student,mlp,softmax,total,max,penalty,final,final_max,mlp_final,softmax_final,verdicts",
        "ada,2,,2,2,0,1,2,1,,mlp: passed",
        "bob,,2,2,2,0,2,2,,2,softmax: passed",
    ]
    assert "final" not in as_csv(rows([bob]))


def test_final_marks_are_compared_with_a_committed_gradebook(class_of_two, tmp_path):
    path = tmp_path / "grades.csv"
    path.write_text(BOOK)
    assert differences(rows(class_of_two), path) == []
    path.write_text(BOOK.replace("1.6,41.3,50,6.4", "1.5,41,49,6"))
    assert differences(rows(class_of_two), path) == [
        "ada: penalty 1.6 now, 1.5 in grades.csv.",
        "ada: final 41.3 now, 41 in grades.csv.",
        "ada: final_max 50 now, 49 in grades.csv.",
        "ada: softmax_final 6.4 now, 6 in grades.csv.",
    ]


def test_a_gradebook_without_final_marks_is_still_read(class_of_two, tmp_path):
    path = tmp_path / "grades.csv"
    records = list(csv.DictReader(io.StringIO(BOOK)))
    kept = [key for key in records[0] if "final" not in key and key != "penalty"]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, kept, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(records)
    assert differences(rows(class_of_two), path) == []


def test_where_points_are_marks_nothing_is_said(make):
    student = make.student("ada", make.exercise("softmax", make.test(), final=2), final=2, final_max=2)
    bare = make.student("ada", make.exercise("softmax", make.test()))
    assert not reckoned(student)
    assert of_student(student) == of_exercise(student.exercises[0]) == []
    assert as_text(student_view(student)) == as_text(student_view(bare))
    assert as_text(gradebook_view([student])) == as_text(gradebook_view([bare]))
    assert as_csv(rows([student])) == as_csv(rows([bare]))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (DUE, "2026-11-01 23:59 UTC+01:00"),
        ("2026-11-01T23:59:59-03:30", "2026-11-01 23:59:59 UTC-03:30"),
        ("2026-11-01T00:00:00+00:00", "2026-11-01 00:00 UTC"),
        ("2026-11-01T00:00:00+10:00", "2026-11-01 00:00 UTC+10:00"),
    ],
)
def test_a_moment(text, shown):
    assert moment(text) == shown


def test_many_attempts_are_counted(make):
    attempts = tuple(
        AttemptReport(name=f"{i}", submitted=None, verdict=Verdict.PASSED, score=i, final=i, counts=i == 9)
        for i in range(10)
    )
    exercise = make.exercise("softmax", make.test(), attempt="9", attempts=attempts)
    said = "9 counts, of 10; besides: 0 0 points, 1 1 point, 2 2 points, 3 3 points, 4 4 points, 5 5 points"
    assert of_exercise(exercise) == [("attempt", f"{said}, 3 more")]


HOSTILE = ["\x1b[2J", "[bold]x[/bold]", "a\nfinal    100 of 100", "x" * 10**6, "\u202egnp", "half\ud800"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_and_reasons_are_inert(make, text):
    attempt = AttemptReport(name=text, submitted=None, verdict=None, score=None, final=None, counts=True)
    exercise = make.exercise(
        "softmax",
        make.test(),
        final=1,
        attempt=text,
        attempts=(attempt, attempt),
        override=Override(score=1, reason=text),
    )
    shown = as_text(student_view(make.student("ada", exercise, final=1, final_max=2)))
    assert len(shown) < 3_000
    assert not [c for c in shown if not c.isprintable() and c != "\n"]
    assert sum(line.strip().startswith("final") for line in shown.splitlines()) == 2
    shown.encode("utf-8")
