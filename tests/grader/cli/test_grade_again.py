"""`grader grade`, typed again: what is judged anew, what is said to have changed, what outlives it."""

import csv
import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from grader.batch.journal import Journal
from grader.report.files import as_json
from grader.report.model import RunReport
from grader.verdicts import Blame
from tests.grader.cli.a_batch import Batch, refused


@pytest.fixture(autouse=True)
def _nobody_edits_the_grader(monkeypatch: pytest.MonkeyPatch) -> None:
    """While tests run, somebody may: then everything would be stale."""
    monkeypatch.setattr("grader.batch.keys.own_sources", lambda: b"as it is")


@pytest.fixture
def graded(run: Any, klass: Path, batch: Batch) -> Path:
    """The class, graded once: `ada` has all four points."""
    assert run("grade", "submissions", "--out", "reports").code == 0
    assert len(batch.judged) == 6
    return klass


def again(run: Any, *more: str) -> Any:
    said = run("grade", "submissions", "--out", "reports", *more)
    assert said.code == 0, said.err
    return said


def marks(course: Path) -> dict[str, str]:
    rows = csv.DictReader((course / "reports/grades.csv").read_text().splitlines())
    return {row["student"]: row.get("final") or row["total"] for row in rows}


def files(out: Path) -> dict[str, tuple[int, bytes]]:
    """Every report with the moment at which it was written."""
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in out.rglob("students/*/*")}


# --- what is judged anew --------------------------------------------------------


def test_nothing_is_judged_or_written_twice(run: Any, graded: Path, batch: Batch) -> None:
    before = files(graded / "reports")
    said = again(run)
    assert batch.judged == []
    assert files(graded / "reports") == before
    assert "; 6 results were known from before." in said.out
    assert "Nothing changed since the run of " in said.out
    assert not (graded / "reports/changes.csv").exists()


def test_what_was_handed_in_again_is_judged_again(run: Any, graded: Path, batch: Batch) -> None:
    (graded / "submissions/ada/softmax.py").write_text("x = 2\n")
    again(run)
    assert batch.judged == [("ada", "", "softmax")]


def test_the_students_page_says_what_changed_since_the_attempt_before(
    run: Any, graded: Path, batch: Batch
) -> None:
    page, staff = graded / "reports/students/ada/report.html", graded / "reports/staff/ada.html"
    assert "Since the attempt before" not in page.read_text()
    (graded / "submissions/ada/softmax.py").write_text("x = 2\n")
    again(run)
    for each in (page, staff):
        assert each.read_text().count("Since the attempt before") == 1  # not of conv2d, which is as it was
        assert "the same points (2 before, 2 now)" in each.read_text()
    told = page.read_bytes()
    again(run)
    assert page.read_bytes() == told  # nothing came since, so the attempt before is the same one


def test_an_exercise_whose_tests_changed_is_judged_again(run: Any, graded: Path, batch: Batch) -> None:
    (graded / "tests/hidden/test_conv2d.py").write_text("# mended\n")
    again(run)
    assert sorted(batch.judged) == [(name, "", "conv2d") for name in ("=cmd\n", "ada", "bob")]


def test_another_secret_makes_all_stale(run: Any, graded: Path, batch: Batch) -> None:
    again(run, "--seed", "other")
    assert len(batch.judged) == 6


def test_fresh_judges_everything(run: Any, graded: Path, batch: Batch) -> None:
    again(run, "--fresh")
    assert len(batch.judged) == 6
    again(run)
    assert batch.judged == []


def test_what_broke_on_our_side_is_judged_again(run: Any, klass: Path, batch: Batch) -> None:
    batch.blame = Blame.GRADER
    again(run)
    batch.blame = Blame.STUDENT
    said = again(run)
    # The stand-in gives a grader's fault to whatever was not handed in.
    assert sorted(batch.judged) == [("=cmd\n", "", "softmax"), ("bob", "", "conv2d")]
    assert "not final" not in said.err


def test_one_exercise_alone_does_not_forget_the_others(run: Any, graded: Path, batch: Batch) -> None:
    said = again(run, "--only", "softmax")
    assert batch.judged == []
    assert "Nothing changed" in said.out
    assert list(marks(graded).values()) == ["0", "2", "2"]
    said = again(run)
    assert batch.judged == []
    assert "Nothing changed" in said.out


# --- what changed ---------------------------------------------------------------


def fewer_points(run: Any, course: Path, batch: Batch, *more: str) -> Any:
    """The hidden test of softmax is changed, and nobody passes it any more."""
    (course / "tests/hidden/test_softmax.py").write_text("# harder\n")
    batch.good = lambda source: False
    return again(run, *more)


