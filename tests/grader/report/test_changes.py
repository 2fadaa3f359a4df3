"""What a regrade changed, as staff read it: on a terminal, as CSV and as JSON."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from rich.cells import cell_len

from grader.report.about_changes import COLUMNS, as_csv, changes_view, signed
from grader.report.changes import (
    Changes,
    ExerciseChange,
    Mark,
    Reason,
    Result,
    StudentChange,
    TestChange,
    Total,
)
from grader.report.files import as_json, write_changes
from grader.report.model import Kept, Override
from grader.report.schema import as_text as schema_text
from grader.report.schema import changes_schema
from grader.report.terminal import as_text, console
from grader.verdicts import Blame, Verdict

PASSED, WRONG, ERROR = Verdict.PASSED, Verdict.WRONG_ANSWER, Verdict.ERROR
COMMITTED = Path(__file__).parents[3] / "docs" / "changes.schema.json"


def result(verdict=PASSED, points=2.0, blame=None):
    passed = verdict is PASSED
    return Result(
        verdict=verdict,
        blame=blame or (Blame.NOBODY if passed else Blame.STUDENT),
        score=points if passed else 0,
        max_score=points,
    )


def outcome(title="Rows sum to one", before=None, after=None, **fields):
    moved = (after.score if after else 0) - (before.score if before else 0)
    name = "test_" + title.lower().replace(" ", "_")
    return TestChange(
        **{"name": name, "title": title, "device": "cpu", "moved": moved, "before": before, "after": after}
        | fields
    )


def mark(final=2.0, **fields):
    return Mark(
        **{
            "verdict": PASSED,
            "score": 2.0,
            "max_score": 3.0,
            "penalty": 0.0,
            "final": final,
            "weight": None,
            "dropped": False,
            "override": None,
            "kept": None,
            "attempt": "",
        }
        | fields
    )


def exercise(*reasons, before=None, after=None, tests=(), name="softmax"):
    moved = after.final - before.final if before and after else None
    return ExerciseChange(
        name=name,
        reasons=reasons or (Reason.REGRADED,),
        moved=moved,
        before=before,
        after=after,
        tests=tests,
    )


def total(final, most=3.0):
    return Total(score=final, max_score=most, penalty=0, final=final, final_max=most)


def student(name, before, after, *exercises, most=3.0):
    old = None if before is None else total(before)
    new = None if after is None else total(after, most)
    return StudentChange(
        student=name,
        reasons=tuple(dict.fromkeys(reason for each in exercises for reason in each.reasons))
        or (Reason.POLICY,),
        moved=after - before if old and new else None,
        before=old,
        after=new,
        exercises=exercises,
    )


def changes(*students, unchanged=40, environment=()):
    return Changes(
        course="Deep Learning",
        before="2026-11-20T09:00:00Z",
        started="2026-11-21T09:00:00Z",
        environment=environment,
        unchanged=unchanged,
        students=students,
    )


def up(name="ada", **fields):
    return student(name, 0.0, 2.0, exercise(before=mark(0), after=mark(), tests=(UP,), **fields))


def down(name="bob", blame=None):
    test = outcome(before=result(), after=result(WRONG, blame=blame))
    return student(name, 2.0, 0.0, exercise(before=mark(), after=mark(0), tests=(test,)))


UP = outcome(before=result(WRONG), after=result())
SET = Override(score=2.5, reason="Shown in person")


def policy():
    late = exercise(Reason.POLICY, before=mark(), after=mark(1.5, penalty=0.5), name="conv2d")
    left_out = exercise(Reason.OTHERS, before=mark(), after=mark(dropped=True), name="mlp")
    back = exercise(Reason.OTHERS, before=mark(dropped=True), after=mark(), name="training_loop")
    weighed = exercise(Reason.POLICY, before=mark(), after=mark(weight=10), name="linear")
    return student("carla", 2.0, 1.5, late, left_out, back, weighed)


def by_hand():
    hand = exercise(Reason.OVERRIDE, before=mark(), after=mark(2.5, override=SET))
    no_more = exercise(Reason.OVERRIDE, before=mark(2.5, override=SET), after=mark(), name="conv2d")
    other = exercise(Reason.ATTEMPT, before=mark(), after=mark(attempt="attempt-2"), tests=(UP,), name="mlp")
    return student("dora", 2.0, 2.5, hand, no_more, other)


def kept():
    better = exercise(Reason.KEPT, before=mark(), after=mark(kept=Kept(score_now=1, verdict_now=WRONG)))
    return student("emil", 2.0, 2.0, better)


def many_tests():
    came = outcome("Takes vectors", after=result(ERROR, blame=Blame.EXERCISE))
    went = outcome("Takes lists", before=result(points=0.5))
    quiet = outcome("Keeps float64", before=result(WRONG), after=result(ERROR))
    on_cuda = outcome(
        "Works on a batch of one", before=result(ERROR), after=result(points=1.0), device="cuda"
    )
    return student(
        "finn", 1.0, 3.5, exercise(before=mark(1), after=mark(3.5), tests=(came, went, quiet, on_cuda, UP))
    )


def level():
    test = outcome(before=result(WRONG), after=result(ERROR))
    return student("gwen", 0.0, 0.0, exercise(before=mark(0), after=mark(0), tests=(test,)))


def new(name="hugo"):
    return student(name, None, 2.0, exercise(Reason.NEW, after=mark()))


def gone(name="ines"):
    return student(name, 2.0, None, exercise(Reason.GONE, before=mark()))


@pytest.fixture
def all_of_it():
    everybody = (
        up(),
        down(),
        policy(),
        by_hand(),
        kept(),
        many_tests(),
        level(),
        new(),
        gone(),
        down("jo", Blame.GRADER),
    )
    return changes(*everybody, environment=("torch: 2.12.0 before, 2.13.0 now",))


def shown(*students, width=80, **fields):
    return as_text(changes_view(changes(*students, **fields)), width)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_all_that_can_change(all_of_it, golden, width):
    golden(f"changes_{width}.txt", as_text(changes_view(all_of_it), width))


@pytest.mark.parametrize("width", range(60, 121, 4))
def test_it_fits_every_terminal_and_loses_no_word(all_of_it, width):
    text = as_text(changes_view(all_of_it), width)
    assert all(cell_len(line) <= width for line in text.splitlines())
    words = set(re.findall(r"\w+", as_text(changes_view(all_of_it), 1000)))
    assert words <= set(re.findall(r"\w+", text))


def test_nothing_changed():
    assert shown(unchanged=1) == (
        "What changed since the run of 2026-11-20 09:00 UTC\n1 student as before.\n"
    )


def order(text, *names):
    lines = [line.split()[0] for line in text.splitlines() if line.strip()]
    return [line for line in lines if line in names]


def test_who_lost_through_no_fault_comes_first_then_who_fell_then_who_rose():
    names = ("ada", "bob", "carla", "jo", "kim")
    text = shown(up(), down(), policy(), down("jo", Blame.OPERATOR), down("kim", Blame.NOBODY))
    assert order(text, *names) == ["jo", "bob", "kim", "carla", "ada"]
    text = re.sub(r"\s+", " ", text)
    assert "1 student lost points through no fault of theirs: look at these first." in text
    assert "which is the operator's fault" in text


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


def test_nobody_as_before_is_not_said():
    assert "as before" not in shown(up(), unchanged=0)
    assert "0 students as before." in shown(unchanged=0)


def test_who_stays_where_they_are_is_only_counted():
    text = shown(level(), unchanged=3)
    assert "1 student with the same mark, made in another way; 3 students as before." in text
    assert "gwen" not in text
    assert "marks that moved, or" not in text


def test_other_points_to_be_had_ask_for_a_look():
    text = shown(student("ada", 2.0, 2.0, exercise(before=mark(), after=mark()), most=5.0))
    assert re.search(r"^ada +2/3  2/5      0$", text, re.MULTILINE)


def test_a_class_is_cut_short_and_says_so():
    text = shown(*(up(f"student-{i:04}") for i in range(1000)))
    assert text.count("student-") == 20
    assert "... and 980 more students; changes.csv has all of them" in text
    assert "1,000 students up" in text
    assert re.search(r"softmax: Rows sum to one +0 +1,000 +\+2000", text)
    assert len(text.splitlines()) < 80
    assert "more student" not in shown(*(up(f"student-{i:04}") for i in range(20)))


def test_new_and_gone_are_cut_short():
    text = shown(*(new(f"student-{i:04}") for i in range(100)))
    assert text.count("student-") == 20
    assert text.rstrip().endswith("80 more")


def test_many_tests_are_cut_short():
    tests = tuple(outcome(f"T{i:02}", before=result(WRONG), after=result(points=1 + i)) for i in range(30))
    text = shown(student("ada", 0.0, 2.0, exercise(before=mark(0), after=mark(), tests=tests)))
    assert "... and 20 more tests" in text
    assert "softmax: T29" in text
    assert "softmax: T19" not in text
    assert "27 more tests" in re.sub(r"\s+", " ", text)


def test_only_regraded_exercises_tell_which_test_moved_marks():
    again = exercise(Reason.RESUBMITTED, before=mark(0), after=mark(), tests=(UP,))
    assert "tests that moved marks" not in shown(student("ada", 0.0, 2.0, again))
    assert "tests that moved marks" not in shown(level())
    assert "tests that moved marks" in shown(up())


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


HOSTILE = [
    '=HYPERLINK("http://x")',
    "\t=1",
    "-1+1",
    "a\nb,c",
    '"quoted"',
    "half\ud800",
    "\x1b[31mred",
    "\x9b31m",
    "\u202eabc",
    "[bold red]x[/]",
    "x" * 10**5,
    "山田" * 100,
]


def spoiled(text):
    hand = Override(score=2.5, reason=text)
    change = exercise(
        Reason.OVERRIDE,
        before=mark(attempt=text),
        after=mark(2.5, override=hand, attempt=text + "2"),
        tests=(outcome(title=text, before=result(), after=None, device=text),),
    )
    other = exercise(Reason.ATTEMPT, before=mark(attempt="x"), after=mark(attempt=text))
    return [student(text, 2.0, 2.5, change, other), up(text), new(text), gone(text)]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula_or_breaks_its_row(text):
    for row in parsed(*spoiled(text)):
        for column, value in row.items():
            assert value.isprintable()
            number = re.fullmatch(r"-?\d+(\.\d+)?", value) and column.endswith("moved")
            assert number or not value.lstrip().startswith(("=", "+", "-", "@"))
            assert len(value) < 2_000
    as_csv(spoiled(text)).encode("utf-8")


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("width", [60, 80, 120])
def test_nothing_acts_on_the_terminal(text, width):
    view = changes_view(changes(*spoiled(text), environment=(text,)))
    plain = as_text(view, width)
    assert all(line.isprintable() and cell_len(line) <= width for line in plain.splitlines())
    assert len(plain) < 20_000
    file = io.StringIO()
    console(file, width=width).print(view)
    assert [line.rstrip() for line in file.getvalue().splitlines()] == plain.splitlines()


def test_markup_is_shown_as_it_is_written():
    assert as_text(changes_view(changes(*spoiled("[bold]x[/]"))), 1000).count("[bold]x[/]") >= 6


@pytest.mark.parametrize(
    ("moved", "said"),
    [(1.5, "+1.5"), (-2.0, "-2"), (0.0, "0"), (-0.0, "0"), (-1e-9, "0"), (1e-9, "0"), (0.1 + 0.2, "+0.3")],
)
def test_signs(moved, said):
    assert signed(moved) == said


# docs/regrading.md

MANUAL = (COMMITTED.parent / "regrading.md").read_text(encoding="utf-8")


def test_the_manual_shows_what_is_shown():
    students = [up(f"student-{i}") for i in range(12)]
    text = as_text(changes_view(changes(down(), *students)))
    assert text[: text.index("student-0")].rstrip() in MANUAL


@pytest.mark.parametrize("reason", list(Reason))
def test_the_manual_explains_every_reason(reason):
    first_cells = re.findall(r"^\| ([^|]+) \|", MANUAL, re.MULTILINE)
    assert reason in {reason.strip() for cell in first_cells for reason in cell.split(",")}


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
