"""The far side holds no test, no reference and nothing of the judge: not even as a module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.grader.worker.driver import Worker, Zygote, shared

SECRET = {
    "pytest", "_pytest", "pydantic", "hypothesis", "typer", "rich", "reference", "exercises", "tests",
}  # fmt: skip
OURS = {"grader", "grader.verdicts", "grader.errors", "grader.blueprints", "grader.counting", "grader.tape"}
OUR_CHAPTERS = ("grader.wire", "grader.sandbox", "grader.worker")

LOOK = """
import sys, torch
def modules(): return sorted(name for name in sys.modules if type(name) is str)
def f(x): return torch.nn.functional.relu(x)
"""


@pytest.fixture(params=[(), ("--warm",)], ids=["cold", "warm"])
def zygote(request) -> Zygote:
    return shared(*request.param)


@pytest.fixture
def loaded(zygote: Zygote, tmp_path: Path) -> Iterator[set[str]]:
    """The modules of a worker that has served a call, and so of the zygote that it was forked from."""
    worker = Worker(zygote, tmp_path)
    assert worker.load(LOOK, "modules", "f").missing == ()
    worker.call("f", 1.0)
    yield set(worker.value("modules"))
    worker.close()


def test_nothing_of_tests_references_or_reports(loaded):
    assert {name for name in loaded if name.partition(".")[0] in SECRET} == set()


def test_of_the_grader_only_the_chapters_of_the_far_side(loaded):
    grader = {name for name in loaded if name.partition(".")[0] == "grader"}
    assert "grader.worker.child" in grader
    others = {
        name for name in grader - OURS if not any(name == c or name.startswith(c + ".") for c in OUR_CHAPTERS)
    }
    assert others == set()


def test_torch_is_there(loaded):
    assert {"torch", "numpy"} <= loaded
