"""`grader verify` and `grader doctor`: their rows, their JSON, their exits."""

import json
import shutil
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from grader.cli.doctor import examine
from grader.cli.place import Place
from grader.errors import IsolationError
from grader.sandbox.layers import posture
from grader.verify import Row, VerifyReport

GOOD = Row(exercise="softmax", what="reference", ok=True, sentence="as it must be, 3 seeds")
BAD = Row(exercise="conv2d", what="stub", ok=False, sentence="earned 2 of 20")


class Prove:
    """In the place of verify: notes what it was given, answers with its rows."""

    def __init__(self) -> None:
        self.rows: tuple[Row, ...] = (GOOD,)
        self.calls: list[tuple[Any, dict[str, Any]]] = []

    def __call__(self, course: Any, exercises: Any, *, progress: Any, **options: Any) -> VerifyReport:
        self.calls.append((exercises, options))
        progress("softmax, reference", 1, 1)
        return VerifyReport(rows=self.rows, seeds=options["seeds"])


@pytest.fixture
def prove(monkeypatch: pytest.MonkeyPatch) -> Prove:
    replaced = Prove()
    monkeypatch.setattr("grader.verify.verify", replaced)
    return replaced


def test_verify_shows_a_line_for_each_kind_that_is_well_and_what_is_not(
    run: Any, course: Path, prove: Prove
) -> None:
    loops, einsum = (GOOD.model_copy(update={"what": f"accepted: {name}"}) for name in ("loops", "einsum"))
    prove.rows = (GOOD, loops, einsum)
    said = run("verify")
    assert (said.code, said.err) == (0, "")
    assert [line.rstrip().split(maxsplit=3) for line in said.out.splitlines()[:2]] == [
        ["ok", "softmax", "reference", "full marks"],
        ["ok", "softmax", "accepted", "2 programs, full marks"],
    ]
    assert said.out.endswith("\nAll 3 claims hold.\n")
    prove.rows = (GOOD, loops, BAD, BAD.model_copy(update={"what": "null answer: zeros"}))
    said = run("verify")
    assert said.code == 1
    assert "NOT OK  conv2d, stub: earned 2 of 20\nNOT OK  conv2d, null answer: zeros: earned" in said.out
    assert said.out.endswith("\n2 of 4 claims do not hold.\n")


def test_verify_says_of_the_sample_class_what_was_seen(run: Any, course: Path, prove: Prove) -> None:
    seen = "14 students got the marks of grades.csv"
    prove.rows = (Row(exercise="sample class", what="gradebook", ok=True, sentence=seen),)
    assert run("verify").out.splitlines()[0].rstrip() == f"ok  sample class  gradebook  {seen}"


def test_verify_hands_its_options_on(run: Any, course: Path, prove: Prove) -> None:
    run("verify")
    run("verify", "conv2d", "softmax", "--seeds", "50", "--jobs", "2", "--device", "cpu")
    (everything, _), (named, options) = prove.calls
    assert list(everything) == []  # all of them, and the sample class
    assert list(named) == ["softmax", "conv2d"]
    assert options == {"seeds": 50, "jobs": 2, "device": "cpu"}


def test_verify_as_json(run: Any, course: Path, prove: Prove) -> None:
    prove.rows = (GOOD, BAD)
    said = run("verify", "--json")
    assert said.code == 1
    document = json.loads(said.out)
    assert document["ok"] is False
    assert document["rows"][1] == {
        "exercise": "conv2d",
        "what": "stub",
        "ok": False,
        "sentence": "earned 2 of 20",
    }


def test_verify_of_what_is_not_there(run: Any, course: Path, prove: Prove) -> None:
    said = run("verify", "sofmax")
    assert said.code == 2
    assert "Did you mean 'softmax'?" in said.err
    (course / "tests/hidden/test_conv2d.py").unlink()
    said = run("verify")
    assert said.code == 2
    assert said.err.startswith(
        "grader: 'conv2d' cannot be marked here: tests/hidden/test_conv2d.py is missing"
    )
    assert prove.calls == []


LAYERS = posture().layers


