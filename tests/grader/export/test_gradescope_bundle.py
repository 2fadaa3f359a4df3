"""The autograder's archive: what is in it, and its scripts run as Gradescope documents that it runs them."""

import ast
import base64
import csv
import hashlib
import io
import json
import os
import re
import stat
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import grader
from grader.course import Course
from grader.errors import CourseError
from grader.export.gradescope import Shown
from grader.export.gradescope_bundle import Settings, bundle
from grader.export.wheel import requirements, wheel
from grader.sandbox import landlock
from grader.verdicts import Isolation, Layer
from tests.grader.export.test_gradescope import documented
from tests.grader.tiny import COURSE, make_course

ROOT = Path(__file__).parents[3]
RIGHT = "def double(x, times=2):\n    if isinstance(x, str):\n        raise TypeError\n    return x * times\n"
WRONG = RIGHT.replace("x * times", "x + 0 * times")

# Whether a machine has all layers is not what is tried here.
SETTINGS = Settings(isolation=Isolation.PROCESS)

METADATA = {
    "id": 123456,
    "created_at": "2026-11-01T21:40:07.123456-07:00",
    "assignment": {"due_date": "2026-11-02T00:00:00.000000-07:00", "group_size": None, "total_points": "6.0"},
    "submission_method": "upload",
    "users": [{"email": "ada@example.org", "id": 12345, "name": "Ada Lovelace"}],
    "previous_submissions": [],
}


@pytest.fixture
def tiny(tmp_path: Path) -> Course:
    return make_course(
        tmp_path / "course",
        **{
            "course.toml": COURSE + "[due]\ndouble = 2026-11-01T12:00:00-07:00\n[late]\nper_day = 0.5\n",
            "submissions/ada/double.py": "a secret of ada\n",
            "tests/sample/grades.csv": "student\n",
            "reference/double/__pycache__/x.pyc": "",
            ".git/config": "",
        },
    )


def archive(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


# --- what is in it -------------------------------------------------------------------


def test_it_holds_what_grading_needs_and_nothing_else(tiny: Course) -> None:
    names = set(archive(bundle(tiny, SETTINGS)).namelist())
    assert names == {
        "setup.sh",
        "run_autograder",
        "settings.json",
        "requirements.txt",
        "python-version",
        f"grader-{grader.__version__}-py3-none-any.whl",
        "course/course.toml",
        "course/exercises/double/exercise.toml",
        "course/exercises/double/README.md",
        "course/exercises/double/double.py",
        "course/exercises/double/test_double.py",
        "course/reference/secret.txt",
        "course/reference/double/solution.py",
        "course/tests/hidden/test_double.py",
    }


def test_the_scripts_can_be_run_and_nothing_has_a_carriage_return(tiny: Course) -> None:
    with archive(bundle(tiny, SETTINGS)) as found:
        modes = {each.filename: stat.S_IMODE(each.external_attr >> 16) for each in found.infolist()}
        programs = {name for name, mode in modes.items() if mode & 0o111}
        assert programs == {"setup.sh", "run_autograder"}
        for name in programs:
            assert found.read(name).startswith(b"#!/usr/bin/env ")
            assert b"\r" not in found.read(name)


def test_the_systems_own_python_can_be_an_old_one(tiny: Course) -> None:
    text = archive(bundle(tiny, SETTINGS)).read("run_autograder").decode()
    ast.parse(text, feature_version=(3, 8))
    assert not re.search(r"^(?:from|import) (?!\w+\n|pathlib import Path)", text, re.MULTILINE)
    assert "tomllib" not in text


def test_the_same_course_gives_the_same_bytes(tiny: Course) -> None:
    first = bundle(tiny, SETTINGS)
    (tiny.root / "reference/double/solution.py").touch()
    assert bundle(tiny, SETTINGS) == first
    assert bundle(tiny, Settings()) != first


def test_what_was_asked_for_reaches_grade(tiny: Course) -> None:
    asked = Settings(("double",), Isolation.CONTAINER, (Layer.LANDLOCK,), Shown.AFTER_PUBLISHED, 20)
    told = json.loads(archive(bundle(tiny, asked)).read("settings.json"))
    assert told == {
        "grade": ["--isolation=container", "--accept-missing=landlock", "--only=double"],
        "export": ["--hidden-tests=after_published"],
        "seconds": 1140,
        "one_of": ["private root", "landlock", "uid"],
    }


def test_links_are_refused(tiny: Course) -> None:
    (tiny.root / "exercises/double/data").symlink_to("/etc")
    with pytest.raises(CourseError, match="exercises/double/data is no ordinary file"):
        bundle(tiny, SETTINGS)


def test_a_secret_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("s\n")
    course = make_course(
        tmp_path / "course", **{"course.toml": COURSE.replace("reference/secret.txt", "../secret.txt")}
    )
    with pytest.raises(CourseError, match="outside of the course"):
        bundle(course, SETTINGS)


def test_every_dependency_is_there_in_the_version_that_is_here() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = requirements().splitlines()
    assert len(lines) == len(project["dependencies"])
    assert all("==" in line and "+" not in line for line in lines)
    assert any(line.startswith("torch==") for line in lines)


def test_the_wheel_records_what_it_holds() -> None:
    name, content = wheel()
    with archive(content) as found:
        record = found.read(f"{name.removesuffix('-py3-none-any.whl')}.dist-info/RECORD").decode()
        rows = {path: digest for path, digest, _ in csv.reader(record.splitlines())}
        assert set(rows) == set(found.namelist())
        for path, digest in rows.items():
            made = base64.urlsafe_b64encode(hashlib.sha256(found.read(path)).digest()).rstrip(b"=").decode()
            assert digest == f"sha256={made}" or path.endswith("/RECORD")
    assert "grader/export/templates/run_autograder" in rows
    assert not [path for path in rows if "__pycache__" in path]


@pytest.mark.slow
def test_pip_installs_the_wheel(tmp_path: Path) -> None:
    name, content = wheel()
    (tmp_path / name).write_bytes(content)
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target", tmp_path / "to"]
    subprocess.run([*pip, tmp_path / name], check=True, capture_output=True)
    told = subprocess.run(
        [sys.executable, "-c", "import grader.export.wheel as w; print(w.__file__)"],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "to")},
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.strip() == str(tmp_path / "to/grader/export/wheel.py")


