"""The CI files of the docs are what they say: their commands exist, and run one after the other."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
import yaml

from tests.grader.tiny import make_course

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs/ci"
BIN = Path(sys.executable).parent


def github():
    (job,) = yaml.safe_load((FOLDER / "github.yml").read_text())["jobs"].values()
    return job, [step["run"] for step in job["steps"] if "run" in step]


def gitlab():
    (job,) = yaml.safe_load((FOLDER / "gitlab.yml").read_text()).values()
    return job, job["script"]


def run(command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A step as a runner runs it: by a shell that stops at the first command that fails."""
    whole = {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        **environment,
    }
    return subprocess.run(
        ["sh", "-ec", command],
        cwd=folder,
        env=whole,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )


@pytest.mark.parametrize("service", [github, gitlab])
def test_every_command_is_one_of_ours_with_options_that_it_has(service):
    _, script = service()
    install, *ours = script
    assert install == "pip install -r requirements.txt"
    assert ours
    for command in ours:
        program, name, *arguments = shlex.split(command)
        said = run(f"{program} {name} --help", ROOT)
        assert (program, said.returncode) == ("grader", 0), command
        options = [each for each in arguments if each.startswith("--")]
        assert all(re.search(rf"{option}\b", said.stdout) for option in options), command


def test_what_a_step_writes_is_what_is_kept():
    job, script = gitlab()
    (file,) = re.findall(r"--junit (\S+)", script[-1])
    assert job["artifacts"]["reports"]["junit"] == file
    assert job["artifacts"]["when"] == "always"
    job, script = github()
    (step,) = (step for step in job["steps"] if "upload-artifact" in step.get("uses", ""))
    assert (step["with"]["path"], step["if"]) == (file, "always()")
    assert file in script[-1]


def test_every_night_runs_all_of_it():
    assert "'--full'" in github()[0]["env"]["EFFORT"]
    assert gitlab()[0]["rules"][0]["variables"] == {"EFFORT": "--full"}


@pytest.mark.slow
@pytest.mark.parametrize("service", [github, gitlab])
def test_the_steps_run_one_after_the_other(service, tmp_path):
    make_course(tmp_path / "course")
    summary = tmp_path / "summary.md"
    for command in service()[1][1:]:
        done = run(command, tmp_path / "course", EFFORT="--quick --jobs 1", GITHUB_STEP_SUMMARY=str(summary))
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    assert Xml.parse(tmp_path / "course/verify.xml").getroot().get("failures") == "0"
    assert summary.exists() == (service is github)


@pytest.mark.slow
def test_a_course_that_is_broken_fails_its_step(tmp_path):
    stub = "def double(x, times=2):\n    return x * times\n"
    make_course(tmp_path / "course", **{"exercises/double/double.py": stub})
    done = run(gitlab()[1][-1], tmp_path / "course", EFFORT="--quick --jobs 1")
    assert done.returncode == 1
    failure = Xml.parse(tmp_path / "course/verify.xml").getroot().find(".//failure")
    assert "without being filled in" in failure.get("message")
