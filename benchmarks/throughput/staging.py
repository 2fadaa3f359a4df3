"""Lay out the course for graders that have no wall: tests, references, digits, and the plain `grader`."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from benchmarks.throughput.course import ROOT, hidden_tests

HERE = Path(__file__).parent / "plain"

PLAIN: Mapping[str, str] = {
    "checks/__init__.py": "checks.py",
    "checks/reference.py": "reference.py",
    "wire/values.py": "values.py",
    "student/proxy.py": "proxy.py",
    "running.py": "running.py",
    "loading.py": "loading.py",
}
"""Files of `plain`, and where tests look for them."""

SHARED = ("errors.py", "blueprints.py", "compare/tolerance.py", "checks/draw.py", "checks/digits.py")
"""Files of the real grader that need torch and nothing else."""


def plain_course(to: Path) -> Path:
    """Write the course for the others into a folder, which goes onto their path."""
    package = to / "grader"
    for target, source in PLAIN.items():
        _copy(HERE / source, package / target)
    for name in SHARED:
        _copy(ROOT / "grader" / name, package / name)
    for folder in (package, *(path for path in package.iterdir() if path.is_dir())):
        if not (folder / "__init__.py").exists():
            (folder / "__init__.py").write_text("")
    _copy(HERE / "conftest.py", to / "conftest.py")
    hidden_tests(to / "tests" / "hidden")
    for path in sorted((ROOT / "reference").glob("*/solution.py")):
        _copy(path, to / "reference" / path.parent.name / path.name)
    shutil.copytree(ROOT / "exercises" / "data", to / "exercises" / "data")
    return to


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
