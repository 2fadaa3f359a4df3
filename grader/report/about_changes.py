"""What a regrade changed, for staff to read: on a terminal, and as `changes.csv`.

The terminal shows what asks for a look: which tests moved marks, who fell, who
rose, whose better result was kept. The CSV holds everything, a row for each
exercise of each student. Names and reasons are hostile text and come out inert;
no cell begins a formula. None of it is for students: it names hidden tests.
"""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from rich.console import Group as Stack
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

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
from grader.report.gradebook import cell
from grader.report.numbers import count, listed, points
from grader.report.reckoning import moment
from grader.report.safe import safe_text
from grader.report.words import name, names
from grader.verdicts import Blame

_STUDENTS = 20
"""Students shown on the terminal before the rest is only counted: a screenful; the CSV has all."""

_TESTS = 10
"""Tests in the table of those that moved marks: a fix touches few, another torch may touch all."""

_CAUSES = 3
"""Tests named for one exercise of one student before the rest is only counted."""

_CELL_TESTS = 50
"""Tests named in one cell of the CSV: more than exercises have, and a cell holds 32,767 characters."""

_REASON = 300
"""Characters of a person's reason that are shown: a few sentences."""

COLUMNS = (
    *("student", "exercise", "reasons", "verdict_before", "verdict_now"),
    *("score_before", "score_now", "final_before", "final_now", "moved"),
    *("total_before", "total_now", "total_moved", "tests", "note"),
)
"""Columns of changes.csv; `final` is what counts, after penalty and override."""


def changes_view(changes: Changes) -> RenderableType:
    """What a run changed: how many, which tests moved marks, and the students.

    Those come first who lost points through no fault of theirs, then those who fell most.
    """
    head = Text(f"What changed since the run of {moment(changes.before)}", "bold")
    parts: list[RenderableType] = [head, Text(_counts(changes))]
    parts += [Text(safe_text(line), "yellow") for line in changes.environment]
    parts += _tests_view(changes.students)
    shown = sorted(filter(_asks_for_a_look, changes.students), key=_first)
    if shown:
        parts += [Text(), _students_view(shown[:_STUDENTS])]
        if len(shown) > _STUDENTS:
            more = count(len(shown) - _STUDENTS, "more student")
            parts.append(Text(f"... and {more}; changes.csv has all of them"))
    for side, word in (("before", "new"), ("after", "gone")):
        those = [change.student for change in changes.students if getattr(change, side) is None]
        if those:
            parts += [Text(), Text(f"{word}: {listed(names(those, _STUDENTS), _STUDENTS + 2)}")]
    return Stack(*parts)


