"""A chapter imports only chapters above it, whatever the form of the import.

Every module under grader/ is parsed, not imported: imports inside functions,
under TYPE_CHECKING, relative ones and import_module("grader...") all count.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import grader

PACKAGE = Path(grader.__file__).parent

ORDER = (
    "verdicts",
    "errors",
    "findings",
    "course",
    "release",
    "importing",
    "submission",
    "wire",
    "blueprints",
    "tape",
    "counting",
    "sandbox",
    "worker",
    "student",
    "compare",
    "diagnosis",
    "checks",
    "report",
    "marks",
    "pages",
    "judge",
    "press",
    "export",
    "similar",
    "batch",
    "serve",
    "desk",
    "notebook",
    "verify",
    "cli",
    "manual",
)
FAR_SIDE = {"wire", "blueprints", "tape", "counting", "sandbox", "worker"}
"""What a worker's process loads; it must not be able to load anything else of ours."""
FAR_SIDE_MAY = {"verdicts", "errors", "wire", "blueprints", "tape", "counting", "sandbox"}


def chapter(module: str) -> str:
    """`grader.wire.frames` belongs to the chapter `wire`."""
    return module.split(".")[1]


def imported(tree: ast.AST, module: str, *, is_package: bool) -> Iterator[tuple[int, str]]:
    """Line and name of every module of grader that a module's source may import."""
    package = module if is_package else module.rpartition(".")[0]
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, *([node.module] if node.module else [])])
            # `from grader import wire` names the chapter in the list.
            names = [f"grader.{alias.name}" for alias in node.names] if base == "grader" else [base]
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__", "find_spec", "run_module"):
                names = [str(node.args[0].value)]
        yield from ((node.lineno, name) for name in names if name.startswith("grader."))


def breaches(source: str, module: str, *, is_package: bool = False) -> list[str]:
    """Imports in `source` that the order of the chapters does not allow."""
    mine = chapter(module)
    above = {other for other in ORDER if ORDER.index(other) < ORDER.index(mine)} - {"worker"}
    if mine in FAR_SIDE:
        above &= FAR_SIDE_MAY
    return [
        f"{module}:{line} imports {name}"
        for line, name in imported(ast.parse(source), module, is_package=is_package)
        if chapter(name) not in above | {mine} and name != "grader.__version__"
    ]


def modules() -> list[tuple[str, Path]]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if name != "grader":
            found.append((name, path))
    return found


@pytest.mark.parametrize(("module", "path"), modules(), ids=[name for name, _ in modules()])
def test_a_module_imports_only_chapters_above_it(module: str, path: Path) -> None:
    assert breaches(path.read_text(encoding="utf-8"), module, is_package=path.name == "__init__.py") == []


def test_every_chapter_is_in_the_order() -> None:
    assert {chapter(module) for module, _ in modules()} <= set(ORDER)


def test_the_package_itself_imports_nothing() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


BREACHES = [
    ("grader.wire.frames", "import grader.student"),
    ("grader.wire.frames", "from grader.student.proxy import Student"),
    ("grader.wire.frames", "def f():\n    from grader import report"),
    ("grader.wire.frames", "if TYPE_CHECKING:\n    from grader.judge.job import Job"),
    ("grader.wire.frames", "from ..student import proxy"),
    ("grader.wire.frames", "from .. import student"),
    ("grader.wire.frames", "import_module('grader.student.proxy')"),
    ("grader.wire.frames", "importlib.import_module('grader.student')"),
    ("grader.wire.frames", "from grader.findings import Finding"),
    ("grader.worker.child", "from grader.findings import Finding"),
    ("grader.worker.child", "import os, grader.course"),
    ("grader.student.proxy", "from grader.worker.handles import Handles"),
    ("grader.cli.app", "from grader.worker import zygote"),
    ("grader.errors", "from grader.findings import Finding"),
]


@pytest.mark.parametrize(("module", "source"), BREACHES)
def test_a_breach_is_seen(module: str, source: str) -> None:
    assert len(breaches(source, module)) == 1


ALLOWED = [
    ("grader.wire.frames", "from grader.errors import WireError\nfrom . import messages\nimport struct"),
    ("grader.worker.child", "from grader.wire.frames import frame\nfrom grader.blueprints import build"),
    ("grader.cli.app", "from grader import __version__\nfrom grader.batch.grade import grade"),
    ("grader.report.text", "from ..findings import Finding"),
]


@pytest.mark.parametrize(("module", "source"), ALLOWED)
def test_what_is_allowed_is_no_breach(module: str, source: str) -> None:
    assert breaches(source, module) == []


def test_a_packages_own_init_is_inside_the_package() -> None:
    assert breaches("from . import proxy", "grader.student", is_package=True) == []
    assert len(breaches("from .. import judge", "grader.student", is_package=True)) == 1
