"""The journal: what it keeps through crashes, and what it says of files that are none."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from grader.batch.journal import JOURNAL, LOCK, Journal, put_aside
from grader.errors import OutputError
from grader.findings import GraderFault, ValuesDiffer
from grader.report.examples import EXAMPLES
from grader.report.model import Environment, ExerciseReport, Kept, Override, StudentReport
from grader.verdicts import Isolation, Verdict

ENVIRONMENT = Environment(
    grader="1", python="3.13", torch="2.13", devices=("cpu",),
    isolation_level=Isolation.FULL, isolation=("pid",), missing=(),
)  # fmt: skip
OTHER = ENVIRONMENT.model_copy(update={"torch": "2.14"})


def a_report(name: str = "softmax", **fields: object) -> ExerciseReport:
    plain: dict[str, object] = {
        "name": name, "title": "T", "verdict": Verdict.WRONG_ANSWER, "score": 0, "max_score": 0, "files": (),
        "notes": (), "findings": (), "tests": (), "seconds": 0.25,
    }  # fmt: skip
    return ExerciseReport.model_validate(plain | fields)


def record(journal: Journal, key: str = "k", report: ExerciseReport | None = None, **fields: object):
    told: dict[str, object] = {"content": "c", "environment": ENVIRONMENT} | fields
    return journal.record("ada", "", "softmax", key=key, report=report or a_report(), **told)


def of_student(student: str, *exercises: ExerciseReport, environment: Environment = ENVIRONMENT):
    return StudentReport(
        student=student, course="C", score=0, max_score=0, exercises=exercises,
        digest="d", environment=environment, penalty=0, final=0, final_max=0,
    )  # fmt: skip


# --- results --------------------------------------------------------------------


def test_a_result_is_found_again_by_its_key(tmp_path):
    report = a_report(findings=tuple(EXAMPLES.values()), notes=("\x1b[31m", "\ud800 alone", "é"))
    with Journal(tmp_path) as journal:
        told = record(journal, "k", report)
        assert journal.known("other") is None
    with Journal(tmp_path) as journal:
        found = journal.known("k")
    assert found is not None
    assert repr(found) == repr(told)  # by their texts, because NaN equals nothing
    assert repr(found.report) == repr(report)
    assert found.environment == ENVIRONMENT


def test_numbers_come_back_to_the_last_bit(tmp_path):
    (differ,) = (each for each in EXAMPLES.values() if isinstance(each, ValuesDiffer))
    report = a_report(seconds=0.1 + 0.2, findings=(differ,))
    with Journal(tmp_path) as journal:
        record(journal, "k", report)
        found = journal.known("k")
    assert found is not None
    assert repr(found.report) == repr(report)


def test_of_two_results_the_later_is_known(tmp_path):
    with Journal(tmp_path) as journal:
        record(journal, "k", a_report(title="before"))
        record(journal, "k", a_report(title="after"))
        found = journal.known("k")
    assert found is not None
    assert found.report.title == "after"


def test_a_result_that_does_not_hold_is_kept_but_not_known(tmp_path):
    with Journal(tmp_path) as journal:
        told = record(journal, "k", a_report(findings=(GraderFault(detail="x"),)), holds=False)
        assert journal.known("k") is None
        assert told.id == 1


def test_a_journal_that_nothing_was_written_to_goes_away(tmp_path):
    with Journal(tmp_path):
        assert (tmp_path / JOURNAL).exists()
    assert list(tmp_path.iterdir()) == []


def test_killed_at_any_moment_it_keeps_what_it_told(tmp_path):
    """A process that records and says so is killed: all that was said is there."""
    script = (
        "import sys\nfrom pathlib import Path\nfrom tests.grader.batch.test_journal import *\n"
        "journal = Journal(Path(sys.argv[1]))\n"
        "for i in range(10000):\n    record(journal, f'k{i}')\n    print(i, flush=True)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
        text=True,
    )
    assert process.stdout is not None
    for _ in range(20):
        process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    told = 20 + len(process.stdout.read().splitlines())
    process.wait()
    process.stdout.close()
    with Journal(tmp_path) as journal:  # the lock went with its process
        assert all(journal.known(f"k{i}") for i in range(told))
        record(journal, "more")


# --- one writer -----------------------------------------------------------------


def test_a_second_driver_is_told_who_has_it(tmp_path):
    with Journal(tmp_path) as journal:
        record(journal)
        with pytest.raises(OutputError, match=rf"\(process {os.getpid()}\) is writing to '{tmp_path}'; wait"):
            Journal(tmp_path)
        with pytest.raises(OutputError, match="is writing to"):
            put_aside(tmp_path)
    with Journal(tmp_path) as journal:
        assert journal.known("k")


@pytest.mark.parametrize("name", [JOURNAL, LOCK])
def test_a_link_is_not_followed(tmp_path, name):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"")
    out = tmp_path / "out"
    out.mkdir()
    (out / name).symlink_to(elsewhere)
    with pytest.raises(OutputError):
        Journal(out)
    assert elsewhere.read_bytes() == b""


# --- what is no journal ---------------------------------------------------------


def refusal(folder: Path) -> str:
    before = (folder / JOURNAL).read_bytes()
    with pytest.raises(OutputError) as refused:
        Journal(folder)
    assert (folder / JOURNAL).read_bytes() == before
    assert "--fresh" in str(refused.value)
    return str(refused.value)


def test_a_damaged_journal_is_left_alone(tmp_path):
    (tmp_path / JOURNAL).write_bytes(b"no database at all")
    assert "is damaged, or no journal; it was left as it is" in refusal(tmp_path)
    (tmp_path / JOURNAL).write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)
    assert "is damaged" in refusal(tmp_path)


def test_a_result_that_was_damaged_is_said(tmp_path):
    with Journal(tmp_path) as journal:
        record(journal)
    with sqlite3.connect(tmp_path / JOURNAL) as database:
        database.execute("UPDATE results SET report = x'00'")
    database.close()
    with Journal(tmp_path) as journal, pytest.raises(OutputError, match="is damaged"):
        journal.known("k")


def test_another_programs_database_is_left_alone(tmp_path):
    with sqlite3.connect(tmp_path / JOURNAL) as database:
        database.execute("CREATE TABLE mine (a)")
    database.close()
    assert "is not a journal of this grader" in refusal(tmp_path)


def test_a_newer_journal_is_left_alone(tmp_path):
    with Journal(tmp_path) as journal:
        record(journal)
    with sqlite3.connect(tmp_path / JOURNAL) as database:
        database.execute("PRAGMA user_version = 7")
    database.close()
    assert "is of a newer grader (version 7)" in refusal(tmp_path)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / JOURNAL)
    with pytest.raises(OutputError, match="is no file"):
        Journal(tmp_path)


def test_what_is_put_aside_is_not_lost(tmp_path):
    (tmp_path / JOURNAL).write_bytes(b"precious")
    aside = put_aside(tmp_path)
    assert aside is not None
    assert aside.read_bytes() == b"precious"
    assert put_aside(tmp_path) is None
    with Journal(tmp_path) as journal:
        record(journal)


def test_an_empty_file_is_a_new_journal(tmp_path):
    """As a driver leaves it that was killed before it could write anything."""
    (tmp_path / JOURNAL).write_bytes(b"")
    with Journal(tmp_path) as journal:
        record(journal)


# --- runs -----------------------------------------------------------------------


def test_a_run_is_read_back_as_it_was_published(tmp_path):
    judged = a_report(findings=tuple(EXAMPLES.values()))
    counts = judged.model_copy(
        update={
            "penalty": 0.5,
            "final": 2.0,
            "weight": 3.0,
            "dropped": True,
            "override": Override(score=2, reason="=cmd"),
            "kept": Kept(score_now=0, verdict_now=Verdict.TIMED_OUT),
            "attempt": "attempt-1",
        }
    )
    whole = of_student("=cmd\n", counts, environment=OTHER)
    with Journal(tmp_path) as journal:
        result = record(journal, "k", judged)
        run = journal.begin("2026-11-21T10:00:00+00:00", ["softmax"])
        journal.publish(run, of_student("=cmd\n", judged), {"softmax": result.id})
        journal.publish(run, whole, {"softmax": result.id})
        journal.complete(run)
    with Journal(tmp_path) as journal:
        later = journal.begin("2026-11-22T10:00:00+00:00", ["softmax"])
        assert journal.before(later) == run
        assert list(journal.students(run)) == ["=cmd\n"]
        found = journal.published(run, "=cmd\n")
        assert found is not None
        assert repr(found.report) == repr(whole)
        assert (found.results, found.contents) == ({"softmax": result.id}, {"softmax": "c"})
        assert journal.published(run, "bob") is None


def test_the_attempt_before_is_the_last_one_of_which_something_else_was_handed_in(tmp_path):
    def run(title, content, *, complete=True):
        result = record(journal, report=a_report(title=title), content=content)
        number = journal.begin(title, ["softmax"])
        journal.publish(number, of_student("ada", a_report()), {"softmax": result.id})
        if complete:
            journal.complete(number)

    def before(content, student="ada", exercise="softmax"):
        found = journal.attempt_before(now, student, exercise, content)
        return found.title if found is not None else None

    with Journal(tmp_path) as journal:
        run("first", "a")
        run("second", "b")
        run("third", "b")
        run("broken off", "c", complete=False)
        now = journal.begin("now", ["softmax"])
        assert [before("b"), before("a"), before("d")] == ["first", "third", "third"]
        assert before("a", student="bob") is before("a", exercise="conv2d") is None


def test_a_run_that_never_ended_is_not_compared_with(tmp_path):
    with Journal(tmp_path) as journal:
        result = record(journal)
        run = journal.begin("a", ["softmax"])
        journal.publish(run, of_student("ada", a_report()), {"softmax": result.id})
    with Journal(tmp_path) as journal:
        later = journal.begin("b", ["softmax"])
        assert journal.before(later) is None
        assert list(journal.students(run)) == []


def test_a_run_is_compared_with_one_that_graded_all_of_its_exercises(tmp_path):
    with Journal(tmp_path) as journal:
        record(journal)
        both = journal.begin("a", ["softmax", "conv2d"])
        journal.complete(both)
        one = journal.begin("b", ["softmax"])
        assert journal.before(one) == both
        journal.complete(one)
        assert journal.before(journal.begin("c", ["softmax"])) == one
        assert journal.before(journal.begin("d", ["conv2d"])) == both


def test_a_run_of_an_exercise_that_is_new_is_compared_in_all_others(tmp_path):
    with Journal(tmp_path) as journal:
        record(journal)
        both = journal.begin("a", ["softmax", "conv2d"])
        journal.complete(both)
        one = journal.begin("b", ["softmax"])
        journal.complete(one)
        assert journal.before(journal.begin("c", ["softmax", "conv2d", "mlp"])) == both
        assert journal.before(journal.begin("d", ["softmax", "mlp"])) == one
        assert journal.before(journal.begin("e", ["mlp"])) is None


def test_fresh_ignores_what_was_before_also_in_the_runs_that_follow(tmp_path):
    with Journal(tmp_path) as journal:
        record(journal, "old")
        journal.begin("a", ["softmax"], fresh=True)
        assert journal.known("old") is None
        record(journal, "new")
    with Journal(tmp_path) as journal:
        journal.begin("b", ["softmax"])  # as where the fresh run was stopped half way
        assert journal.known("old") is None
        assert journal.known("new") is not None


def test_students_of_a_large_class_come_sorted(tmp_path):
    students = [f"s{number:04}" for number in range(1200)]
    with Journal(tmp_path) as journal:
        record(journal)
        run = journal.begin("a", [])
        with journal._database.writing():
            for student in reversed(students):
                journal.publish(run, of_student(student), {})
        assert list(journal.students(run)) == students
        journal.withdraw(run, "s0000")
        assert next(iter(journal.students(run))) == "s0001"


# --- a disk that is full --------------------------------------------------------


def test_a_full_disk_is_said_and_loses_nothing(tmp_path):
    with Journal(tmp_path, "grader grade x") as journal:
        record(journal, "first")
        (pages,) = journal._database.one("PRAGMA page_count")
        journal._database.run(f"PRAGMA max_page_count = {pages}")
        big = a_report(notes=tuple(os.urandom(500).hex() for _ in range(200)))
        with pytest.raises(OutputError, match=r"The disk is full: .* type `grader grade x` to go on"):
            record(journal, "second", big)
        assert journal.known("first")
        journal._database.run("PRAGMA max_page_count = 1000000")
        record(journal, "second", big)
        assert journal.known("second")
