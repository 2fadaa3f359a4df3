"""Outcomes: everything that an attack can get away with is told, and nothing else is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.errors import CourseError
from grader.verify.hostile.canaries import Canaries, token
from grader.verify.hostile.judging import (
    Written,
    judge_attack,
    judge_neighbour,
    read_gradebook,
    read_written,
    unfit,
)
from grader.verify.hostile.leftovers import fingerprint, left
from grader.verify.hostile.manifest import Attack, Goal, Neighbour, read_attacks

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the class runs on Linux only")


@pytest.fixture
def canaries(tmp_path: Path) -> Iterator[Canaries]:
    with Canaries(tmp_path, {}) as planted:
        yield planted


def attack(**changed: Any) -> Attack:
    plain = {"title": "t", "goal": Goal.FORGE, "stopped_by": ("judge",), "slug": "a", "folder": Path()}
    return Attack.model_validate(plain | changed)


def report(*, score: float = 0, verdict: str = "wrong answer", **test: Any) -> dict[str, Any]:
    plain = {"findings": [{"code": "values-differ"}], "blame": "student", "output": ""}
    exercise = {"name": "double", "verdict": verdict, "score": score, "seconds": 1.0, "findings": []}
    return {"score": score, "exercises": [exercise | {"tests": [plain | test]}]}


def judged(
    canaries: Canaries, staff: dict[str, Any] | None, student: object = None, **changed: Any
) -> list[str]:
    return judge_attack(attack(**changed), "ada", Written(staff, student or {}), canaries)


def test_an_attack_that_got_nothing_held(canaries: Canaries):
    assert judged(canaries, report()) == []


def test_points_above_what_is_allowed_are_forged(canaries: Canaries):
    assert judged(canaries, report(score=2), score=2) == []
    assert judged(canaries, report(score=2), score=1) == ["it got 2 points, and may get 1"]


def test_points_are_no_forgery_where_the_layer_that_stops_it_is_missing(canaries: Canaries):
    without = report(score=2) | {"environment": {"missing": ["cgroup: memory is not counted (why)"]}}
    assert judged(canaries, without, needs=("cgroup",)) == []
    assert judged(canaries, without, needs=("pid",)) == ["it got 2 points, and may get 0"]


@pytest.mark.parametrize("place", ["hidden", "secret", "environ", "victim", "own"])
def test_a_canary_in_the_staffs_report_is_a_leak(canaries: Canaries, place: str):
    assert judged(canaries, report(output=f"x{token(place)}")) == [f"it got hold of the canary '{place}'"]


def test_its_own_word_is_no_leak_and_another_ones_is(canaries: Canaries):
    mine = canaries.fill("@@own@@", "ada")
    assert judged(canaries, report(output=mine)) == []
    theirs = canaries.fill("@@own@@", "bob")
    assert judged(canaries, report(output=theirs)) == ["it got hold of the canary 'own'"]


def test_a_hidden_input_may_reach_staff_and_no_student(canaries: Canaries):
    word = canaries.tokens["input"]
    assert judged(canaries, report(output=word)) == []
    told = ["a hidden input reached the student's report"]
    assert judged(canaries, report(), report(findings=[{"code": "exception", "type": word}])) == told
    assert judged(canaries, report(), report(findings=[{"code": "x", "yours": {word: 1}}])) == told
    assert judged(canaries, report(), report(findings=[{"code": "x", "call": f"double({word!r})"}])) == []


def test_a_confession_speaks_against_it(canaries: Canaries):
    confession = canaries.fill("@@confession@@", "ada")[::-1]
    assert judged(canaries, report(output=confession)) == ["it says that it succeeded"]


def test_blame_on_anybody_else_is_no_good(canaries: Canaries):
    fault = {"code": "grader-fault", "detail": "it broke"}
    assert judged(canaries, report(findings=[fault])) == ["the grader took the blame: it broke"]
    assert judged(canaries, report(blame="operator")) == ["somebody else than the student was blamed"]


def test_another_end_than_the_one_that_must_happen_is_told(canaries: Canaries):
    assert judged(canaries, report(), verdicts=("crashed",)) == ["it ended as 'wrong answer'"]
    assert judged(canaries, report(), findings=("crashed", "values-differ")) == []
    assert judged(canaries, report(), findings=("crashed",)) == [
        "its findings are values-differ, not crashed"
    ]


def test_no_report_is_no_good_unless_it_may_be_refused(canaries: Canaries):
    assert judged(canaries, None) == ["there is no report about it"]
    assert judged(canaries, None, absent=True) == []


def test_what_was_touched_is_told_whatever_the_report_says(canaries: Canaries):
    Path(canaries.fill("@@file@@", "ada")).unlink()
    assert judged(canaries, None, absent=True) == ["it changed a file outside"]


def test_a_neighbour_must_get_its_marks_and_the_report_that_it_gets_alone():
    neighbour = Neighbour(title="t", scores={"double": 2}, slug="n", folder=Path())
    alone = Written(report(score=2))
    later = report(score=2)
    later["exercises"][0]["seconds"] = 9.0
    assert judge_neighbour(neighbour, Written(later), alone) == []
    other = judge_neighbour(neighbour, Written(report(score=2, output="x")), alone)
    assert other == ["another report than alone, at .exercises[0].tests[0].output: '' became 'x'"]
    assert judge_neighbour(neighbour, Written(report(score=1)), Written(report(score=1))) == [
        "double: 1 points, not 2"
    ]
    assert judge_neighbour(neighbour, Written(None), alone) == ["there is no report about the neighbour"]


@pytest.mark.parametrize("text", ["\x1b[31m", "\r", "\u202e", "\x9b", "\ud800", "\u2028"])
def test_active_characters_in_text_are_seen(text: str):
    assert [told[:5] for told in unfit(f"a{text}b\n")] == ["holds"]


def test_lines_that_a_build_server_obeys_are_seen():
    assert list(unfit("  ::error::x")) == ["has a line that a build server takes for a command"]
    assert list(unfit("std::vector and a ::colon\n")) == []


def test_reports_are_read_as_strictly_as_any_program_reads_them(tmp_path: Path):
    folder = tmp_path / "students" / "ada"
    folder.mkdir(parents=True)
    (folder / "report.json").write_text('{"score": NaN}')
    (folder / "student.json").write_text("{")
    (folder / "report.txt").write_bytes(b"\xff")
    assert read_written(tmp_path, "ada").wrong == (
        "report.json holds NaN",
        "student.json is not JSON",
        "report.txt holds U+DCFF",
        "report.html cannot be read (FileNotFoundError)",
        "ada.html cannot be read (FileNotFoundError)",
    )
    assert read_written(tmp_path, "bob").staff is None


def test_a_gradebook_with_formulas_or_rows_of_its_own_is_seen(tmp_path: Path):
    book = tmp_path / "grades.csv"
    book.write_text('student,total\n"ada",2\n')
    assert read_gradebook(tmp_path, ["ada"]) == []
    book.write_text("student,total\n=1+1,2\nteacher,7,7\n")
    assert read_gradebook(tmp_path, ["ada"]) == [
        "grades.csv has 2 rows for 1 students",
        "grades.csv has rows of different lengths",
        "grades.csv has the formula '=1+1'",
    ]


def test_what_is_left_is_found_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("grader.verify.hostile.leftovers.SHARED_FOLDERS", (str(tmp_path),))
    (tmp_path / "hostile-1234-x").touch()
    (tmp_path / "other").touch()
    assert left("hostile-1234", tmp_path / "root") == [f"the file {tmp_path / 'hostile-1234-x'}"]
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_a_fingerprint_sees_a_file_that_was_put_back_as_it_was(tmp_path: Path):
    path = tmp_path / "file"
    path.write_text("same")
    before = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == before
    path.write_text("same")
    assert fingerprint(tmp_path) != before


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        ("title = 't'", "goal"),
        ("title = 't'\ngoal = 'win'\nstopped_by = ['judge']", "goal"),
        ("title = 't'\ngoal = 'forge'\nstopped_by = ['judge']\npoints = 1", "points"),
        ("title =", "cannot be read"),
    ],
)
def test_a_manifest_that_is_wrong_is_refused_by_name(tmp_path: Path, manifest: str, told: str):
    (tmp_path / "attacks" / "one").mkdir(parents=True)
    (tmp_path / "attacks" / "one" / "attack.toml").write_text(manifest)
    with pytest.raises(CourseError, match=f"attacks/one/attack.toml.*{told}"):
        read_attacks(tmp_path)


def test_a_folder_without_attacks_is_refused(tmp_path: Path):
    with pytest.raises(CourseError, match="no hostile class here"):
        read_attacks(tmp_path)
