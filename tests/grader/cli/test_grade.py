"""`grader grade`: what it writes, what it refuses, what Ctrl-C leaves. Judging is tested elsewhere."""

import csv
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from grader.cli.grade import default_jobs
from grader.report.model import MistakeReport, RunReport, StudentReport
from grader.verdicts import Blame
from tests.grader.cli.a_batch import ENVIRONMENT, Batch, refused

A_MISTAKE = MistakeReport(
    name="sum_over_batch",
    headline="The sum runs over the whole batch.",
    explanation="Each row is to sum to one.",
    question="Along which dimension?",
    section="The contract",
    tests=1,
)


def written(out: Path) -> list[str]:
    return sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())


# --- what it writes -------------------------------------------------------------


def test_everything_is_written_and_said(run: Any, klass: Path, batch: Batch) -> None:
    said = run("grade", "submissions", "--out", "reports")
    assert (said.code, said.err) == (0, "")
    reports = klass / "reports"
    odd = next(path.name for path in (reports / "students").iterdir() if path.name.startswith("_cmd"))
    assert written(reports) == sorted(
        ["class.html", "grades.csv", "grades.txt", "run.json", "journal.lock", "journal.sqlite"]
        + [
            f"students/{student}/{file}"
            for student in ("ada", "bob", odd)
            for file in ("report.html", "report.json", "report.txt", "student.json")
        ]
        + [f"staff/{student}.html" for student in ("ada", "bob", odd)]
    )
    assert said.out.startswith("Marking 3 submissions of 2 exercises on cpu, ")
    lines = said.out.splitlines()
    assert [line.split() for line in lines if line.startswith("ada")] == [["ada", "2", "2", "4/4"]]
    assert "Gradebook  reports/grades.csv" in lines
    assert "The class  reports/class.html" in lines
    assert f"Reports    reports/students, such as reports/students/{odd}/report.html" in lines
    assert "All data   reports/run.json" in lines


def test_the_run_is_whole_and_sorted_by_student(run: Any, klass: Path, batch: Batch) -> None:
    run("grade", "submissions", "--out", "reports")
    report = RunReport.model_validate_json((klass / "reports/run.json").read_bytes())
    assert [student.student for student in report.students] == ["=cmd\n", "ada", "bob"]
    assert (report.course, report.environment) == ("A course", ENVIRONMENT)
    rows = list(csv.DictReader((klass / "reports/grades.csv").read_text().splitlines()))
    assert [row["total"] for row in rows] == ["2", "4", "2"]


def test_what_the_class_has_in_common_is_said_and_written(run: Any, klass: Path, batch: Batch) -> None:
    """A mistake of two students; the journal's results count the same, exercises that are left out do not."""
    batch.good, batch.mistakes = lambda source: "bad" not in source, (A_MISTAKE,)
    assert "Mistakes" not in run("grade", "submissions", "--out", "others").out
    for path in ("ada/softmax.py", "ada/conv2d.py", "bob/softmax.py"):
        (klass / "submissions" / path).write_text("bad = 1\n")
    for more in ((), (), ("--fresh",)):
        said = run("grade", "submissions", "--out", "reports", *more)
        after = said.out.partition("Mistakes most often made\n")[2].splitlines()
        assert [line.rstrip() for line in after[:2]] == [
            "    2 of 2  softmax sum_over_batch: The sum runs over the whole batch.",
            "    1 of 2  conv2d sum_over_batch: The sum runs over the whole batch.",
        ]
        seen = RunReport.model_validate_json((klass / "reports/run.json").read_bytes()).class_report
        assert [(it.exercise, it.students) for it in seen.mistakes] == [
            ("softmax", ("ada", "bob")),
            ("conv2d", ("ada",)),
        ]
        assert [(it.exercise, it.taken) for it in seen.tests] == [("softmax", 0), ("conv2d", 1)]
    said = run("grade", "submissions", "--out", "reports", "--only", "conv2d")
    assert "    1 of 2  conv2d sum_over_batch" in said.out
    assert "softmax sum_over_batch" not in said.out


def test_staff_and_student_get_different_views(run: Any, klass: Path, batch: Batch) -> None:
    run("grade", "submissions", "--out", "reports")
    bob = klass / "reports" / "students" / "bob"
    staff = StudentReport.model_validate_json((bob / "report.json").read_bytes())
    student = StudentReport.model_validate_json((bob / "student.json").read_bytes())
    assert (staff.view, student.view) == ("staff", "student")
    assert staff.exercises[1].tests[0].name == "test_secret_name"
    for file in ("student.json", "report.txt", "report.html"):
        text = (bob / file).read_text()
        assert "test_secret_name" not in text
        assert "for staff only" not in text
    assert "test_secret_name" in (klass / "reports" / "staff" / "bob.html").read_text()
    assert "bob" in (bob / "report.txt").read_text()


