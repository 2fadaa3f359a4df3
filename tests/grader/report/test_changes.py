"""What a regrade changed, as staff read it on a terminal."""

import io
import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from grader.report.about_changes import changes_view, signed
from grader.report.changes import Reason
from grader.report.terminal import as_text, console
from grader.verdicts import Blame
from tests.grader.report.moved import (
    HOSTILE,
    UP,
    WRONG,
    changes,
    down,
    everything,
    exercise,
    level,
    mark,
    new,
    outcome,
    policy,
    result,
    spoiled,
    student,
    up,
)


@pytest.fixture
def all_of_it():
    return everything()


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

MANUAL = (Path(__file__).parents[3] / "docs" / "regrading.md").read_text(encoding="utf-8")


def test_the_manual_shows_what_is_shown():
    students = [up(f"student-{i}") for i in range(12)]
    text = as_text(changes_view(changes(down(), *students)))
    assert text[: text.index("student-0")].rstrip() in MANUAL


@pytest.mark.parametrize("reason", list(Reason))
def test_the_manual_explains_every_reason(reason):
    first_cells = re.findall(r"^\| ([^|]+) \|", MANUAL, re.MULTILINE)
    assert reason in {reason.strip() for cell in first_cells for reason in cell.split(",")}
