"""The journal as others read it: what is in it, and that nothing is made, left or disturbed by a look."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from grader.batch.journal import JOURNAL, Journal
from grader.batch.reading import Changed, reading, stamp, wait_until_closed
from grader.errors import OutputError
from grader.verdicts import Blame
from tests.grader.cli.a_batch import ENVIRONMENT, exercise_report
from tests.grader.report.conftest import make_student


def record(journal, student="ada", exercise="softmax", good=True):
    report = exercise_report(exercise, good=good, blame=Blame.STUDENT)
    found = journal.record(
        student, "", exercise, key="k", content="c", report=report, environment=ENVIRONMENT
    )
    return report, found.id


def publish(journal, run, student="ada"):
    report, number = record(journal, student)
    whole = make_student(student, report).model_copy(update={"environment": ENVIRONMENT})
    journal.publish(run, whole, {"softmax": number})
    return whole, number


def names(folder):
    return sorted(os.listdir(folder))


def test_without_a_journal_there_is_nothing_to_read(tmp_path):
    with reading(tmp_path) as found:
        assert found is None
    with reading(tmp_path / "nowhere") as found:
        assert found is None
    assert names(tmp_path) == []


def test_a_journal_that_is_written_to_can_be_read(tmp_path):
    with Journal(tmp_path) as journal:
        run = journal.begin("2026-01-01T00:00:00+00:00", ["softmax", "conv2d"])
        whole, first = publish(journal, run)
        _, second = record(journal, "bob", "conv2d", good=False)
        before = names(tmp_path)
        with reading(tmp_path) as found:
            last = found.last_run()
            assert (last.run, last.ended) == (run, None)
            assert found.counting(run) == {"ada": (first,)}
            assert found.published(run, "ada").report == whole
            ((number, student, exercise, report),) = found.fresh(run, 0, 10)
            assert (number, student, exercise) == (second, "bob", "conv2d")
            assert report["verdict"] == "missing"
            assert found.fresh(run, second, 10) == []
        assert names(tmp_path) == before
        journal.complete(run)
        with reading(tmp_path) as found:
            assert found.last_run().ended is not None
    assert [name for name in names(tmp_path) if "-" in name] == []  # the driver was the last to close it


def test_a_journal_at_rest_stays_the_only_file(tmp_path):
    with Journal(tmp_path) as journal:
        run = journal.begin("2026-01-01T00:00:00+00:00", ["softmax"])
        publish(journal, run)
    before = names(tmp_path), (tmp_path / JOURNAL).read_bytes()
    with reading(tmp_path) as found:
        assert found.counting(run) == {"ada": (1,)}
        assert names(tmp_path) == before[0]
    assert (names(tmp_path), (tmp_path / JOURNAL).read_bytes()) == before


def test_results_of_an_earlier_run_are_not_fresh(tmp_path):
    with Journal(tmp_path) as journal:
        record(journal, "bob")
        run = journal.begin("2099-01-01T00:00:00+00:00", ["softmax"])
        with reading(tmp_path) as found:
            assert found.fresh(run, 0, 10) == []


def test_who_begins_to_write_meanwhile_is_noticed(tmp_path):
    with Journal(tmp_path) as journal:
        record(journal)

    def read_while_another_writes():
        with reading(tmp_path), Journal(tmp_path) as journal:
            record(journal, "bob")

    with pytest.raises(Changed):
        read_while_another_writes()


def test_what_a_killed_driver_left_is_read_too(tmp_path):
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom grader.batch.journal import Journal\n"
        "from tests.grader.batch.test_reading import publish\n"
        "journal = Journal(Path(sys.argv[1]))\n"
        "publish(journal, journal.begin('2026-01-01T00:00:00+00:00', ['softmax']))\n"
        "os._exit(9)\n"
    )
    subprocess.run([sys.executable, "-c", script, tmp_path], check=False)
    before = names(tmp_path)
    assert f"{JOURNAL}-wal" in before
    with reading(tmp_path) as found:
        assert list(found.students(found.last_run().run)) == ["ada"]
    assert names(tmp_path) == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("ended", [True, False])
def test_whoever_may_only_read_the_folder_can(ended):
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom grader.batch.reading import reading\n"
        "os.setgid(65534); os.setuid(65534)\n"
        "with reading(Path(sys.argv[1])) as found:\n    print(*found.students(found.last_run().run))\n"
    )
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)  # not pytest's, which nobody else can enter
        folder.chmod(0o755)
        journal = Journal(folder)
        publish(journal, journal.begin("2026-01-01T00:00:00+00:00", ["softmax"]))
        if ended:
            journal.close()
        before = names(folder)
        asked = [sys.executable, "-c", script, place]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        assert (done.stdout, done.stderr, names(folder)) == ("ada\n", "", before)
        if not ended:
            journal.close()


def test_a_journal_without_a_log_beside_it_is_read_under_its_lock(tmp_path):
    with Journal(tmp_path) as journal:
        record(journal)
    with sqlite3.connect(tmp_path / JOURNAL) as plain:
        plain.execute("PRAGMA journal_mode = DELETE")
    plain.close()
    writer = sqlite3.connect(tmp_path / JOURNAL, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    with reading(tmp_path) as found:  # as on some network file systems
        assert found.last_run() is None
    writer.execute("ROLLBACK")
    writer.close()


@pytest.mark.parametrize("content", [b"nothing of ours", b"SQLite format 3\x00" + bytes(2000)])
def test_what_is_no_journal_is_refused_and_left(tmp_path, content):
    (tmp_path / JOURNAL).write_bytes(content)
    with pytest.raises(OutputError), reading(tmp_path):
        pass
    assert (names(tmp_path), (tmp_path / JOURNAL).read_bytes()) == ([JOURNAL], content)


def test_another_programs_database_is_refused(tmp_path):
    with sqlite3.connect(tmp_path / JOURNAL) as other:
        other.execute("CREATE TABLE results (id)")
    other.close()
    with pytest.raises(OutputError, match="no journal that this grader"), reading(tmp_path):
        pass


def test_a_link_in_the_journals_place_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    with Journal(tmp_path / "elsewhere") as journal:
        record(journal)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / JOURNAL).symlink_to(tmp_path / "elsewhere" / JOURNAL)
    with reading(tmp_path / "run") as found:
        assert found is None


def test_a_driver_may_close_first(tmp_path):
    with Journal(tmp_path) as journal:
        record(journal)
        (tmp_path / "progress.json").write_text("{}")
        wait_until_closed(tmp_path)  # it is there: not at all
        assert stamp(tmp_path)[1] is not None
    (tmp_path / "progress.json").unlink()
    wait_until_closed(tmp_path)
    assert stamp(tmp_path)[1] is None
