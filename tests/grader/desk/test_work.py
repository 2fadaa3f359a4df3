"""Which of the files around a student is which exercise."""

import json
from pathlib import Path

import pytest

from grader.course import Course, read_course
from grader.desk.progress import Progress
from grader.desk.work import bundles_of, defined_in, files_of, is_started, look_around, look_in, target_of

EXERCISE = """
title = "NAME"
summary = "Write NAME."
COMPANIONS
[[entry_points]]
name = "NAME"
signature = "NAME(x)"
"""
MINE = "def f(x):\n    return x\n"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    root = tmp_path / "course"
    put(root / "course.toml", 'name = "A course"\nexercises = ["softmax", "conv2d"]\n')
    for name in ("softmax", "conv2d"):
        folder = root / "exercises" / name
        companions = 'companions = ["softmax"]' if name == "conv2d" else ""
        put(folder / "exercise.toml", EXERCISE.replace("NAME", name).replace("COMPANIONS", companions))
        put(folder / "README.md", f"# {name}\n")
        put(folder / f"{name}.py", f'def {name}(x):\n    raise NotImplementedError("write {name}")\n')
        put(folder / f"test_{name}.py", "")
    return read_course(root, staff=False)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    folder.mkdir()
    return folder


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def notebook(*sources: str) -> str:
    cells = [{"cell_type": "code", "source": source.splitlines(keepends=True)} for source in sources]
    return json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}})


def found(course: Course, here: Path) -> dict[str, Path]:
    return {work.exercise.name: work.path.relative_to(here) for work in look_around(course, here).works}


def test_what_is_started_and_what_waits(course: Course, desk: Path) -> None:
    put(desk / "conv2d.py", MINE)
    put(desk / "softmax" / "softmax.py", course.exercises[0].stub.read_text())
    around = look_around(course, desk)
    assert [work.path for work in around.works] == [desk / "conv2d.py"]
    assert [work.path for work in around.waiting] == [desk / "softmax" / "softmax.py"]
    assert (around.of("conv2d"), around.of("softmax")) == (around.works[0], around.waiting[0])


def test_of_several_files_the_first_that_is_started_counts(course: Course, desk: Path) -> None:
    put(desk / "softmax.py", course.exercises[0].stub.read_text())
    put(desk / "softmax" / "softmax.py", MINE)
    put(desk / "softmax" / "softmax.ipynb", notebook(MINE))
    put(desk / "homework.ipynb", notebook("def softmax(x):\n    return x\n"))
    around = look_around(course, desk)
    assert found(course, desk) == {"softmax": Path("softmax/softmax.py")}
    others = [path.relative_to(desk) for path in around.passed_over["softmax"]]
    assert others == [Path("softmax/softmax.ipynb"), Path("homework.ipynb")]


def test_a_notebook_of_another_name_counts_for_what_it_defines(course: Course, desk: Path) -> None:
    put(desk / "homework.ipynb", notebook("import torch\n", "x = 1\nsoftmax = lambda x: x\n"))
    put(desk / "other.ipynb", notebook("softmax(x)\n# def conv2d\nimport conv2d\n"))
    assert found(course, desk) == {"softmax": Path("homework.ipynb")}


def test_a_stub_in_a_notebook_waits(course: Course, desk: Path) -> None:
    stubs = [exercise.stub.read_text() for exercise in course.exercises]
    put(desk / "homework.ipynb", notebook(*stubs))
    assert found(course, desk) == {}
    put(desk / "homework.ipynb", notebook(stubs[0], "def conv2d(x):\n    return x\n"))
    assert found(course, desk) == {"conv2d": Path("homework.ipynb")}


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("def softmax(x): pass", ["softmax"]),
        ("x = 1\n  class conv2d(Module): pass", ["conv2d"]),
        ("softmax = make()\nconv2d=2", ["softmax", "conv2d"]),
        ("def softmax_backward(x): pass", []),
        ("softmax(x)\nprint(softmax == conv2d)", []),
        ("f(softmax=1)", []),
        (notebook("import torch\n", "# mine\ndef softmax(x):\n"), ["softmax"]),
        (notebook("def my_softmax(x):\n"), []),
    ],
)
def test_what_a_file_defines(course: Course, content: str, names: list[str]) -> None:
    assert [exercise.name for exercise in defined_in(content.encode(), course)] == names


def test_from_a_folder_below_all_is_found_that_she_began_above(course: Course, desk: Path) -> None:
    put(desk / "softmax" / "softmax.py", MINE)
    put(desk / "conv2d.py", MINE)
    (desk / "drafts").mkdir()
    assert look_around(course, desk / "drafts").works == (), "nothing says yet where she works"
    assert len(look_around(course, desk / "softmax").works) == 2, "the folder of an exercise does"
    Progress(desk).see_hint("softmax")
    assert len(look_around(course, desk / "drafts").works) == 2
    assert look_in(course, desk / "drafts").works == ()


def test_in_place_the_stub_is_the_file(course: Course) -> None:
    softmax = course.exercises[0]
    assert look_around(course, course.root).of("softmax") is None
    target = target_of(softmax, course, course.root)
    assert target is not None
    assert target.path == softmax.stub
    put(softmax.stub, MINE)
    assert [work.path for work in look_around(course, softmax.folder).works] == [softmax.stub]


def test_nothing_is_nothing(course: Course, desk: Path) -> None:
    (desk / "softmax.py").mkdir()
    assert target_of(course.exercises[0], course, desk) is None
    assert files_of(course.exercises[0], course, desk) == []


def test_a_file_that_cannot_be_read_is_somebodys_work(course: Course, desk: Path) -> None:
    (desk / "softmax.py").symlink_to("nowhere")
    assert is_started(desk / "softmax.py", course.exercises[0])


def test_companions_come_along(course: Course, desk: Path) -> None:
    put(desk / "conv2d" / "conv2d.py", MINE)
    work = look_around(course, desk).works[0]
    assert bundles_of(course, work, desk)[1] == ()
    put(desk / "softmax" / "softmax.py", "mine = 1\n")
    bundle, (companion,) = bundles_of(course, work, desk)
    assert (bundle.exercise, companion.exercise) == ("conv2d", "softmax")
    assert companion.files[0].content == b"mine = 1\n"
