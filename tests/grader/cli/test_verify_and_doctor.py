"""`grader verify` and `grader doctor`: their rows, their JSON, their exits."""

import json
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from grader.cli.walls import Walls
from grader.errors import IsolationError
from grader.sandbox.layers import LayerFound, posture
from grader.sandbox.policy import CLOSING
from grader.student.conformance import ATTEMPTS, COURSE, Result
from grader.verdicts import Layer
from grader.verify import Claim, Row, Standing, VerifyReport
from grader.verify.effort import FULL, NORMAL, QUICK
from grader.verify.hostile import Outcome

GOOD = Row(exercise="softmax", claim=Claim.REFERENCE, standing=Standing.HOLDS, sentence="full marks, 3 seeds")
BAD = Row(exercise="conv2d", claim=Claim.STUB, standing=Standing.FAILS, sentence="earned 2 of 20")


class Prove:
    """In the place of verify: notes what it was given, answers with its rows."""

    def __init__(self) -> None:
        self.rows: tuple[Row, ...] = (GOOD,)
        self.calls: list[tuple[Any, dict[str, Any]]] = []

    def __call__(self, course: Any, exercises: Any, *, progress: Any, **options: Any) -> VerifyReport:
        self.calls.append((exercises, options))
        progress("softmax, reference", 1, 1)
        return VerifyReport(rows=self.rows, seeds=options["effort"].references)


@pytest.fixture
def prove(monkeypatch: pytest.MonkeyPatch) -> Prove:
    replaced = Prove()
    monkeypatch.setattr("grader.verify.verify", replaced)
    return replaced


def test_verify_shows_what_holds_and_what_does_not(run: Any, course: Path, prove: Prove) -> None:
    prove.rows = (GOOD, GOOD.model_copy(update={"exercise": "conv2d"}))
    said = run("verify")
    assert (said.code, said.err) == (0, "")
    assert [line.rstrip() for line in said.out.splitlines()] == [
        "ok  softmax  reference  full marks, 3 seeds",
        "ok  conv2d   reference  full marks, 3 seeds",
        "",
        "All 2 claims hold.",
    ]
    prove.rows = (GOOD, BAD)
    said = run("verify")
    assert said.code == 1
    assert said.out.endswith("NOT OK  conv2d, stub: earned 2 of 20\n\n1 of 2 claims do not hold.\n")


def test_a_warning_alone_does_not_fail(run: Any, course: Path, prove: Prove) -> None:
    prove.rows = (GOOD, BAD.model_copy(update={"standing": Standing.WARNING}))
    assert run("verify").code == 0


def test_verify_hands_its_options_on(run: Any, course: Path, prove: Prove) -> None:
    run("verify")
    run("verify", "conv2d", "softmax", "--jobs", "2", "--device", "cpu", "--quick")
    (everything, usual), (named, options) = prove.calls
    assert list(everything) == []  # all of them, and the sample class
    assert usual["effort"] == NORMAL
    assert list(named) == ["softmax", "conv2d"]
    assert options == {"effort": QUICK, "jobs": 2, "device": "cpu"}


def test_seeds_stand_in_for_those_of_the_effort(run: Any, course: Path, prove: Prove) -> None:
    run("verify", "--full", "--seeds", "200")
    effort = prove.calls[0][1]["effort"]
    assert [effort.references, effort.stubs, effort.accepted, effort.mistakes] == [200] * 4
    assert (effort.null_answers, effort.mutants) == (FULL.null_answers, True)


def test_two_efforts_are_one_too_many(run: Any, course: Path, prove: Prove) -> None:
    said = run("verify", "--quick", "--full")
    assert (said.code, prove.calls) == (2, [])
    assert said.err == "grader: --quick and --full are two efforts; type one of them.\n"


def test_verify_says_how_far_it_is_where_nobody_sees_a_display(
    run: Any, course: Path, prove: Prove, monkeypatch: Any
) -> None:
    monkeypatch.setattr("grader.cli.verify.LINE_SECONDS", 0.0)
    assert run("verify").err == "1 of 1 judged, last softmax, reference\n"


