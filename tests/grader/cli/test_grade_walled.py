"""Where full isolation cannot be had, for real: what `grader grade` refuses, and that nothing ran."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.sandbox import landlock
from tests.grader.tiny import COURSE, SOLUTION, make_course

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has these layers"),
]

LAUNCHER = Path(__file__).with_name("in_container.py")

SPY = """
try:
    open({marker!r}, "w").close()
except OSError:
    pass
"""


@dataclass(frozen=True)
class Graded:
    """A run of `grader grade`, and where a submission would have left its mark."""

    code: int
    err: str
    out: Path
    marker: Path

    @property
    def levels(self) -> set[str]:
        """What the run and each student's report say about isolation."""
        documents = [self.out / "run.json", *self.out.glob("students/*/*.json")]
        return {json.loads(path.read_text())["environment"]["isolation_level"] for path in documents}


Grade = Callable[..., Graded]


@pytest.fixture
def grade(tmp_path: Path) -> Grade:
    """Grade two submissions that write a file as they are imported, in a container."""
    marker = tmp_path / "ran"
    submissions = tmp_path / "submissions"
    for student in ("ada", "bob"):
        (submissions / student).mkdir(parents=True)
        (submissions / student / "double.py").write_text(SPY.format(marker=str(marker)) + SOLUTION)

    def run(*options: str, jobs: int = 1, old_kernel: bool = False, course: str = COURSE) -> Graded:
        make_course(tmp_path / "course", **{"course.toml": course})
        out = tmp_path / "reports"
        words = ["--course", tmp_path / "course", "grade", submissions, "--out", out, "--jobs", jobs]
        done = contained(*words, *options, old_kernel=old_kernel)
        # How far it is, is told there too.
        told = [line for line in done.stderr.splitlines() if " students, " not in line]
        return Graded(done.returncode, "\n".join(told), out, marker)

    return run


def contained(*arguments: object, old_kernel: bool = False) -> subprocess.CompletedProcess[str]:
    """Run `grader` where a container's profile holds."""
    done = subprocess.run(
        [sys.executable, str(LAUNCHER), *["--old-kernel"] * old_kernel, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"PYTHONPATH": str(LAUNCHER.parents[3])},
    )
    assert "Traceback" not in done.stderr
    return done


def refused(graded: Graded) -> str:
    """The one sentence; no code of a student has run, and nothing is left where reports would be."""
    assert graded.code == 2
    assert not graded.marker.exists()
    assert not graded.out.exists()
    *before, sentence = graded.err.splitlines()
    assert all(line.startswith("warning: Less than full isolation is accepted.") for line in before)
    assert sentence.startswith(("grader: The isolation layer '", "grader: None of the isolation layers '"))
    return sentence


def test_full_isolation_that_cannot_be_had_ends_the_run_before_it_begins(grade: Grade) -> None:
    sentence = refused(grade(jobs=2))
    assert "The isolation layer 'pid' (and network, ipc, uts, private root) cannot be had here" in sentence
    assert "so no student code was run" in sentence
    assert "Operation not permitted" in sentence
    assert "allow user namespaces" in sentence
    assert "--isolation or --accept-missing 'pid'" in sentence


def test_a_layer_that_is_accepted_is_no_longer_asked_for(grade: Grade) -> None:
    accepted = [word for name in ("pid", "uts", "ipc") for word in ("--accept-missing", name)]
    assert "layer 'network' (and private root) cannot be had" in refused(grade(*accepted))
    asked = COURSE + '[isolation]\naccept_missing = ["network", "private root"]\n'
    assert "layer 'pid' (and ipc, uts) cannot be had" in refused(grade(course=asked))


@pytest.mark.skipif(not landlock.abi(), reason="a container's level of isolation needs Landlock")
def test_what_a_container_has_is_enough_if_that_is_what_is_asked_for(grade: Grade) -> None:
    graded = grade(course=COURSE + '[isolation]\nlevel = "container"\n')
    assert (graded.code, graded.levels) == (0, {"container"})
    assert not graded.marker.exists()  # it ran, but could not write
    warnings = graded.err.splitlines()
    assert len(warnings) == 2
    assert warnings[1].startswith(
        "warning: Isolation: container. Student code ran without pid, network, ipc, uts and private root: it "
    )
    report = (graded.out / "students/ada/report.txt").read_text().splitlines()
    assert report[1].startswith("Isolation: container, not full.")
    assert "ada,6,6" in (graded.out / "grades.csv").read_text()


def test_without_landlock_a_container_is_less_than_one(grade: Grade) -> None:
    asked = ("--isolation", "container")
    assert "layer 'landlock' cannot be had" in refused(grade(*asked, old_kernel=True))
    accepted = ["--accept-missing", "landlock"]
    sentence = refused(grade(*asked, *accepted, old_kernel=True))
    assert "'private root', 'uid' and 'landlock' can be had here, so student code could read" in sentence
    assert "--accept-missing private-root --accept-missing uid --accept-missing landlock" in sentence
    accepted += ["--accept-missing", "private-root", "--accept-missing", "uid"]
    graded = grade(*asked, *accepted, old_kernel=True)
    assert (graded.code, graded.levels) == (0, {"process"})
    assert graded.marker.exists()  # so that the file's absence means something in the other tests
    assert "it could read your files" in graded.err.splitlines()[-1]
    assert "it could read your files" in " ".join((graded.out / "grades.txt").read_text().split())


def test_process_is_had_anywhere_and_said(grade: Grade) -> None:
    graded = grade("--isolation", "process", old_kernel=True)
    assert (graded.code, graded.levels) == (0, {"process"})
    assert graded.marker.exists()
    assert graded.err.splitlines() == [
        f"warning: Isolation: process. Student code {ran} without a sandbox: "
        f"it {could} read your files and use the network."
        for ran, could in (("runs", "can"), ("ran", "could"))
    ]


def test_a_student_s_own_check_takes_what_there_is(tmp_path: Path) -> None:
    make_course(tmp_path)
    (tmp_path / "double.py").write_text(SOLUTION)
    done = contained("--course", tmp_path, "check", tmp_path / "double.py", old_kernel=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "all 2 tests passed" in done.stdout
    assert "solation" not in done.stdout  # it is her own code, on her own machine


def test_proving_a_course_takes_what_there_is(tmp_path: Path) -> None:
    make_course(tmp_path)
    done = contained("--course", tmp_path, "verify", "double", "--quick", "--jobs", 1, old_kernel=True)
    told = [line for line in done.stderr.splitlines() if " judged, last " not in line]  # how far it is
    assert (done.returncode, told) == (0, [])
    assert "claims hold" in done.stdout