def test_a_regrade_says_who_moved_and_by_how_much(run: Any, graded: Path, batch: Batch) -> None:
    said = fewer_points(run, graded, batch)
    assert "What changed since the run of " in said.out
    assert marks(graded)["ada"] == "2"
    changes = json.loads((graded / "reports/changes.json").read_text())
    moved = {each["student"]: each["moved"] for each in changes["students"]}
    assert moved == {"ada": -2, "bob": -2}
    assert (changes["unchanged"], changes["started"] >= changes["before"]) == (1, True)
    rows = list(csv.DictReader((graded / "reports/changes.csv").read_text().splitlines()))
    assert [(row["student"], row["exercise"]) for row in rows if row["exercise"]] == [
        ("ada", "softmax"),
        ("bob", "softmax"),
    ]
    assert "Changes    reports/changes.csv" in said.out


def test_only_raise_lowers_nobody(run: Any, graded: Path, batch: Batch) -> None:
    said = fewer_points(run, graded, batch, "--only-raise")
    assert marks(graded) == {"'=cmd\\n": "2", "ada": "4", "bob": "2"} or marks(graded)["ada"] == "4"
    ada = json.loads((graded / "reports/students/ada/report.json").read_text())
    assert ada["exercises"][0]["kept"] == {"score_now": 0, "verdict_now": "missing"}
    assert ada["exercises"][1]["kept"] is None
    assert "the earlier, better result counts" in " ".join(
        (graded / "reports/students/ada/report.txt").read_text().split()
    )
    assert "better result was kept for 2 students" in " ".join(said.out.split())
    # Kept once, it is kept by every run that only raises, and no longer.
    again(run, "--only-raise")
    assert marks(graded)["ada"] == "4"
    again(run)
    assert marks(graded)["ada"] == "2"


def test_an_exercise_that_comes_later_hides_no_change_of_the_others(
    run: Any, klass: Path, batch: Batch
) -> None:
    again(run, "--only", "softmax")
    (klass / "tests/hidden/test_softmax.py").write_text("# harder\n")
    batch.good = lambda source: False
    said = again(run, "--only-raise")
    assert "better result was kept for 2 students" in " ".join(said.out.split())
    ada = json.loads((klass / "reports/students/ada/report.json").read_text())
    assert ada["exercises"][0]["kept"] == {"score_now": 0, "verdict_now": "missing"}
    rows = list(csv.DictReader((klass / "reports/changes.csv").read_text().splitlines()))
    assert ("ada", "conv2d", "new") in {(row["student"], row["exercise"], row["reasons"]) for row in rows}


def test_only_raise_keeps_nothing_of_another_submission(run: Any, graded: Path, batch: Batch) -> None:
    (graded / "submissions/ada/softmax.py").write_text("worse = 1\n")
    batch.good = lambda source: "worse" not in source
    again(run, "--only-raise")
    assert marks(graded)["ada"] == "2"


def test_the_old_result_stays_beside_the_new(run: Any, graded: Path, batch: Batch) -> None:
    fewer_points(run, graded, batch)
    with Journal(graded / "reports") as journal:
        found = journal._database.all(
            "SELECT report FROM results WHERE student = 'ada' AND exercise = 'softmax' ORDER BY id"
        )
        assert [journal._database.unpacked(report)["score"] for (report,) in found] == [2, 0]


def test_students_who_came_and_went_are_said(run: Any, graded: Path, batch: Batch) -> None:
    (graded / "submissions/bob").rename(graded / "submissions/cem")
    said = again(run)
    assert "new: cem" in said.out
    assert "gone: bob" in said.out


def test_a_run_that_was_stopped_is_not_what_is_compared_with(run: Any, graded: Path, batch: Batch) -> None:
    (graded / "tests/hidden/test_softmax.py").write_text("# harder\n")
    batch.good = lambda source: False
    batch.interrupt_after = 2
    assert run("grade", "submissions", "--out", "reports").code == 130
    batch.interrupt_after = None
    again(run)
    changes = json.loads((graded / "reports/changes.json").read_text())
    assert {each["student"]: each["moved"] for each in changes["students"]} == {"ada": -2, "bob": -2}


# --- marks set by hand ----------------------------------------------------------