def as_csv(students: Iterable[StudentChange]) -> str:
    """changes.csv: a row for each exercise of each student that is not what it was."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for change in students:
        for exercise in change.exercises or (None,):
            writer.writerow(_row(change, exercise))
    return buffer.getvalue()


def _counts(changes: Changes) -> str:
    many = Counter(map(_direction, changes.students))
    kept = sum(Reason.KEPT in change.reasons for change in changes.students)
    said = [
        f"{count(many[direction], 'student')} {direction}"
        for direction in ("down", "up", "new", "gone")
        if many[direction]
    ]
    if many["level"]:
        said.append(f"{count(many['level'], 'student')} with the same mark, made in another way")
    if changes.unchanged or not said:
        said.append(f"{count(changes.unchanged, 'student')} as before")
    told = "; ".join(said) + "."
    if kept:
        told += f" A better result was kept for {count(kept, 'student')}."
    if unfair := sum(_unfair(change) for change in changes.students):
        told += f" {count(unfair, 'student')} lost points through no fault of theirs: look at these first."
    return told


def _unfair(change: StudentChange) -> bool:
    return any(_fault(test) for exercise in change.exercises for test in exercise.tests)


def _direction(change: StudentChange) -> str:
    if change.before is None:
        return "new"
    if change.after is None:
        return "gone"
    return "level" if not change.moved else "up" if change.moved > 0 else "down"


def _asks_for_a_look(change: StudentChange) -> bool:
    """Whether a mark moved, or would have: whether to list a student, and not only to count."""
    if change.before is None or change.after is None:
        return False
    other_points = points(change.before.final_max) != points(change.after.final_max)
    return bool(change.moved) or other_points or Reason.KEPT in change.reasons


def _first(change: StudentChange) -> tuple[bool, float]:
    return not _unfair(change), change.moved or 0


def _tests_view(students: Sequence[StudentChange]) -> list[RenderableType]:
    """The tests that moved regraded exercises, those that moved the most points first."""
    moves: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for change in students:
        for exercise in change.exercises:
            if Reason.REGRADED in exercise.reasons:
                for test in filter(lambda test: test.moved, exercise.tests):
                    moves[exercise.name, test.name, _title(test)].append(test.moved)
    if not moves:
        return []
    grid = _grid("tests that moved marks", "down", "up", "points")
    ranked = sorted(moves.items(), key=lambda item: -sum(map(abs, item[1])))
    for (where, _, title), moved in ranked[:_TESTS]:
        down = sum(each < 0 for each in moved)
        grid.add_row(
            Text(f"{name(where)}: {title}"),
            *map(Text, (f"{down:,}", f"{len(moved) - down:,}", signed(sum(moved)))),
        )
    left = len(ranked) - _TESTS
    more = [Text(f"... and {count(left, 'more test')}")] if left > 0 else []
    return [Text(), grid, *more]


def _students_view(students: Sequence[StudentChange]) -> RenderableType:
    """Each student's mark before and now, and below it, as wide as the terminal, what moved it."""
    heads = ("before", "now", "moved")
    marks = [(_of(each.before), _of(each.after), signed(each.moved or 0)) for each in students]
    # The columns are set by hand, because each student is a grid apart.
    widths = [max(map(len, column)) for column in zip(heads, *marks, strict=True)]
    parts: list[RenderableType] = [
        _aligned(Text("marks that moved, or would have", "dim"), heads, widths, "dim")
    ]
    for change, numbers in zip(students, marks, strict=True):
        style = "red" if change.moved and change.moved < 0 else ""
        parts.append(_aligned(Text(name(change.student), "bold"), numbers, widths, style))
        parts += [Padding(Text(_told(exercise)), (0, 0, 0, 2)) for exercise in change.exercises]
    return Stack(*parts)


def _aligned(left: Text, numbers: Sequence[str], widths: Sequence[int], style: str) -> RenderableType:
    grid = Grid.grid(expand=True, padding=(0, 2, 0, 0))
    grid.add_column(ratio=1, overflow="fold")
    for width in widths:
        grid.add_column(width=width, justify="right", no_wrap=True)
    grid.add_row(left, *(Text(number, style) for number in numbers))
    return grid


def _grid(head: str, *numbers: str) -> Grid:
    grid = Grid(box=None, padding=(0, 2, 0, 0), expand=True, show_edge=False, header_style="dim")
    grid.add_column(Text(head), ratio=1, overflow="fold")
    for heading in numbers:
        grid.add_column(Text(heading), justify="right", no_wrap=True)
    return grid


def _told(exercise: ExerciseChange) -> str:
    """One line on an exercise: by how much, why, and what made the difference."""
    moved = "" if exercise.moved is None else f" {signed(exercise.moved)}"
    causes = _mark_causes(exercise) + _test_causes(exercise.tests, _CAUSES)
    why = ", ".join(exercise.reasons)
    return f"{name(exercise.name)}{moved}, {why}{': ' if causes else ''}{'; '.join(causes)}"


