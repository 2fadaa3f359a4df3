"""`grader grade --watch`: what is marked, when the gradebook is written, how it ends. Nothing is judged."""

import csv
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from grader.batch.arrivals import Arrivals
from grader.judge.job import Job
from grader.report.model import ExerciseReport, RunReport
from tests.grader.cli.a_batch import Batch, exercise_report, refused
from tests.grader.cli.conftest import put
from tests.grader.tiny import SOLUTION, make_course

DEADLINE_SECONDS = 10.0
"""Before a script that waits for something gives up."""


class Evening(Batch):
    """In the place of the engine: judges what comes, and does what a script says whenever nothing does.

    The script yields what must be true before it goes on; at its end somebody presses Ctrl-C.
    """

    script: Callable[["Evening"], Iterator[Callable[[], bool]]]

    def run(self, jobs: Iterable[Job | None]) -> Iterator[tuple[Job, ExerciseReport]]:
        steps = self.script()  # type: ignore[call-arg]
        waited_for, given_up = next(steps), time.monotonic() + DEADLINE_SECONDS
        for job in jobs:
            if job is not None:
                if self.interrupt_after == len(self.judged):
                    raise KeyboardInterrupt
                self.judged.append((job.student, job.attempt, job.exercise))
                yield job, exercise_report(job.exercise, good=job.bundle.problem is None, blame=self.blame)
                continue
            assert time.monotonic() < given_up, "what the script waited for did not come"
            if waited_for():
                try:
                    waited_for, given_up = next(steps), time.monotonic() + DEADLINE_SECONDS
                except StopIteration:
                    raise KeyboardInterrupt from None
            time.sleep(0.005)


@pytest.fixture
def evening(monkeypatch: pytest.MonkeyPatch) -> Evening:
    replaced = Evening()
    monkeypatch.setattr("grader.cli.marking.engine_of", replaced)
    monkeypatch.setattr("grader.cli.watching.Arrivals", partial(Arrivals, settle_seconds=0.02))
    monkeypatch.setattr("grader.batch.arrivals.ROUND_SECONDS", 0.01)
    monkeypatch.setattr("grader.cli.watching.IDLE_SECONDS", 0.0)
    monkeypatch.setattr("grader.cli.watching.BUSY_SECONDS", 0.0)
    return replaced


@pytest.fixture
def watched(course: Path) -> Path:
    folder = course / "submissions"
    folder.mkdir()
    return folder


def watch(
    run: Any, evening: Evening, script: Callable[[Evening], Iterator[Callable[[], bool]]], *more: str
) -> Any:
    evening.script = script.__get__(evening)  # type: ignore[attr-defined]
    return run("grade", "submissions", "--out", "reports", "--watch", *more)


def gradebook(course: Path) -> dict[str, str]:
    try:
        with (course / "reports/grades.csv").open() as file:
            return {row["student"]: row["total"] for row in csv.DictReader(file)}
    except FileNotFoundError:
        return {}


def test_whoever_arrives_is_marked_and_stands_in_the_gradebook(
    run: Any, course: Path, watched: Path, evening: Evening
) -> None:
    books = []

    def script(evening: Evening) -> Iterator[Callable[[], bool]]:
        yield lambda: True
        put(watched / "ada/softmax.py", "x")
        yield lambda: bool(gradebook(course))
        books.append(gradebook(course))
        put(watched / "bob/softmax.py", "x")
        put(watched / "bob/conv2d.py", "x")
        yield lambda: len(gradebook(course)) == 2

    said = watch(run, evening, script)
    assert (said.code, said.err) == (0, "")
    assert books == [{"ada": "2"}]
    assert gradebook(course) == {"ada": "2", "bob": "4"}
    assert said.out.startswith("Marking whatever arrives of 2 exercises on cpu, ")
    assert "2 students in " in said.out
    assert sorted(path.name for path in (course / "reports/students").iterdir()) == ["ada", "bob"]