def test_a_mark_set_by_hand_outlives_every_regrade(run: Any, graded: Path, batch: Batch) -> None:
    by_hand = "student,exercise,score,reason\nbob,conv2d,1.5,shown in the lab\nzoe,conv2d,1,typo\n"
    (graded / "reports/overrides.csv").write_text(by_hand)
    said = again(run)
    assert batch.judged == []
    assert marks(graded)["bob"] == "3.5"
    assert "zoe" in said.err
    assert "shown in the lab" in (graded / "reports/students/bob/report.txt").read_text()
    fewer_points(run, graded, batch)
    assert marks(graded)["bob"] == "1.5"
    again(run, "--fresh")
    assert (graded / "reports/overrides.csv").read_text() == by_hand
    changes = json.loads((graded / "reports/changes.json").read_text())
    assert {each["student"] for each in changes["students"]} == {"=cmd\n", "ada"}


def test_a_file_of_marks_that_is_named_must_be_there(run: Any, klass: Path, batch: Batch) -> None:
    assert "There is no file 'none.csv'" in refused(
        run, "submissions", "--out", "r", "--overrides", "none.csv"
    )
    (klass / "marks.csv").write_text("student,exercise,score,reason\nada,sofmax,1,x\n")
    assert "line 2" in refused(run, "submissions", "--out", "r", "--overrides", "marks.csv")
    assert not (klass / "r").exists()


# --- the journal itself ---------------------------------------------------------


def test_a_second_driver_is_refused(run: Any, graded: Path, batch: Batch) -> None:
    with Journal(graded / "reports"):
        assert "is writing to 'reports'" in refused(run, "submissions", "--out", "reports")


def test_a_damaged_journal_is_put_aside_only_when_asked(run: Any, graded: Path, batch: Batch) -> None:
    journal = graded / "reports/journal.sqlite"
    journal.write_bytes(b"SQLite format 3\x00" + b"\xff" * 4000)
    assert "is damaged; it was left as it is" in refused(run, "submissions", "--out", "reports")
    again(run, "--fresh")
    assert len(batch.judged) == 6
    aside = list((graded / "reports").glob("journal-*.sqlite"))
    assert [path.read_bytes()[-1] for path in aside] == [0xFF]
    again(run)
    assert batch.judged == []


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE published SET marks = x'00'",
        "UPDATE environments SET content = '{'",
        "UPDATE runs SET exercises = '['",
        "DROP TABLE published",
    ],
)
def test_damage_deep_inside_is_put_aside_too(run: Any, graded: Path, batch: Batch, damage: str) -> None:
    with sqlite3.connect(graded / "reports/journal.sqlite") as database:
        database.execute(damage)
    database.close()
    said = run("grade", "submissions", "--out", "reports")
    assert said.code == 2
    assert "is damaged; it was left as it is" in said.err
    again(run, "--fresh")
    assert len(list((graded / "reports").glob("journal-*.sqlite"))) == 1
    again(run)
    assert batch.judged == []


def test_a_full_disk_says_how_to_go_on(
    run: Any, klass: Path, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect

    def small(*asked: Any, **options: Any) -> sqlite3.Connection:
        database = connect(*asked, **options)
        database.execute("PRAGMA max_page_count = 8")
        return database

    monkeypatch.setattr(sqlite3, "connect", small)
    batch.output = os.urandom(4000).hex()
    said = run("grade", "submissions", "--out", "reports")
    assert said.code == 2
    assert "The disk is full" in said.err
    assert "type `grader grade submissions --out reports` to go on" in said.err
    monkeypatch.undo()


def test_the_run_that_is_written_in_pieces_is_the_whole_run(run: Any, graded: Path, batch: Batch) -> None:
    written = (graded / "reports/run.json").read_bytes()
    assert as_json(RunReport.model_validate_json(written)) == written
    assert b"\n  {\n" in written


def test_the_best_attempt_counts_or_the_latest(run: Any, klass: Path, batch: Batch) -> None:
    ada = klass / "submissions/ada"
    for attempt, source in (("attempt-1", "good = 1\n"), ("attempt-2", "bad = 1\n")):
        (ada / attempt).mkdir()
        (ada / attempt / "softmax.py").write_text(source)
    (ada / "softmax.py").unlink()
    (ada / "conv2d.py").rename(ada / "attempt-1" / "conv2d.py")
    batch.good = lambda source: "bad" not in source
    again(run)
    assert ("ada", "attempt-2", "softmax") in batch.judged
    assert ("ada", "attempt-1", "softmax") not in batch.judged
    assert marks(klass)["ada"] == "2"
    toml = klass / "course.toml"
    toml.write_text('attempts = "best"\n' + toml.read_text())
    again(run)
    assert batch.judged == [("ada", "attempt-1", "softmax")]
    assert marks(klass)["ada"] == "4"
    rows = list(csv.DictReader((klass / "reports/changes.csv").read_text().splitlines()))
    assert [(row["student"], row["reasons"]) for row in rows] == [("ada", "another attempt counts")]
