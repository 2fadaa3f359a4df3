"""What is no Python goes along when the grader is installed: templates and styles."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_file_beside_the_modules_is_installed():
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    package = ROOT / "grader"
    taken = {path for pattern in setup["package-data"]["grader"] for path in package.glob(pattern)}
    there = {
        path
        for path in package.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc") and path.name != ".DS_Store"
    }
    assert there - taken == set()
    assert there