@pytest.fixture
def layers(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker is started; it is as if one had every layer."""
    monkeypatch.setattr("grader.cli.doctor.worker_layers", lambda: LAYERS)


def rows_of(run: Any) -> tuple[int, dict[str, dict[str, str]]]:
    said = run("doctor", "--json")
    assert said.err == ""
    document = json.loads(said.out)
    assert document["ok"] == (said.code == 0)
    return said.code, {row["what"]: row for row in document["rows"]}


@pytest.mark.usefixtures("layers")
def test_doctor_tells_what_is_there(run: Any, course: Path) -> None:
    code, rows = rows_of(run)
    assert code == 0
    assert {"grader", "python", "torch", "device cpu", "isolation", "scratch", "course"} <= set(rows)
    assert rows["course"]["value"] == f"A course, 2 exercises, in {course}"
    assert "MiB free" in rows["scratch"]["value"]
    said = run("doctor")
    assert said.code == 0
    assert "ok" in said.out


def test_doctor_shows_the_layers_of_a_worker_that_it_started(run: Any, course: Path) -> None:
    rows = examine(Place(course))
    assert tuple(row.value for row in rows if (row.what, row.state) == ("isolation", "ok")) == LAYERS


def test_a_layer_that_a_worker_lacks_is_broken(run: Any, course: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("grader.cli.doctor.worker_layers", lambda: (*LAYERS[1:], "landlock"))
    rows = [(row.state, row.value) for row in examine(Place(course)) if row.what == "isolation"]
    lacking = f"{LAYERS[0]}: this machine has it, but a worker came up without it"
    assert [value for state, value in rows if state == "broken"] == [lacking]
    assert ("ok", "landlock") in rows
    assert not [value for state, value in rows if state == "missing" and value.startswith("landlock")]
    assert run("doctor").code == 1


def test_a_worker_that_cannot_be_started_is_an_illness(run: Any, course: Path, monkeypatch: Any) -> None:
    def broken() -> None:
        raise IsolationError("A worker could not be confined: no setsid here")

    monkeypatch.setattr("grader.cli.doctor.worker_layers", broken)
    code, rows = rows_of(run)
    assert (code, rows["isolation"]["state"]) == (1, "broken")
    assert "no setsid here" in rows["isolation"]["value"]


@pytest.mark.usefixtures("layers")
def test_doctor_works_without_a_course(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, rows = rows_of(run)
    assert (code, rows["course"]["state"]) == (0, "missing")


@pytest.mark.usefixtures("layers")
def test_doctor_without_cuda_says_so_and_with_it_names_it(run: Any, course: Path, monkeypatch: Any) -> None:
    cuda = SimpleNamespace(is_available=lambda: False)
    torch = SimpleNamespace(__version__="9.9", get_num_threads=lambda: 1, cuda=cuda)
    monkeypatch.setitem(sys.modules, "torch", torch)
    assert rows_of(run)[1]["device cuda"]["state"] == "missing"
    torch.cuda = SimpleNamespace(
        is_available=lambda: True, device_count=lambda: 2, get_device_name="NVIDIA {}".format
    )
    assert rows_of(run)[1]["device cuda:1"]["value"] == "NVIDIA 1"


@pytest.mark.usefixtures("layers")
def test_doctor_tells_of_every_illness_and_dies_of_none(run: Any, course: Path, monkeypatch: Any) -> None:
    def sick(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setattr(tempfile, "TemporaryFile", sick)
    (course / "exercises/conv2d/README.md").unlink()
    code, rows = rows_of(run)
    assert code == 1
    broken = {what: row["value"] for what, row in rows.items() if row["state"] == "broken"}
    assert list(broken) == ["torch", "scratch", "course"]
    assert "import of torch halted" in broken["torch"]
    assert "No space left on device" in broken["scratch"]
    assert broken["course"] == "exercises/conv2d/README.md is missing: it holds the handout of the exercise."
    assert "Nothing can be checked until this is mended: torch, scratch, course." in run("doctor").out


@pytest.mark.usefixtures("layers")
def test_a_full_disk_is_an_illness(run: Any, course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=100 << 20))
    code, rows = rows_of(run)
    assert (code, rows["scratch"]["state"]) == (1, "broken")