def test_options_reach_the_batch(run: Any, klass: Path, batch: Batch) -> None:
    run(
        "grade",
        "submissions",
        "--out",
        "r",
        "--only",
        "conv2d",
        "--jobs",
        "3",
        "--device",
        "all",
        "--seed",
        "s",
    )
    asked = batch.options
    assert (asked["slots"], asked["device"], asked["secret"]) == (3, "all", "s")
    assert asked["course"].secret == "s"
    assert {exercise for _, _, exercise in batch.judged} == {"conv2d"}
    run("grade", "submissions", "--out", "q", "--only", "conv2d", "--only", "softmax", "--gpu-slots", "2")
    asked = batch.options
    assert asked["names"] == ("softmax", "conv2d")
    assert (asked["slots"], asked["gpu_slots"], asked["scheduler"]) == (default_jobs(), 2, None)
    assert 1 <= default_jobs() <= 16


def test_what_lies_beside_the_students_is_said(run: Any, klass: Path, batch: Batch) -> None:
    (klass / "submissions" / "late.txt").write_text("")
    said = run("grade", "submissions", "--out", "reports")
    assert said.code == 0
    assert said.err == (
        "note: Files beside the students' folders belong to nobody and were not read: late.txt.\n"
    )
    report = RunReport.model_validate_json((klass / "reports/run.json").read_bytes())
    assert [f"note: {note}\n" for note in report.notes] == [said.err]


def test_marks_that_are_not_final_are_said(run: Any, klass: Path, batch: Batch) -> None:
    batch.blame = Blame.EXERCISE
    said = run("grade", "submissions", "--out", "reports")
    assert said.code == 0
    assert said.err == (
        "warning: Marks of 2 students are not final, because something broke that is not theirs, in "
        "conv2d, softmax; report.json says what, `grader verify` tries the course itself, and the same "
        "command judges these again.\n"
    )


def test_a_second_run_replaces_the_first(run: Any, klass: Path, batch: Batch) -> None:
    run("grade", "submissions", "--out", "reports")
    (klass / "submissions" / "bob").rename(klass / "submissions" / "cem")
    (klass / "reports/students/notes").mkdir()
    (klass / "reports/students/notes/mine.txt").write_text("keep")
    (klass / "reports/mine.txt").write_text("keep")
    assert run("grade", "submissions", "--out", "reports").code == 0
    students = {path.name for path in (klass / "reports/students").iterdir()}
    assert {"ada", "cem", "notes"} < students
    assert "bob" not in students
    assert (klass / "reports/mine.txt").read_text() == "keep"


# --- what it refuses ------------------------------------------------------------


def test_somebody_elses_folder_is_refused(run: Any, klass: Path, batch: Batch) -> None:
    assert refused(run, "submissions", "--out", "exercises") == (
        "'exercises' holds other things, such as 'conv2d'; "
        "name an empty or new folder with --out, or one with an earlier run's reports."
    )
    assert "holds other things" in refused(run, "submissions", "--out", "submissions")
    assert batch.options == {}
    (klass / "empty").mkdir()
    assert run("grade", "submissions", "--out", "empty").code == 0


def test_reports_among_the_submissions_are_refused(run: Any, klass: Path, batch: Batch) -> None:
    assert refused(run, "submissions", "--out", "submissions/reports") == (
        "'submissions/reports' lies among the submissions, where the next run would take it for a student; "
        "name another folder with --out."
    )
    assert not (klass / "submissions" / "reports").exists()


def test_a_file_is_no_folder(run: Any, klass: Path, batch: Batch) -> None:
    assert (
        refused(run, "submissions", "--out", "course.toml")
        == "'course.toml' is a file; name a folder with --out."
    )
    assert "(Not a directory)" in refused(run, "submissions", "--out", "course.toml/reports")


