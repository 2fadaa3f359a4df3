"""What a kernel has of an exercise, as if it had been handed in."""

from __future__ import annotations

import pytest

from grader.course import read_course
from grader.errors import GraderError
from grader.notebook.bundles import bundle_of, companions_of
from grader.notebook.history import History, Input


@pytest.fixture(scope="module")
def course(request):
    return read_course(request.config.rootpath, staff=False)


def past(*texts: str) -> History:
    return History(tuple(Input(number, text, text) for number, text in enumerate(texts, start=1)))


SOFTMAX = "import helper\ndef softmax(x): return helper.f(x)"
NAMESPACE = {"softmax": len, "MLP": dict, "train": len}


def files(bundle):
    return {file.name: file.content for file in bundle.files}


def test_the_history_goes_along_with_the_modules_that_it_imports(course, tmp_path):
    (tmp_path / "helper.py").write_text("def f(x): return x")
    (tmp_path / "draft.py").write_text("1 / 0")
    (tmp_path / "notebook.ipynb").write_text("another notebook, as it was saved last")
    (tmp_path / "softmax.py").write_text("an older one")
    told = past(SOFTMAX)
    bundle = bundle_of(course, course.exercise("softmax"), told, NAMESPACE, tmp_path)
    assert bundle.main == ("notebook.ipynb",)
    assert bundle.problem is None
    assert files(bundle) == {"notebook.ipynb": told.content(), "helper.py": b"def f(x): return x"}


def test_companions_are_those_that_the_kernel_has_whole(course, tmp_path):
    mlp = course.exercise("mlp")
    cells = past("class MLP: pass", "def train(): pass", "def evaluate(): pass")
    assert companions_of(course, mlp, cells, NAMESPACE, tmp_path) == []
    whole = NAMESPACE | {"evaluate": len}
    assert companions_of(course, mlp, past("def train(): pass"), whole, tmp_path) == []
    (companion,) = companions_of(course, mlp, cells, whole, tmp_path)
    assert companion.exercise == "training_loop"
    assert files(companion) == {"notebook.ipynb": cells.content()}


def test_a_folder_that_is_gone(course, tmp_path):
    with pytest.raises(GraderError, match=r"where this kernel began, cannot be read .*; restart the kernel"):
        bundle_of(course, course.exercise("softmax"), past(SOFTMAX), NAMESPACE, tmp_path / "gone")


def test_a_history_beyond_the_limit_is_a_finding(course, tmp_path):
    bundle = bundle_of(
        course, course.exercise("softmax"), past(SOFTMAX, "#" * 22_000_000), NAMESPACE, tmp_path
    )
    assert bundle.problem is not None
    assert (bundle.problem.code, bundle.problem.reason) == ("unreadable-file", "too-large")
