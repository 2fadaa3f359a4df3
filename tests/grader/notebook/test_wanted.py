"""What a check is about: functions, names, and all that is defined."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from grader.course import read_course
from grader.errors import UsageError
from grader.notebook.wanted import wanted


@pytest.fixture(scope="module")
def course(request):
    return read_course(request.config.rootpath, staff=False)


def mine(name: str) -> object:
    def function() -> None: ...

    function.__module__, function.__name__ = "__main__", name
    return function


NAMES = ("softmax", "cross_entropy", "train", "evaluate", "other")
NAMESPACE = {name: mine(name) for name in NAMES}


def names(course, *what, namespace=NAMESPACE):
    return [exercise.name for exercise in wanted(course, namespace, Path("/nowhere"), what)]


def test_a_function_means_its_exercise(course):
    assert names(course, NAMESPACE["softmax"]) == ["softmax"]
    assert names(course, NAMESPACE["evaluate"]) == ["training_loop"]


def test_a_name_is_an_exercise_or_a_function(course):
    assert names(course, "training_loop") == names(course, "train") == ["training_loop"]
    assert names(course, "softmax") == ["softmax"]


def test_several_are_checked_once_each_in_the_order_asked_for(course):
    assert names(course, "train", NAMESPACE["softmax"], "evaluate") == ["training_loop", "softmax"]


def test_nothing_named_means_all_of_her_own_in_the_order_of_the_course(course):
    assert names(course) == ["softmax", "cross_entropy", "training_loop"]
    borrowed = {"softmax": torch.softmax, "train": NAMESPACE["train"]}
    assert names(course, namespace=borrowed) == ["training_loop"]


def test_what_lies_beside_the_notebook_is_hers(course, tmp_path, monkeypatch):
    (tmp_path / "mymodule.py").write_text("def softmax(x): ...")
    monkeypatch.syspath_prepend(tmp_path)
    import mymodule

    assert [each.name for each in wanted(course, vars(mymodule), tmp_path, ())] == ["softmax"]
    with pytest.raises(UsageError):
        wanted(course, vars(mymodule), tmp_path.parent, ())


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (NAMESPACE["other"], "No exercise asks for other. This course asks for softmax, cross_entropy, "),
        (mine("sofmax"), "No exercise asks for sofmax. Did you mean 'softmax'? This course asks for"),
        (torch.softmax, "This is not the softmax that is defined here: define your own under that name, run"),
        (
            torch.ones(2),
            "A check is of a function or class, not of a value of type Tensor: write check(softmax)",
        ),
        ("sofmax", "No exercise is called 'sofmax'. Did you mean 'softmax'?"),
        ("mlp", "MLP is not defined here yet: run the cell that defines it, then check again."),
    ],
)
def test_what_cannot_be_meant(course, what, said):
    with pytest.raises(UsageError) as raised:
        names(course, what)
    assert str(raised.value).startswith(said)


def test_nothing_is_defined(course):
    with pytest.raises(
        UsageError, match="Nothing that an exercise asks for is defined here yet; this course"
    ):
        names(course, namespace={"softmax": 3})
