"""`grader grade`: how well student code is walled off, from what is typed to the batch and the reports."""

from pathlib import Path
from typing import Any

from grader.errors import IsolationError
from grader.report.model import Environment, RunReport, StudentReport
from grader.sandbox.policy import REQUIRED, Confinement
from grader.verdicts import Blame, Isolation, Layer
from tests.grader.cli.a_batch import Batch, refused

PROCESS = Environment(
    grader="1",
    python="3",
    torch="2",
    devices=("cpu",),
    isolation_level=Isolation.PROCESS,
    isolation=("rlimits", "no new privileges"),
    missing=(),
)
RAN = "Isolation: process. Student code ran without a sandbox: it could read your files and use the network."
RUNS = RAN.replace("ran", "runs").replace("could", "can")


def demands(batch: Batch) -> tuple[frozenset[Layer], bool]:
    """What the batch was asked for: the layers that may be missing, and whether all are put up."""
    confinement = batch.options["confinement"]
    return REQUIRED[Isolation.FULL] - confinement.required, confinement.wanted == frozenset(Layer)


def test_full_isolation_is_demanded_by_default(run: Any, klass: Path, batch: Batch) -> None:
    assert run("grade", "submissions", "--out", "r").err == ""
    assert demands(batch) == (frozenset(), True)


def test_the_command_line_lowers_the_bar_by_name(run: Any, klass: Path, batch: Batch) -> None:
    accepted = ("--accept-missing", "landlock", "--accept-missing", "Private-Root")
    assert run("grade", "submissions", "--out", "r", *accepted).code == 0
    assert demands(batch) == ({Layer.LANDLOCK, Layer.PRIVATE_ROOT}, True)
    said = run("grade", "submissions", "--out", "r", "--isolation", "container")
    assert batch.options["confinement"] == Confinement.demanded(Isolation.CONTAINER)
    assert said.err == (
        "warning: Less than full isolation is accepted. Where this machine lacks pid, network, ipc, uts, "
        "private root and capabilities, student code runs without: it can see the names of your files and "
        "see other processes.\n"
    )


def test_the_course_lowers_the_bar_and_the_command_line_wins(run: Any, klass: Path, batch: Batch) -> None:
    with (klass / "course.toml").open("a") as file:
        file.write('[isolation]\naccept_missing = ["uts"]\n')
    run("grade", "submissions", "--out", "r")
    assert demands(batch) == ({Layer.UTS}, True)
    run("grade", "submissions", "--out", "r", "--accept-missing", "ipc")
    assert demands(batch) == ({Layer.UTS, Layer.IPC}, True)
    assert run("grade", "submissions", "--out", "r", "--isolation", "full").err == ""
    assert demands(batch) == (frozenset(), True)
    run("grade", "submissions", "--out", "r", "--isolation", "full", "--accept-missing", "ipc")
    assert demands(batch) == ({Layer.IPC}, True)


def test_no_sandbox_is_said_before_and_after(run: Any, klass: Path, batch: Batch) -> None:
    batch.environment = PROCESS
    batch.blame = Blame.EXERCISE
    said = run("grade", "submissions", "--out", "reports", "--isolation", "process")
    assert said.code == 0
    first, *_, second, last = said.err.splitlines()
    assert (first, second) == (f"warning: {RUNS}", f"warning: {RAN}")
    assert "are not final" in last
    report = RunReport.model_validate_json((klass / "reports/run.json").read_bytes())
    assert report.environment.isolation_level is Isolation.PROCESS
    ada = klass / "reports/students/ada"
    for file in ("report.json", "student.json"):
        environment = StudentReport.model_validate_json((ada / file).read_bytes()).environment
        assert environment.isolation_level is Isolation.PROCESS
    assert (ada / "report.txt").read_text().splitlines()[1].startswith("Isolation: process, not full.")
    assert " ".join((klass / "reports/grades.txt").read_text().split()).startswith(RAN)


def test_the_warning_is_there_before_anything_runs(run: Any, klass: Path, batch: Batch) -> None:
    batch.interrupt_after = 0
    said = run("grade", "submissions", "--out", "reports", "--isolation", "process")
    assert said.code == 130
    assert said.err.startswith(f"warning: {RUNS}\n")


def test_a_layer_that_does_not_exist(run: Any, klass: Path, batch: Batch) -> None:
    said = refused(run, "submissions", "--out", "r", "--accept-missing", "landlok")
    assert "there is no layer 'landlok'. Did you mean 'landlock'? The layers are: cgroup, pid, " in said
    assert "'--accept-missing'" in said
    assert "'ful' is not one of" in refused(run, "submissions", "--out", "r", "--isolation", "ful")
    assert batch.options == {}


def test_what_cannot_be_had_leaves_nothing_behind(run: Any, klass: Path, batch: Batch) -> None:
    batch.error = IsolationError("The isolation layer 'pid' cannot be had here.")
    (klass / "empty").mkdir()
    for out in ("new", "new/in/new", "empty"):
        said = run("grade", "submissions", "--out", out)
        assert (said.code, said.err) == (2, "grader: The isolation layer 'pid' cannot be had here.\n")
    assert not (klass / "new").exists()
    assert (klass / "empty").exists()