def test_what_changes_is_marked_again_and_nothing_else(
    run: Any, course: Path, watched: Path, evening: Evening
) -> None:
    def script(evening: Evening) -> Iterator[Callable[[], bool]]:
        put(watched / "ada/softmax.py", "x")
        put(watched / "ada/conv2d.py", "x")
        yield lambda: gradebook(course) == {"ada": "4"}
        evening.judged.clear()
        (watched / "ada/conv2d.py").unlink()
        yield lambda: gradebook(course) == {"ada": "2"}

    assert watch(run, evening, script).code == 0
    assert evening.judged == [("ada", "", "conv2d")]
    seen = RunReport.model_validate_json((course / "reports/run.json").read_bytes()).class_report
    assert seen.students == 1  # and not once more for having come again
    assert [(test.exercise, test.taken, test.passed) for test in seen.tests] == [
        ("softmax", 1, 1),
        ("conv2d", 0, 0),
    ]


def test_who_was_there_before_is_not_judged_again(
    run: Any, course: Path, watched: Path, evening: Evening
) -> None:
    def script(evening: Evening) -> Iterator[Callable[[], bool]]:
        put(watched / "ada/softmax.py", "x")
        yield lambda: bool(gradebook(course))

    def later(evening: Evening) -> Iterator[Callable[[], bool]]:
        (course / "reports/grades.csv").unlink()
        yield lambda: bool(gradebook(course))

    assert watch(run, evening, script).code == 0
    said = watch(run, evening, later)
    assert (said.code, evening.judged) == (0, [])
    assert "Nothing changed since the run of" in said.out


def test_ctrl_c_before_all_is_marked(run: Any, course: Path, watched: Path, evening: Evening) -> None:
    def script(evening: Evening) -> Iterator[Callable[[], bool]]:
        put(watched / "ada/softmax.py", "x")
        yield lambda: bool(gradebook(course))
        put(watched / "bob.zip", "PK, and no end")
        before = time.monotonic()
        yield lambda: time.monotonic() > before + 0.1

    said = watch(run, evening, script)
    assert said.code == 130
    assert said.err == (
        "grader: Stopped: 1 of 2 students are done, the gradebook in 'reports' has those; "
        "`grader grade submissions --out reports --watch` goes on from there.\n"
    )
    assert gradebook(course) == {"ada": "2"}


