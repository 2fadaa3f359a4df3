"""The lookout: what is going on in a folder, and what is told of it, without touching anything."""

import json
import os
import sqlite3

import pytest

from grader.batch.journal import JOURNAL
from grader.batch.notice import NOTICE
from grader.batch.reading import Reading
from grader.report.examples import EXAMPLES
from grader.report.model import ExerciseReport
from grader.serve import lookout as lookout_module
from grader.serve.lookout import Phase
from grader.serve.telling import ODDITIES, VERDICTS, Herald
from grader.verdicts import Verdict
from tests.grader.report.test_html import HOSTILE
from tests.grader.serve.a_run import ARun, exercise

WRONG, LATE, PASSED = Verdict.WRONG_ANSWER, Verdict.TIMED_OUT, Verdict.PASSED
PLACES = list(VERDICTS)


def looked(folder):
    found = Herald(folder)
    found.look()
    return found


def told(herald, seen=""):
    """What a page is told: its id, whether it is all, the data."""
    found = herald.update(seen)
    return found and (found.id, found.is_whole, json.loads(found.data))


def names(data):
    return [row[1] for row in data["rows"]]


def test_a_folder_that_is_not_there_is_waited_for(tmp_path):
    herald = Herald(tmp_path / "reports")
    herald.look()
    assert herald.lookout.phase is Phase.NOTHING
    assert told(herald)[2]["phase"] == "nothing"
    with ARun(tmp_path / "reports") as run:
        run.says()
        assert herald.look()
        assert herald.lookout.phase is Phase.GRADING


def test_a_run_that_goes_on(run):
    run.done("ada", exercise("softmax"), exercise("conv2d", LATE, EXAMPLES["timed-out"]))
    run.judged("bob", exercise("softmax", WRONG))
    run.says(students=4, graded=3, running=[("bob", "conv2d", 5.0)], ends=99.0)
    herald = looked(run.folder)
    _, is_whole, data = told(herald)
    assert is_whole
    passed, wrong, late = map(PLACES.index, (PASSED, WRONG, LATE))
    assert data["rows"] == [
        [0, "ada", "students/ada/report.html", "2", [["2", passed], ["0", late]], 1],
        [1, "bob", "", "", [["0", wrong], 0], 0],
    ]
    assert (data["phase"], data["done"], data["students"], data["graded"]) == ("grading", 1, 4, 3)
    assert data["running"] == [["bob conv2d", 5.0]]
    assert data["exercises"] == [
        ["softmax", "2", [[passed, 1], [wrong, 1]]],
        ["conv2d", "2", [[late, 1]]],
    ]
    assert [data[f"odd{place}"] for place, (kind, _) in enumerate(ODDITIES) if kind == "Timed out"] == [
        [1, [[0, "conv2d"]]]
    ]
    assert data["pages"] == [["class.html", "The class so far"]]


def test_only_what_is_new_is_told(run):
    for number in range(40):
        run.done(f"student {number}", exercise("softmax"))
    run.says(students=42)
    herald = looked(run.folder)
    while herald.lookout.left:
        herald.look()
    seen, _, data = told(herald)
    assert len(data["rows"]) == 40
    assert not herald.look()
    assert told(herald, seen) is None
    run.done("zoe", exercise("softmax"))
    assert herald.look()
    later, is_whole, data = told(herald, seen)
    assert (is_whole, names(data), data["gone"]) == (False, ["zoe"], [])
    assert set(data) == {"now", "rows", "gone", "done", "exercises"}
    assert len(json.dumps(data)) < 300
    assert told(herald, later) is None
    # Whoever has seen nothing, or something of another server, is told all.
    for odd in ("", "abc.1", "\u0661", f"{herald.lookout.epoch}.99", f"{herald.lookout.epoch}.{'9' * 5000}"):
        assert len(told(herald, odd)[2]["rows"]) == 41


def test_who_comes_again_has_a_row_as_before(run):
    run.done("ada", exercise("softmax", WRONG))
    run.done("bob", exercise("softmax"))
    herald = looked(run.folder)
    seen, _, _ = told(herald)
    first = herald.class_so_far()
    run.done("ada", exercise("softmax"))
    herald.look()
    _, _, data = told(herald, seen)
    assert [row[:2] + row[3:4] for row in data["rows"]] == [[0, "ada", "2"]]
    again = herald.class_so_far()
    assert b"wrong answer" in first
    assert b'class="bad">wrong answer' not in again
    run.journal.withdraw(run.run, "bob")
    herald.look()
    assert told(herald, seen)[2]["gone"] == [1]
    assert b"bob" not in herald.class_so_far()


def test_what_is_judged_is_shown_before_a_student_is_done_and_then_replaced(run):
    run.judged("ada", exercise("softmax", WRONG))
    run.judged("ada", exercise("softmax"))  # of several attempts the one that came last
    herald = looked(run.folder)
    assert told(herald)[2]["rows"][0][3:] == ["", [["2", PLACES.index(PASSED)], 0], 0]
    run.done("ada", exercise("softmax", final=1))
    herald.look()
    assert told(herald)[2]["rows"][0][4][0] == ["1*", PLACES.index(PASSED)]