def test_verify_writes_junit(run: Any, course: Path, prove: Prove, tmp_path: Path) -> None:
    prove.rows = (GOOD, BAD)
    assert run("verify", "--junit", tmp_path / "new" / "verify.xml").code == 1
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["verify.xml"]
    assert Xml.parse(tmp_path / "new" / "verify.xml").getroot().get("failures") == "1"
    (tmp_path / "file").write_text("")
    said = run("verify", "--junit", tmp_path / "file" / "verify.xml")
    assert (said.code, said.err.count("--junit")) == (2, 1)


def test_verify_on_github(run: Any, course: Path, prove: Prove, monkeypatch: Any) -> None:
    step = course / "summary.md"
    step.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(course.parent))
    prove.rows = (GOOD, BAD.model_copy(update={"file": "exercises/conv2d/conv2d.py", "line": 3}))
    said = run("verify", "--github")
    assert said.code == 1
    first, *_, resumed, error = said.out.splitlines()
    assert resumed == f"::{first.removeprefix('::stop-commands::')}::"  # no line of the table is a command
    assert error == (
        "::error title=conv2d%2C stub,file=course/exercises/conv2d/conv2d.py,line=3::earned 2 of 20"
    )
    assert step.read_text().startswith("before\n## grader verify\n")
    said = run("verify", "--github", "--json")
    assert json.loads(said.out)["ok"] is False
    assert said.err.startswith("::error ")