def test_ctrl_c_while_slots_are_busy_leaves_a_gradebook_of_those_who_are_done(
    run: Any, course: Path, watched: Path, evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.cli.watching.BUSY_SECONDS", 1e9)
    for number in range(3):
        put(watched / f"student-{number}/softmax.py", "x")
    evening.interrupt_after = 5

    def script(evening: Evening) -> Iterator[Callable[[], bool]]:
        yield lambda: False

    said = watch(run, evening, script)
    assert (said.code, len(gradebook(course))) == (130, 2)
    assert "2 of 3 students are done" in said.err


def test_ctrl_c_before_anybody_came(run: Any, course: Path, watched: Path, evening: Evening) -> None:
    def script(evening: Evening) -> Iterator[Callable[[], bool]]:
        before = time.monotonic()
        yield lambda: time.monotonic() > before + 0.1

    said = watch(run, evening, script)
    assert (said.code, said.out.splitlines()[1:]) == (0, ["Nothing has arrived."])


def test_what_never_got_its_name_is_named_at_the_end(
    run: Any, course: Path, watched: Path, evening: Evening
) -> None:
    def script(evening: Evening) -> Iterator[Callable[[], bool]]:
        put(watched / "ada/softmax.py", "x")
        put(watched / "bob\x1b.zip.part", "x")
        yield lambda: bool(gradebook(course))

    said = watch(run, evening, script)
    assert (said.code, said.err) == (0, "note: bob\\x1b.zip.part was still being written and was not read\n")


def test_an_empty_folder_takes_no_earlier_reports_away(
    run: Any, course: Path, watched: Path, evening: Evening
) -> None:
    def script(evening: Evening) -> Iterator[Callable[[], bool]]:
        put(watched / "ada/softmax.py", "x")
        yield lambda: bool(gradebook(course))

    def later(evening: Evening) -> Iterator[Callable[[], bool]]:
        before = time.monotonic()
        yield lambda: time.monotonic() > before + 0.1

    assert watch(run, evening, script).code == 0
    shutil.rmtree(watched)
    watched.mkdir()
    assert watch(run, evening, later).code == 0
    assert gradebook(course) == {"ada": "2"}
    assert (course / "reports/students/ada/report.json").is_file()


def test_a_student_who_is_interrupted_half_way_is_not_done(
    run: Any, course: Path, watched: Path, evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    from grader.cli import marking

    def interrupted(*arguments: Any) -> None:
        raise KeyboardInterrupt

    def script(evening: Evening) -> Iterator[Callable[[], bool]]:
        put(watched / "ada/softmax.py", "x")
        yield lambda: bool(gradebook(course))
        monkeypatch.setattr(marking, "write_student", interrupted)
        put(watched / "ada/softmax.py", "changed")
        yield lambda: False

    assert watch(run, evening, script).code == 130


def test_the_gradebook_is_written_now_and_then_while_slots_are_busy(
    run: Any, course: Path, watched: Path, evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.cli.watching.BUSY_SECONDS", 1e9)
    monkeypatch.setattr("grader.cli.watching.IDLE_SECONDS", 1e9)
    from grader.cli import marking

    written = []
    write = marking.write_class
    monkeypatch.setattr(marking, "write_class", lambda *a: written.append(len(a[0])) or write(*a))

    def script(evening: Evening) -> Iterator[Callable[[], bool]]:
        for number in range(10):
            put(watched / f"student-{number}/softmax.py", "x")
        yield lambda: len(evening.judged) == 20
        put(watched / "ada/softmax.py", "x")
        yield lambda: len(evening.judged) == 22

    assert watch(run, evening, script).code == 0
    assert written[-1] == 11
    assert len(written) <= 3


def test_what_cannot_be_watched(run: Any, course: Path, evening: Evening) -> None:
    put(course / "class.zip", "x")
    said = refused(run, "class.zip", "--out", "reports", "--watch")
    assert said == "'class.zip' is a file; --watch needs a folder in which submissions arrive."
    assert "There is no folder 'nowhere'" in refused(run, "nowhere", "--out", "reports", "--watch")


@pytest.mark.slow
def test_a_watch_of_real_slots_takes_what_is_complete_and_ends_on_ctrl_c(tmp_path: Path) -> None:
    root, folder, out = tmp_path / "course", tmp_path / "submissions", tmp_path / "reports"
    make_course(root)
    folder.mkdir()
    packed = tmp_path / "bob.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("double.py", SOLUTION)
    content = packed.read_bytes()
    grader = Path(sys.executable).with_name("grader")
    command = [str(grader), "--course", str(root), "grade", str(folder), "--out", str(out)]
    command += ["--watch", "--jobs", "1", "--isolation", "process"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        try:
            put(folder / "bob.zip", "").write_bytes(content[:-10])
            put(folder / "eve.part/double.py", SOLUTION)
            put(folder / "ada/double.py", "def double(x, times=2): return 0\n")
            book = out / "grades.csv"
            until(book.is_file)
            assert list(marks(book)) == ["ada"]
            put(folder / "bob.zip", "").write_bytes(content)
            (folder / "eve.part").rename(folder / "eve")
            put(folder / "ada/double.py", SOLUTION)
            until(lambda: len(marks(book)) == 3 and all(got == most for got, most in marks(book).values()))
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0, process.stderr
        finally:
            process.kill()


def marks(book: Path) -> dict[str, tuple[str, str]]:
    with book.open() as file:
        return {row["student"]: (row["double"], row["max"]) for row in csv.DictReader(file)}


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.1)
