"""`grader similar` as it is typed: a table, pages, JSON, and what cannot be done."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.similar.reading import Reader
from tests.grader.similar.classes import ROOT, accepted, renamed, written

GRADER = Path(sys.executable).with_name("grader")


@pytest.fixture
def klass(tmp_path, monkeypatch):
    """Right solutions of conv2d by different algorithms, and one of them once more under other names."""
    monkeypatch.setenv("GRADER_COURSE", str(ROOT))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    texts = accepted("conv2d")
    return written(tmp_path / "submissions", "conv2d", {**texts, "zoe": renamed(texts["seven-loops"])})


def test_a_table(run, klass):
    said = run("similar", "submissions")
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[1].split() == ["seven-loops", "and", "zoe", "conv2d", "100%", *lines[1].split()[-3:]]
    assert "There may be good reasons" in " ".join(said.out.split())
    assert ["softmax", "0", "of", "0", "too", "few", "to", "say", "nothing"] in [
        line.split() for line in lines
    ]
    assert all(len(line) <= 80 for line in lines)


def test_pages(run, klass):
    said = run("similar", "submissions", "--only", "conv2d", "--out", "alike")
    assert (said.code, said.err) == (0, "")
    assert said.out.endswith("Side by side: alike/index.html\n")
    assert sorted(os.listdir("alike")) == ["index.html", "pair-001.html", "similar.json"]
    assert "softmax" not in said.out


def test_json(run, klass):
    said = run("similar", "submissions", "--json", "--out", "alike")
    document = json.loads(said.out)
    assert document == json.loads(Path("alike/similar.json").read_text())
    assert [pair["students"] for pair in document["pairs"]] == [["seven-loops", "zoe"]]
    assert document["schema_version"] == 1


def test_nothing_to_tell(run, klass):
    for path in (klass / "zoe").iterdir():
        path.unlink()
    said = run("similar", "submissions", "--only", "conv2d")
    assert said.code == 0
    assert said.out.startswith("No pair is much more alike than the class at large.")


def test_a_class_of_one(run, klass):
    said = run("similar", "submissions/zoe", "--only", "conv2d")
    assert said.code == 0
    assert "too few to say" in said.out


def test_hostile_names_and_files_act_on_nothing(run, klass):
    evil = klass / "eve\x1b[2J<b>"
    evil.mkdir()
    (evil / "conv2d.py").write_bytes(b"x" * (5 << 20))
    said = run("similar", "submissions", "--out", "alike")
    assert said.code == 0
    assert "\x1b" not in said.out + said.err
    assert "conv2d.py is not compared: it has more code than anybody writes." in said.err
    assert "<b>" not in Path("alike/index.html").read_text()


REFUSED = {
    "an exercise that there is not": (["--only", "conv3d"], "conv2d"),
    "pages among the submissions": (["--out", "submissions/alike"], "among the submissions"),
}


@pytest.mark.parametrize(("options", "says"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_done_is_one_sentence(options, says, run, klass):
    said = run("similar", "submissions", *options)
    assert (said.code, said.out) == (2, "")
    assert says in said.err
    assert said.err.count("\n") == 1


def test_a_folder_that_is_not_there(run, klass):
    said = run("similar", "nothing", "--out", "alike")
    assert said.code == 2
    assert "There is no folder 'nothing'" in said.err
    assert not Path("alike").exists()


def test_ctrl_c_ends_it_with_a_word_and_no_half_pages(run, klass, monkeypatch):
    def stopped(self, bundle, entry_points):
        raise KeyboardInterrupt

    monkeypatch.setattr(Reader, "code", stopped)
    said = run("similar", "submissions", "--out", "alike")
    assert (said.code, said.out, said.err) == (130, "", "grader: Stopped.\n")
    assert not Path("alike").exists()


def children(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_a_signal_while_it_reads_leaves_no_process(klass):
    for number in range(400):
        (klass / f"s{number:03}").mkdir()
        (klass / f"s{number:03}" / "conv2d.py").write_text("x = f(y)\n" * 2000)
    command = [GRADER, "similar", "submissions", "--out", "alike"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while not (below := children(process.pid)):
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "grader: Stopped.\n")
    assert not [pid for pid in below if Path(f"/proc/{pid}").exists()]
    assert not Path("alike").exists()