def test_verify_as_json(run: Any, course: Path, prove: Prove) -> None:
    prove.rows = (GOOD, BAD)
    said = run("verify", "--json")
    assert said.code == 1
    document = json.loads(said.out)
    assert document["ok"] is False
    assert document["schema_version"] == 2
    assert document["rows"][1] == {
        "exercise": "conv2d",
        "claim": "stub",
        "what": "",
        "standing": "fails",
        "sentence": "earned 2 of 20",
        "file": None,
        "line": None,
        "detail": "",
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


def walls_of(*off: Layer, through: tuple[Layer | None, ...] = ()) -> Walls:
    """Walls of all layers but `off`; what takes the layers of `through` to stop gets through."""
    found = [LayerFound(layer, layer not in off, "memory") for layer in Layer]
    results = [
        Result(layer, f"try {layer}", layer not in (*off, *through), "as seen") for layer in (*Layer, None)
    ]
    return Walls(posture(found), tuple(results))


@pytest.fixture
def walled(monkeypatch: pytest.MonkeyPatch) -> list[Walls]:
    """No worker is started; it is as if the machine had the walls in this list, at first all of them."""
    present = [walls_of()]
    monkeypatch.setattr("grader.cli.walls.walls", lambda hidden: present[0])
    return present


def rows_of(run: Any) -> tuple[int, dict[str, dict[str, str]]]:
    said = run("doctor", "--json")
    assert said.err == ""
    document = json.loads(said.out)
    assert document["ok"] == (said.code == 0)
    return said.code, {row["what"]: row for row in document["rows"]}


@pytest.mark.usefixtures("walled")
def test_doctor_tells_what_is_there(run: Any, course: Path) -> None:
    code, rows = rows_of(run)
    assert code == 0
    assert {"grader", "python", "torch", "device cpu", "isolation", "scratch", "course"} <= set(rows)
    assert rows["course"]["value"] == f"A course, 2 exercises, in {course}"
    assert "MiB free" in rows["scratch"]["value"]
    said = run("doctor")
    assert said.code == 0
    assert "ok" in said.out


@pytest.mark.slow
def test_doctor_starts_a_worker_and_has_it_try_everything(run: Any, course: Path) -> None:
    document = json.loads(run("doctor", "--json").out)
    isolation = document["isolation"]
    assert [layer["name"] for layer in isolation["layers"]] == list(Layer)
    assert {probe["name"] for probe in isolation["probes"]} == {each.name for each in ATTEMPTS}
    assert [row["state"] for row in document["rows"] if row["what"] == "isolation"] != ["broken"]
    assert document["attacks"] is None


def test_doctor_tries_to_get_at_what_the_staff_has(run: Any, course: Path, monkeypatch: Any) -> None:
    given: list[Any] = []
    monkeypatch.setattr("grader.cli.walls.walls", lambda hidden: given.append(hidden) or walls_of())
    run("doctor")
    assert course / "tests/hidden/test_conv2d.py" in given[0]
    assert course / "reference/secret.txt" in given[0]
    (course / "tests/hidden/test_conv2d.py").unlink()
    shutil.rmtree(course / "reference")
    assert run("doctor").code == 0  # a student's copy
    assert given[1] == ()


def test_doctor_tells_the_level_and_every_layer(run: Any, course: Path, walled: list[Walls]) -> None:
    code, rows = rows_of(run)
    assert (code, rows["isolation"]["state"]) == (0, "ok")
    assert rows["isolation"]["value"] == "full: all that marking a class asks for"
    assert "marking" not in rows
    walled[0] = walls_of(Layer.NETWORK, Layer.UID)
    code, rows = rows_of(run)
    assert (code, rows["isolation"]["state"]) == (0, "missing")
    assert rows["isolation"]["value"] == "container, not full: without network"
    assert rows["marking"]["value"].startswith(
        "isolation 'full' is asked for, which needs network too: `grader"
    )
    said = words(run("doctor").out)
    assert "on landlock memory" in said
    assert (
        "missing network student code can see the machine's network (memory); to have it, allow user "
        "namespaces" in said
    )
    assert "not held network try network: as seen" in said
    assert "held all layers try None: as seen" in said


def test_doctor_says_what_marking_asks_for(run: Any, course: Path, walled: list[Walls]) -> None:
    walled[0] = walls_of(Layer.NETWORK)
    with (course / "course.toml").open("a") as manifest:
        manifest.write('[isolation]\naccept_missing = ["network"]\n')
    assert "marking" not in rows_of(run)[1]


def test_doctor_says_that_marking_refuses_where_hidden_tests_are_open(
    run: Any, course: Path, walled: list[Walls], monkeypatch: Any
) -> None:
    told = "student code could read the course's own files here: `grader grade` refuses and says what to do"
    accepted = 'accept_missing = ["private root", "landlock"'
    before = (course / "course.toml").read_text()
    (course / "course.toml").write_text(f"{before}[isolation]\n{accepted}]\n")
    walled[0] = walls_of(Layer.PRIVATE_ROOT, Layer.LANDLOCK)
    assert "marking" not in rows_of(run)[1]
    walled[0] = walls_of(*CLOSING)
    assert rows_of(run)[1]["marking"]["value"] == told
    open_course = Result(None, COURSE.name, False, "as seen")
    walled[0] = replace(walls_of(Layer.PRIVATE_ROOT, Layer.LANDLOCK), results=(open_course,))
    assert rows_of(run)[1]["marking"]["value"] == told
    (course / "course.toml").write_text(f'{before}[isolation]\n{accepted}, "uid"]\n')
    assert "marking" not in rows_of(run)[1]


def test_a_layer_that_lets_something_through_is_broken(run: Any, course: Path, walled: list[Walls]) -> None:
    walled[0] = walls_of(through=(Layer.LANDLOCK, None))
    said = run("doctor", "--json")
    found = [row["value"] for row in json.loads(said.out)["rows"] if row["what"] == "isolation"]
    assert said.code == 1
    assert found == [
        "a worker could try landlock (as seen), which the layer 'landlock' should prevent",
        "a worker could try None (as seen), which all layers together should prevent",
    ]
    assert "until this is mended: isolation, isolation." in words(run("doctor").out)
    # Where a layer is missing, the rest of them together promise nothing.
    walled[0] = walls_of(Layer.PID, through=(None,))
    assert run("doctor").code == 0


def test_a_worker_that_cannot_be_started_is_an_illness(run: Any, course: Path, monkeypatch: Any) -> None:
    def broken(hidden: object) -> None:
        raise IsolationError("A worker could not be confined: no setsid here")

    monkeypatch.setattr("grader.cli.walls.walls", broken)
    code, rows = rows_of(run)
    assert (code, rows["isolation"]["state"]) == (1, "broken")
    assert "no setsid here" in rows["isolation"]["value"]
    assert "Layers of isolation" not in run("doctor").out
    assert json.loads(run("doctor", "--json").out)["isolation"] is None


def words(text: str) -> str:
    """Text without the layout of a table."""
    return " ".join(text.split())


HELD = Outcome("forge-x", True, "wrong answer, 0 points")
LOST = Outcome("leak-y", False, "the canary 'secret' is in report.json")


def attacked(monkeypatch: pytest.MonkeyPatch, course: Path, *outcomes: Outcome) -> list[Path]:
    """As if marking the hostile class came to `outcomes`; notes which class was marked."""
    folders: list[Path] = []

    def run_class(folder: Path, **terms: Any) -> list[Outcome]:
        folders.append(folder)
        assert terms["confinement"].wanted == frozenset(Layer)
        return list(outcomes)

    (course / "tests/hostile/attacks").mkdir(parents=True)
    monkeypatch.setattr("grader.verify.hostile.run_class", run_class)
    return folders


@pytest.mark.usefixtures("walled")
def test_doctor_attacks_and_tells_each_outcome(run: Any, course: Path, monkeypatch: Any) -> None:
    folders = attacked(monkeypatch, course, HELD)
    said = run("doctor", "--attack")
    assert (said.code, folders) == (0, [course / "tests/hostile"])
    assert words(said.out).endswith("The hostile class: held forge-x wrong answer, 0 points All 1 held.")
    assert json.loads(run("doctor", "--attack", "--json").out)["attacks"][0]["slug"] == "forge-x"


@pytest.mark.usefixtures("walled")
def test_an_attack_that_succeeds_is_a_finding(run: Any, course: Path, monkeypatch: Any) -> None:
    attacked(monkeypatch, course, HELD, LOST)
    said = run("doctor", "--attack")
    assert said.code == 1
    assert "NOT HELD leak-y the canary 'secret' is in report.json 1 of 2 did not hold." in words(said.out)
    said = run("doctor", "--attack", "--json")
    assert (said.code, json.loads(said.out)["ok"]) == (1, False)


@pytest.mark.usefixtures("walled")
def test_a_course_without_a_hostile_class_cannot_be_attacked(run: Any, course: Path) -> None:
    said = run("doctor", "--attack")
    assert (said.code, said.out) == (2, "")
    assert said.err == (
        f"grader: There is no hostile class in {course}/tests/hostile. It comes with the grader's own "
        "repository; name that with --course.\n"
    )


@pytest.mark.usefixtures("walled")
def test_doctor_works_without_a_course(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, rows = rows_of(run)
    assert (code, rows["course"]["state"]) == (0, "missing")


@pytest.mark.usefixtures("walled")
def test_doctor_without_cuda_says_so_and_with_it_names_it(run: Any, course: Path, monkeypatch: Any) -> None:
    cuda = SimpleNamespace(is_available=lambda: False)
    torch = SimpleNamespace(__version__="9.9", get_num_threads=lambda: 1, cuda=cuda)
    monkeypatch.setitem(sys.modules, "torch", torch)
    assert rows_of(run)[1]["device cuda"]["state"] == "missing"
    torch.cuda = SimpleNamespace(
        is_available=lambda: True, device_count=lambda: 2, get_device_name="NVIDIA {}".format
    )
    assert rows_of(run)[1]["device cuda:1"]["value"] == "NVIDIA 1"


@pytest.mark.usefixtures("walled")
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


@pytest.mark.usefixtures("walled")
def test_a_full_disk_is_an_illness(run: Any, course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=100 << 20))
    code, rows = rows_of(run)
    assert (code, rows["scratch"]["state"]) == (1, "broken")