def _mark_causes(exercise: ExerciseChange) -> list[str]:
    """What differs beside the tests, one phrase each."""
    old, new = exercise.before, exercise.after
    if old is None or new is None:
        return []
    causes: list[str] = []
    if new.kept is not None and new.kept != old.kept:
        causes.append(f"graded again, it gives {points(new.kept.score_now)} ({new.kept.verdict_now})")
    if old.override != new.override:
        causes.append(_by_hand(new))
    if points(old.penalty) != points(new.penalty):
        causes.append(f"{points(new.penalty)} off for lateness now, {points(old.penalty)} before")
    if old.weight != new.weight:
        causes.append(f"weight {_amount(new.weight)} now, {_amount(old.weight)} before")
    if old.dropped != new.dropped:
        causes.append("left out of the final mark now" if new.dropped else "no longer left out")
    if old.attempt != new.attempt:
        causes.append(f"{_attempt(new)} now, {_attempt(old)} before")
    return causes


def _attempt(mark: Mark) -> str:
    return name(mark.attempt) or "the only attempt"


def _by_hand(new: Mark) -> str:
    if new.override is None:
        return "no longer set by hand"
    return f"set by hand to {points(new.override.score)}: {safe_text(new.override.reason, _REASON)}"


def _test_causes(tests: Sequence[TestChange], limit: int) -> list[str]:
    """The tests that made the difference, those that moved the most points first."""
    ranked = sorted(tests, key=lambda test: -abs(test.moved))
    causes = [_cause(test) for test in ranked[:limit]]
    left = len(ranked) - limit
    return [*causes, count(left, "more test")] if left > 0 else causes


def _cause(test: TestChange) -> str:
    moved = f" ({signed(test.moved)})" if test.moved else ""
    if test.before and test.after and test.before.verdict is test.after.verdict:
        return f"'{_title(test)}' still {test.after.verdict}{_worth(test.before, test.after)}{moved}"
    old = "not there" if test.before is None else test.before.verdict.value
    new = "gone" if test.after is None else test.after.verdict.value
    return f"'{_title(test)}' {new} now, {old} before{moved}{_fault(test)}"


def _worth(old: Result, new: Result) -> str:
    worth = points(new.max_score), points(old.max_score)
    return "" if worth[0] == worth[1] else f", worth {worth[0]} now, {worth[1]} before"


def _fault(test: TestChange) -> str:
    """Whose fault a fall is, if it is not the student's: nobody should pay for that."""
    if test.moved >= 0 or test.after is None or test.after.blame in (Blame.NOBODY, Blame.STUDENT):
        return ""
    return f", which is the {test.after.blame}'s fault"


def _title(test: TestChange) -> str:
    return safe_text(test.title) + ("" if test.device == "cpu" else f" (on {safe_text(test.device)})")


def _row(change: StudentChange, exercise: ExerciseChange | None) -> list[str]:
    old, new = (exercise.before, exercise.after) if exercise else (None, None)
    reasons = exercise.reasons if exercise else change.reasons
    return [
        cell(safe_text(change.student)),
        cell(exercise.name if exercise else ""),
        "; ".join(reasons),
        old.verdict if old else "",
        new.verdict if new else "",
        *(_amount(mark.score) if mark else "" for mark in (old, new)),
        *(_amount(mark.final) if mark else "" for mark in (old, new)),
        _number(exercise.moved if exercise else None),
        *(_amount(total.final) if total else "" for total in (change.before, change.after)),
        _number(change.moved),
        cell("; ".join(_test_causes(exercise.tests, _CELL_TESTS)) if exercise else ""),
        cell("; ".join(_mark_causes(exercise)) if exercise else ""),
    ]


def signed(moved: float) -> str:
    """By how much something moved, such as `+1.5`, `-2` or `0`."""
    number = _number(moved)
    return f"+{number}" if moved > 0 and number != "0" else number


def _number(moved: float | None) -> str:
    # A number of ours, so a minus before it begins no formula; and no minus before zero.
    return "" if moved is None else points(moved) if points(moved) != "-0" else "0"


def _amount(value: float | None) -> str:
    return "none" if value is None else points(value)


def _of(total: Total | None) -> str:
    return f"{points(total.final)}/{points(total.final_max)}" if total else ""