def test_the_end_of_a_run(run):
    run.done("ada", exercise("softmax"))
    run.says()
    herald = looked(run.folder)
    seen, _, _ = told(herald)
    run.end()
    herald.look()
    assert herald.lookout.phase is Phase.FINISHED
    assert told(herald, seen)[2]["ended"]
    assert herald.class_so_far() is None  # that is the file's business now
    assert [name for name in os.listdir(run.folder) if "sqlite-" in name] == []


def test_a_run_that_stopped_and_one_that_was_killed(tmp_path):
    with ARun(tmp_path) as run:
        run.done("ada", exercise("softmax"))
    herald = looked(tmp_path)
    assert herald.lookout.phase is Phase.STOPPED
    assert b"not all students" in herald.class_so_far()
    run.says()  # nobody is behind it
    herald.look()
    assert herald.lookout.phase is Phase.STOPPED
    with ARun(tmp_path, "2099-01-01T00:00:00+00:00") as again:
        again.says(students=5)
        herald.look()
        assert herald.lookout.phase is Phase.GRADING
        assert told(herald)[2]["rows"] == []


def test_another_run_begins_anew(run):
    run.done("ada", exercise("softmax"))
    herald = looked(run.folder)
    seen, _, _ = told(herald)
    run.run = run.journal.begin("2099-01-01T00:00:00+00:00", ["softmax"])
    run.done("bob", exercise("softmax"))
    herald.look()
    _, is_whole, data = told(herald, seen)
    assert (is_whole, names(data)) == (True, ["bob"])


def test_much_is_read_in_pieces(run, monkeypatch):
    monkeypatch.setattr(lookout_module, "_LOOK_SECONDS", 0)
    monkeypatch.setattr(lookout_module, "_PIECE", 2)
    for number in range(3):
        run.done(f"done {number}", exercise("softmax"))
    for number in range(5):
        run.judged(f"judged {number}", exercise("softmax"))
    herald = Herald(run.folder)
    herald.look()
    assert (len([*herald.lookout.rows]), herald.lookout.left) == (3, 3)
    looks = 1
    while herald.lookout.left:
        herald.look()
        looks += 1
    assert (len([*herald.lookout.rows]), looks) == (8, 3)


def test_who_is_done_in_the_middle_of_a_look_is_seen_by_the_next(run, monkeypatch):
    run.done("ada", exercise("softmax"))
    herald, last_run = Herald(run.folder), Reading.last_run

    def meanwhile(journal):
        found = last_run(journal)
        if "bob" not in done:
            done.append("bob")
            run.done("bob", exercise("softmax"))
        return found

    done = []
    monkeypatch.setattr(Reading, "last_run", meanwhile)
    herald.look()
    assert names(told(herald)[2]) == ["ada"]
    herald.look()
    assert names(told(herald)[2]) == ["ada", "bob"]


def test_a_look_changes_nothing(run):
    run.done("ada", exercise("softmax"))
    run.says()

    def seen():
        return {
            path: (path.stat().st_size, path.stat().st_mtime_ns)
            for path in run.folder.rglob("*")
            if not path.name.endswith("-shm")  # what processes tell each other of the journal
        }

    before = seen()
    herald = looked(run.folder)
    herald.class_so_far()
    assert seen() == before
    run.end()
    before = seen()
    herald.look()
    looked(run.folder)
    assert seen() == before


def test_reports_without_a_journal(tmp_path):
    with ARun(tmp_path) as run:
        run.done("ada", exercise("softmax"))
    (tmp_path / JOURNAL).unlink()
    (tmp_path / "class.html").write_text("x")
    herald = looked(tmp_path)
    assert herald.lookout.phase is Phase.PAGES
    assert told(herald)[2]["pages"] == [["class.html", "The class"]]


def test_a_journal_that_cannot_be_read_is_said_and_mends(tmp_path):
    (tmp_path / JOURNAL).write_bytes(b"no journal at all")
    herald = looked(tmp_path)
    assert "cannot be read" in told(herald)[2]["problem"]
    (tmp_path / JOURNAL).unlink()
    with ARun(tmp_path) as run:
        run.says()
        herald.look()
        assert told(herald)[2]["problem"] == ""


def test_a_damaged_row_is_a_problem_and_no_end(run):
    run.done("ada", exercise("softmax"))
    with sqlite3.connect(run.folder / JOURNAL) as other:
        other.execute("UPDATE results SET report = x'00'")
    other.close()
    assert "cannot be read" in told(looked(run.folder))[2]["problem"]


@pytest.mark.parametrize("kind", sorted(set(HOSTILE) - {"surrogate"}))  # no journal takes one
def test_hostile_names_come_out_inert(run, kind):
    name = HOSTILE[kind][:3000]
    run.done(name, exercise("softmax", LATE, EXAMPLES["timed-out"]))
    run.judged(name + "2", exercise("softmax"))
    data = looked(run.folder).update().data
    assert data.isascii()
    assert data.isprintable()
    for row in json.loads(data)["rows"]:
        assert row[1].isprintable()
        assert len(row[1]) < 100
        assert row[2] == "" or row[2].startswith("students/")


def test_every_verdict_has_a_place_and_a_look():
    assert set(VERDICTS) == {verdict.value for verdict in Verdict}
    assert ExerciseReport.model_fields["verdict"].annotation is Verdict
    assert NOTICE not in VERDICTS