# --- as Gradescope runs it -------------------------------------------------------------


@dataclass(frozen=True)
class Autograder:
    """A folder laid out as `/autograder`, with an environment that is there already."""

    root: Path

    def hand_in(self, files: dict[str, str], metadata: object = METADATA) -> None:
        (self.root / "submission").mkdir()
        for name, text in files.items():
            path = self.root / "submission" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        if metadata is not None:
            (self.root / "submission_metadata.json").write_text(json.dumps(metadata))

    def run(self) -> tuple[dict[str, Any], str]:
        """What is in results.json, and what staff see."""
        done = subprocess.run(
            [self.root / "run_autograder"],
            cwd=self.root,
            env={**os.environ, "GRADER_AUTOGRADER": str(self.root), "COLUMNS": "80"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=300,
            check=True,
            text=True,
        )
        content = (self.root / "results" / "results.json").read_bytes()
        assert os.listdir(self.root / "results") == ["results.json"]
        return documented(content), done.stdout

    def change_settings(self, **changed: object) -> None:
        path = self.root / "source" / "settings.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changed))


@pytest.fixture
def autograder(tiny: Course, tmp_path: Path) -> Autograder:
    """The archive unpacked and set up, as it is when a submission arrives."""
    root = tmp_path / "autograder"
    (root / "results").mkdir(parents=True)
    with archive(bundle(tiny, SETTINGS)) as found:
        for each in found.infolist():
            path = Path(found.extract(each, root / "source"))
            path.chmod(stat.S_IMODE(each.external_attr >> 16))
    python = root / "venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (root / "run_autograder").write_bytes((root / "source/run_autograder").read_bytes())
    (root / "run_autograder").chmod(0o755)
    environment = {**os.environ, "GRADER_AUTOGRADER": str(root)}
    done = subprocess.run(
        ["bash", root / "source/setup.sh"], env=environment, check=True, capture_output=True, text=True
    )
    assert done.stdout == f"grader {grader.__version__}\n"
    return Autograder(root)


def test_hidden_tests_are_for_nobody_but_root_once_it_is_set_up(autograder: Autograder) -> None:
    for path in (autograder.root / "source").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


@pytest.mark.slow
def test_a_right_submission_in_time(autograder: Autograder) -> None:
    autograder.hand_in({"double.py": RIGHT}, {**METADATA, "created_at": "2026-11-01T11:59:00.5-07:00"})
    found, said = autograder.run()
    assert found["score"] == 6
    assert {test["status"] for test in found["tests"]} == {"passed"}
    assert "handed in 2026-11-01 11:59 UTC-07:00, in time" in found["output"]
    assert "1 student in" in said
    assert "Full marks are" not in said


@pytest.mark.slow
def test_other_full_marks_in_gradescope_are_said_to_staff(autograder: Autograder) -> None:
    autograder.hand_in({"double.py": RIGHT}, {**METADATA, "assignment": {"total_points": "100.0"}})
    found, said = autograder.run()
    assert "Full marks are 6 here and 100 in Gradescope: change the assignment's points there." in said
    assert "Gradescope" not in found["output"]


@pytest.mark.slow
def test_a_wrong_submission_and_a_late_one(autograder: Autograder) -> None:
    autograder.hand_in({"homework/double.py": WRONG})
    found, _ = autograder.run()
    failed = [test for test in found["tests"] if test["status"] == "failed"]
    assert failed
    assert "values-differ" in failed[0]["output"]
    assert "1 day late" in found["output"]
    earned = sum(test.get("score", 0) for test in found["tests"])
    assert 0 < found["score"] == earned / 2  # half is taken off, by the course's own policy


@pytest.mark.slow
def test_a_submission_that_ends_its_process_is_graded_too(autograder: Autograder) -> None:
    autograder.hand_in({"double.py": "import os\ndef double(x, times=2):\n    os._exit(0)\n"})
    found, _ = autograder.run()
    assert found["score"] == 0
    assert found["tests"]
    assert "crashed" in found["output"]


@pytest.mark.slow
def test_a_result_is_withheld_if_hidden_tests_lay_open(autograder: Autograder) -> None:
    autograder.change_settings(one_of=["landlock"])
    autograder.hand_in({"double.py": RIGHT})
    found, said = autograder.run()
    assert (found["score"], found["tests"]) == (0, [])
    assert "None of these layers was on: landlock." in said


@pytest.mark.slow
@pytest.mark.skipif(not landlock.abi(), reason="this kernel has no Landlock")
def test_what_it_asks_of_isolation_keeps_hidden_tests_from_student_code(autograder: Autograder) -> None:
    """As it is built: in a container's walls, and with the course lying beside the submission."""
    told = json.loads(Settings().as_json())
    autograder.change_settings(grade=told["grade"], one_of=told["one_of"])
    hidden = autograder.root / "source/course/tests/hidden/test_double.py"
    assert hidden.is_file()
    spy = f"try:\n    open({str(hidden)!r}).read()\nexcept OSError:\n    pass\nelse:\n    raise SystemExit\n"
    autograder.hand_in({"double.py": spy + RIGHT}, {**METADATA, "created_at": "2026-11-01T11:59:00-07:00"})
    found, _ = autograder.run()
    assert found["score"] == 6
    assert {"landlock", "seccomp"} <= set(found["extra_data"]["layers"])


def test_setup_installs_nothing_where_no_autograder_is(autograder: Autograder, tmp_path: Path) -> None:
    environment = {**os.environ, "GRADER_AUTOGRADER": str(tmp_path / "elsewhere")}
    done = subprocess.run(
        ["bash", autograder.root / "source/setup.sh"],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"There is no autograder in {tmp_path}/elsewhere/source; nothing was installed.\n"
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.slow
@pytest.mark.parametrize("metadata", [None, {"users": [{"id": 3}]}])
def test_metadata_that_says_nothing_keeps_nobody_from_being_graded(
    autograder: Autograder, metadata: object
) -> None:
    autograder.hand_in({"other.txt": "nothing to grade"}, metadata)
    found, said = autograder.run()
    assert (found["score"], "missing" in found["output"]) == (0, True)
    assert "does not say who handed in and when" in said


def test_a_course_that_is_broken_leaves_a_result(autograder: Autograder) -> None:
    (autograder.root / "source/course/course.toml").write_text("no = [")
    autograder.hand_in({"double.py": RIGHT})
    found, said = autograder.run()
    assert (found["score"], found["tests"]) == (0, [])
    assert "no fault of yours" in found["output"]
    assert "course.toml" in said
    assert "course.toml" not in found["output"]


def test_a_grader_that_cannot_start_leaves_a_result(autograder: Autograder) -> None:
    (autograder.root / "venv/bin/python").unlink()
    autograder.hand_in({"double.py": RIGHT})
    found, said = autograder.run()
    assert "no fault of yours" in found["output"]
    assert "FileNotFoundError" in said


def test_a_result_is_there_even_if_nobody_reads_what_is_said(autograder: Autograder) -> None:
    (autograder.root / "source/course/course.toml").write_text("no = [")
    autograder.hand_in({"double.py": RIGHT})
    reader, writer = os.pipe()
    os.close(reader)
    environment = {**os.environ, "GRADER_AUTOGRADER": str(autograder.root)}
    subprocess.run([autograder.root / "run_autograder"], env=environment, stdout=writer, check=False)
    os.close(writer)
    found = documented((autograder.root / "results/results.json").read_bytes())
    assert "no fault of yours" in found["output"]


@pytest.mark.slow
def test_time_that_runs_out_leaves_a_result(autograder: Autograder) -> None:
    autograder.change_settings(seconds=0.2)
    autograder.hand_in({"double.py": RIGHT})
    found, _ = autograder.run()
    assert "it took longer than the time that there is" in found["output"]


def test_isolation_that_cannot_be_had_leaves_a_result(autograder: Autograder) -> None:
    autograder.change_settings(grade=["--isolation=perfect"])
    autograder.hand_in({"double.py": RIGHT})
    found, said = autograder.run()
    assert "no fault of yours" in found["output"]
    assert "perfect" in said