def test_an_unwritable_folder(run: Any, klass: Path, batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Permissions do not stop the superuser, so the attempt itself is replaced.
    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert refused(run, "submissions", "--out", "reports") == (
        "Reports cannot be written to 'reports' (Permission denied); name another folder with --out."
    )
    assert batch.options == {}


def test_a_disk_that_fills_up_ends_in_a_sentence(
    run: Any, klass: Path, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    said = run("grade", "submissions", "--out", "reports")
    assert said.code == 2
    assert "disk is full" in said.err
    assert said.err.count("\n") == 1
    assert "What is graded is kept: `grader grade submissions --out reports` goes on from there." in said.err
    assert batch.closed
    assert written(klass / "reports") == ["journal.lock", "journal.sqlite"]


def test_no_submissions(run: Any, klass: Path, batch: Batch) -> None:
    assert refused(run, "nowhere", "--out", "r").startswith("There is no folder 'nowhere'")
    (klass / "empty").mkdir()
    assert refused(run, "empty", "--out", "r").startswith("There are no submissions in 'empty'")
    assert refused(run, "course.toml", "--out", "r").startswith("'course.toml' is a file")
    assert not (klass / "r").exists()


def test_an_unknown_exercise(run: Any, klass: Path, batch: Batch) -> None:
    assert "Did you mean 'softmax'?" in refused(run, "submissions", "--out", "r", "--only", "sofmax")
    assert not (klass / "r").exists()


@pytest.mark.parametrize("missing", ["tests/hidden/test_softmax.py", "reference/softmax/solution.py"])
def test_a_students_copy_cannot_mark(run: Any, klass: Path, batch: Batch, missing: str) -> None:
    (klass / missing).unlink()
    if not missing.startswith("tests"):
        (klass / "reference/softmax").rmdir()
    said = refused(run, "submissions", "--out", "r")
    assert said.startswith("'softmax' cannot be marked here: ")
    assert missing.removesuffix("solution.py") in said
    assert run("grade", "submissions", "--out", "r", "--only", "conv2d").code == 0


# --- Ctrl-C ---------------------------------------------------------------------


GO_ON = "`grader grade submissions --out reports` goes on from there."


def test_ctrl_c_keeps_what_is_done(run: Any, klass: Path, batch: Batch) -> None:
    batch.interrupt_after = 5
    said = run("grade", "submissions", "--out", "reports")
    assert said.code == 130
    assert said.err == (
        "grader: Stopped: 2 of 3 students are done, their reports are in reports/students, "
        f"and no gradebook was written; {GO_ON}\n"
    )
    assert batch.closed
    there = [path for path in written(klass / "reports") if not path.startswith(("students/", "staff/"))]
    assert there == ["journal.lock", "journal.sqlite"]
    assert len(written(klass / "reports")) == 12
    batch.interrupt_after = None
    assert run("grade", "submissions", "--out", "reports").code == 0
    assert len(batch.judged) == 1


def test_ctrl_c_before_any_student_keeps_what_is_judged(run: Any, klass: Path, batch: Batch) -> None:
    batch.interrupt_after = 1
    said = run("grade", "submissions", "--out", "reports")
    assert said.err == (
        f"grader: Stopped before any of 3 students was done, with 1 exercise graded and kept; {GO_ON}\n"
    )
    batch.interrupt_after = None
    assert run("grade", "submissions", "--out", "reports").code == 0
    assert len(batch.judged) == 5


def test_the_command_to_go_on_does_not_forget_again(run: Any, klass: Path, batch: Batch) -> None:
    batch.interrupt_after = 1
    said = run("grade", "submissions", "--out", "my reports", "--fresh")
    assert said.err.endswith("`grader grade submissions --out 'my reports'` goes on from there.\n")


def test_ctrl_c_at_once(run: Any, klass: Path, batch: Batch) -> None:
    batch.interrupt_after = 0
    said = run("grade", "submissions", "--out", "reports")
    assert (said.code, said.err) == (
        130,
        "grader: Stopped before any of 3 students was done; nothing was written.\n",
    )
    assert not (klass / "reports").exists()
    batch.interrupt_after = None
    assert run("grade", "submissions", "--out", "reports").code == 0


def test_ctrl_c_leaves_an_earlier_gradebook_alone(run: Any, klass: Path, batch: Batch) -> None:
    run("grade", "submissions", "--out", "reports")
    before = {name: (klass / "reports" / name).read_bytes() for name in ("run.json", "grades.csv")}
    (klass / "submissions" / "bob").rename(klass / "submissions" / "cem")
    batch.interrupt_after = 0
    said = run("grade", "submissions", "--out", "reports")
    assert said.code == 130
    assert "2 of 3 students are done" in said.err
    assert "the gradebook is still the earlier run's" in said.err
    assert {name: (klass / "reports" / name).read_bytes() for name in before} == before
    assert (klass / "reports/students/bob/report.json").exists()


def test_a_stopped_run_can_be_run_again(run: Any, klass: Path, batch: Batch) -> None:
    batch.interrupt_after = 1
    run("grade", "submissions", "--out", "reports")
    (klass / "reports/.0011223344556677.part").write_text("left by a kill")
    batch.interrupt_after = None
    assert run("grade", "submissions", "--out", "reports").code == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_real_signal(klass: Path, number: signal.Signals) -> None:
    """The signal itself, sent to the process while the batch waits."""
    script = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # tests may run in the background,
        "signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"  # where shells and nohup have these ignored
        "import grader.cli.marking\n"
        "class Waits:\n"
        "    def __enter__(self): return self\n"
        "    def __exit__(self, *failed): pass\n"
        "    def run(self, jobs):\n"
        "        print('waiting', flush=True)\n"
        "        time.sleep(60)\n"
        "        yield\n"
        "grader.cli.marking.engine_of = lambda *asked: Waits()\n"
        "sys.argv = ['grader', 'grade', 'submissions', '--out', 'reports']\n"
        "from grader.cli import main\n"
        "main()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], cwd=klass, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        try:
            while "waiting" not in process.stdout.readline():
                assert process.poll() is None
            process.send_signal(number)
            _, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 130
    assert err.endswith("grader: Stopped before any of 3 students was done; nothing was written.\n")


def test_forbidden_text_from_students_reaches_no_terminal(run: Any, klass: Path, batch: Batch) -> None:
    (klass / "submissions" / "\x1b[31mred").mkdir()
    said = run("grade", "submissions", "--out", "reports")
    assert "\x1b" not in said.out + said.err
    assert all("\x1b" not in (klass / "reports" / file).read_text() for file in ("grades.csv", "grades.txt"))
