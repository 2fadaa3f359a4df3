"""Keys: what makes a result stale, and what does not."""

import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.batch import keys
from grader.batch.keys import Keys, content, cuda_devices, holds, own_sources
from grader.course import read_course
from grader.findings import GraderFault, MissingFile, UnreadableFile
from grader.judge.job import Job
from grader.sandbox.policy import Confinement
from grader.verdicts import Isolation, Layer
from tests.grader.report.conftest import make_exercise, make_test
from tests.grader.tiny import EXERCISE, SOLUTION, bundle_of, make_course

FULL = Confinement.demanded(Isolation.FULL)


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path)


def a_job(**fields: object) -> Job:
    job = Job("ada", "double", bundle_of(SOLUTION), secret="s")
    return dataclasses.replace(job, **fields)


def key(course, job=None, *, secret="s", device="cpu", confinement=FULL, cluster=False):
    return Keys(course, secret, device, confinement, cluster=cluster).of(job or a_job())


def again(course):
    return key(read_course(course.root, staff=True))


def test_a_key_is_a_digest_and_the_same_each_time(course):
    assert len(bytes.fromhex(key(course))) == 32
    assert again(course) == key(course)


def test_what_was_handed_in_matters_and_when_does_not(course):
    bundle = bundle_of(SOLUTION)
    other = bundle_of(SOLUTION + "\n")
    noted = dataclasses.replace(bundle, notes=("Read from a notebook.",))
    dated = dataclasses.replace(bundle, submitted=datetime(2026, 11, 1, tzinfo=UTC))
    assert key(course, a_job(bundle=dated)) == key(course)
    different = [a_job(bundle=other), a_job(bundle=noted), a_job(companions=(other,)), a_job(student="bob")]
    assert len({key(course), *(key(course, job) for job in different)}) == 5
    assert content(a_job(bundle=dated)) == content(a_job(student="bob"))


def test_an_attempts_name_does_not_matter(course):
    """Inputs are the same for all attempts of a student."""
    assert key(course, a_job(attempt="attempt-2")) == key(course)


def test_secret_device_and_isolation_matter(course):
    process = Confinement.demanded(Isolation.PROCESS)
    accepted = Confinement.demanded(Isolation.FULL, [Layer.LANDLOCK])
    others = [
        key(course, secret="t"),
        key(course, device="auto"),
        key(course, device="auto", cluster=True),
        key(course, confinement=process),
        key(course, confinement=accepted),
    ]
    assert len({key(course), *others}) == 6


STALE = {
    "exercises/double/exercise.toml": "\nmemory_mb = 513\n",
    "tests/hidden/test_double.py": "\n# A comment is a change, too.\n",
    "tests/hidden/places.py": "HERE = 1\n",
    "tests/hidden/deep/more.py": "HERE = 1\n",
    "tests/conftest.py": "",
    "reference/double/solution.py": "\n",
    "reference/double/allowance.py": "\n",
    "exercises/data/digits.csv": "1\n",
}


@pytest.mark.parametrize("path", STALE)
def test_what_tests_may_use_matters(course, path):
    before = key(course)
    file = course.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    text = file.read_text() if file.exists() else ""
    change = STALE[path]
    if path.endswith(".toml"):
        assert "memory_mb = 512" in text
        text, change = text.replace("memory_mb = 512", "memory_mb = 513"), ""
    file.write_text(text + change)
    assert again(course) != before


SAME = {
    "exercises/double/README.md": "More words.\n",
    "exercises/double/test_double.py": "\n# visible\n",
    "exercises/double/exercise.toml": "\n# A comment.\n",
    "course.toml": '\ntimezone = "Europe/Berlin"\n',
    "tests/hidden/__pycache__/x.pyc": "",
    "reference/double/__pycache__/x.pyc": "",
}


@pytest.mark.parametrize("path", SAME)
def test_what_no_result_depends_on_does_not_matter(course, path):
    before = key(course)
    file = course.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    text = file.read_text() if file.exists() else ""
    file.write_text(SAME[path] + text if path == "course.toml" else text + SAME[path])
    assert again(course) == before


def test_the_place_of_the_course_does_not_matter(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    assert key(make_course(one)) == key(make_course(two))


BOTH = {
    "course.toml": 'name = "C"\nexercises = ["double", "twice"]\nsecret = "reference/secret.txt"\n',
    "exercises/twice/exercise.toml": (
        'title = "T"\nsummary = "S"\n[[entry_points]]\nname = "twice"\nsignature = "twice(x)"\n'
    ),
    "exercises/twice/README.md": "",
    "exercises/twice/twice.py": "",
    "exercises/twice/test_twice.py": "",
    "tests/hidden/test_twice.py": "",
    "reference/twice/solution.py": "",
}


def test_the_reference_of_a_companion_matters(tmp_path):
    toml = 'companions = ["twice"]\n' + EXERCISE
    course = make_course(tmp_path, **BOTH, **{"exercises/double/exercise.toml": toml})
    before = key(course)
    (course.root / "reference/twice/solution.py").write_text("\n")
    assert again(course) != before


def test_another_exercises_tests_do_not_matter(tmp_path):
    course = make_course(tmp_path, **BOTH)
    before = key(course)
    (course.root / "tests/hidden/test_twice.py").write_text("\n")
    (course.root / "reference/twice/solution.py").write_text("\n")
    assert again(course) == before


def test_the_graders_sources_matter_but_not_what_comes_afterwards(tmp_path):
    package = tmp_path / "grader"
    for path in ("judge/run.py", "cli/grade.py", "marks/late.py", "__init__.py"):
        (package / path).parent.mkdir(parents=True, exist_ok=True)
        (package / path).write_text("")
    before = own_sources(package)
    (package / "cli/grade.py").write_text("# other\n")
    (package / "marks/late.py").write_text("# other\n")
    assert own_sources(package) == before
    (package / "judge/run.py").write_text("# other\n")
    assert own_sources(package) != before


@pytest.mark.parametrize("package", keys.PACKAGES)
def test_versions_of_what_computes_matter(course, monkeypatch, package):
    before = key(course)
    known = keys.version
    monkeypatch.setattr(keys, "version", lambda name: "0.0" if name == package else known(name))
    assert key(course) != before


def test_another_gpu_matters(tmp_path: Path, monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    found = {cuda_devices(tmp_path)}
    gpu = tmp_path / "gpus" / "0000" / "information"
    gpu.parent.mkdir(parents=True)
    gpu.write_text("Model: \t A\nIRQ: 3\n")
    found.add(cuda_devices(tmp_path))
    gpu.write_text("Model: \t A\nIRQ: 4\n")
    found.add(cuda_devices(tmp_path))
    gpu.write_text("Model: \t B\n")
    found.add(cuda_devices(tmp_path))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    found.add(cuda_devices(tmp_path))
    assert len(found) == 4


@pytest.mark.parametrize(
    ("finding", "lasting"),
    [
        (MissingFile(expected=("double.py",)), True),
        (UnreadableFile(file="double.py", reason="encoding", detail="byte 0xE9 in line 3"), True),
        (UnreadableFile(file="ada", reason="unreadable", detail="Stale file handle"), False),
        (GraderFault(detail="x"), False),
    ],
)
def test_what_the_disk_would_not_give_is_judged_again(finding, lasting):
    assert holds(make_exercise("double", make_test(), findings=(finding,))) is lasting
