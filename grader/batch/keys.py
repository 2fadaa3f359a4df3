"""What a result depends on, as one digest: equal keys mean that judging again would give the same.

A key covers what was handed in, the exercise (manifest, hidden tests and what
they may import, reference, data), the secret, the grader's own sources and the
environment. It leaves out whatever only acts on a finished result: due dates,
weights, and how much students are shown. Reads files; runs nothing.
"""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import grader
from grader.course import Course, Exercise
from grader.errors import CourseError
from grader.findings import GraderFault, UnreadableFile
from grader.judge.job import Job
from grader.report.model import ExerciseReport
from grader.sandbox.policy import Confinement
from grader.submission.bundle import digest
from grader.verdicts import Blame

PACKAGES = ("torch", "numpy", "pytest", "msgspec")
"""What numbers, seeds and verdicts come from; everything else only carries them."""

AFTERWARDS = ("cli", "marks", "verify")
"""Chapters that see a result only when it is finished: a change in them makes no result stale."""

_PATHS = {"folder", "visible_tests", "hidden_tests", "reference", "stub", "handout"}
"""Fields of an exercise that say where things lie; what lies there is read where it matters."""

_OURS = (Blame.GRADER, Blame.EXERCISE, Blame.OPERATOR)
"""Whose fault a verdict must not be, if it is to hold next time too."""

_NOT_READ = ("__pycache__",)
"""Folders that come and go by themselves."""


class Keys:
    """Makes the keys of one run.

    Args:
        course: The course, read with its staff's files.
        secret: What inputs are drawn from.
        device: 'cpu', 'cuda', 'auto' or 'all'.
        confinement: What workers are walled off with.
        cluster: Whether other machines judge.
    """

    def __init__(
        self, course: Course, secret: str, device: str, confinement: Confinement, *, cluster: bool = False
    ) -> None:
        self._course = course
        self._run = _digest([_hash(secret.encode()), *_environment(device, confinement, cluster=cluster)])
        self._exercises: dict[str, bytes] = {}

    def of(self, job: Job) -> str:
        """The key of what judging `job` gives."""
        parts = [job.student.encode(), bytes.fromhex(content(job)), self._exercise(job.exercise), self._run]
        return _digest(parts).hex()

    def _exercise(self, name: str) -> bytes:
        if name not in self._exercises:
            parts = (part for each in exercise_parts(self._course, name) for part in each)
            self._exercises[name] = _digest(parts)
        return self._exercises[name]


def content(job: Job) -> str:
    """SHA-256 over what was handed in for a job, companions included; the time of it does not count."""
    return digest((job.bundle, *job.companions))


def holds(report: ExerciseReport) -> bool:
    """Whether a result is one to be used again: nothing in it is the fault of anybody but the student."""
    for finding in report.findings:
        # What the system would not read lies with rights, the disk, or a folder that was taken away
        # since it was listed; what is wrong inside a file or an archive has other reasons.
        unread = isinstance(finding, UnreadableFile) and finding.reason == "unreadable"
        if unread or isinstance(finding, GraderFault):
            return False
    return not any(test.blame in _OURS for test in report.tests)


def exercise_parts(course: Course, name: str) -> Iterator[tuple[bytes, bytes]]:
    """Everything of an exercise that its results depend on: names and contents.

    Raises:
        CourseError: A file of it cannot be read.
    """
    exercise = course.exercise(name)
    yield b"exercise", _described(exercise)
    for companion in map(course.exercise, exercise.companions):
        yield b"companion", _described(companion)
        yield from _files(course.root, _inside(companion.reference))  # tests of both look at both
    yield from _files(course.root, _test_files(course, exercise))
    yield from _files(course.root, _inside(exercise.reference))
    # What data an exercise reads is known only to its tests; there is little of it, and it rarely changes.
    yield from _files(course.root, _inside(course.root / "exercises" / "data"))


def _described(exercise: Exercise) -> bytes:
    return exercise.model_dump_json(exclude=_PATHS).encode()


def _test_files(course: Course, exercise: Exercise) -> Iterator[Path]:
    """The hidden tests, and all that they can import: what lies beside them and is not another's tests."""
    tests = exercise.hidden_tests
    if tests is None:
        return
    others = {other.hidden_tests for other in course.exercises} - {tests}
    yield from (path for path in _inside(tests.parent) if path not in others)
    above = tests.parent
    while above != course.root and course.root in above.parents:
        above = above.parent
        yield from (path for path in [above / "conftest.py"] if path.is_file())


def _inside(folder: Path | None) -> Iterator[Path]:
    if folder is None:
        return
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _NOT_READ)
        yield from (Path(place) / name for name in sorted(names))


def _files(root: Path, paths: Iterable[Path]) -> Iterator[tuple[bytes, bytes]]:
    for path in paths:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CourseError(f"'{path}' cannot be read ({error.strerror}).") from None
        yield os.fsencode(path.relative_to(root)), _hash(data)


def _environment(device: str, confinement: Confinement, *, cluster: bool) -> Iterator[bytes]:
    """What judges, and on what; without importing torch."""
    yield from (grader.__version__.encode(), own_sources())
    yield from (platform.python_version().encode(), platform.system().encode(), platform.machine().encode())
    yield from (f"{package} {_version(package)}".encode() for package in PACKAGES)
    yield from (b"wanted", *(layer.encode() for layer in sorted(confinement.wanted)))
    yield from (b"required", *(layer.encode() for layer in sorted(confinement.required)))
    yield from (b"closed", str(confinement.closed).encode())
    yield device.encode()
    if device != "cpu":
        yield b"cluster" if cluster else cuda_devices()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def own_sources(package: Path = Path(grader.__file__).parent) -> bytes:
    """SHA-256 over the grader's sources, as far as they make results."""
    parts = []
    for path in _inside(package):
        inside = path.relative_to(package)
        if path.suffix == ".py" and inside.parts[0] not in AFTERWARDS:
            parts += [os.fsencode(inside), path.read_bytes()]
    return _digest(parts)


def cuda_devices(driver: Path = Path("/proc/driver/nvidia")) -> bytes:
    """Which CUDA devices can be seen, as the driver says: with another GPU numbers may differ."""
    parts = [os.environ.get("CUDA_VISIBLE_DEVICES", "all").encode()]
    for path in sorted([driver / "version", *driver.glob("gpus/*/information")]):
        try:
            lines = path.read_bytes().splitlines()
        except OSError:
            continue
        parts += [line for line in lines if line.startswith((b"Model", b"NVRM"))]
    return _digest(parts)


def _digest(parts: Iterable[bytes]) -> bytes:
    total = hashlib.sha256()
    for part in parts:
        # Each part's length goes first, so that no two lists run together to the same bytes.
        total.update(len(part).to_bytes(8, "big") + part)
    return total.digest()


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
