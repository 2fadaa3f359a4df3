"""The fixtures of the hidden tests as plain pytest, for a module that is imported by its own name.

mutmut changes the module on the path and asks which of its functions a test called, so
that it must not be loaded from a file as `benchmarks/throughput/plain` does.
"""

import importlib

import pytest
import torch
from grader.running import digits as load_digits
from grader.running import reference as load_reference

from grader.checks.draw import Draw, seed_for
from grader.student.proxy import Student

torch.set_num_threads(1)


@pytest.fixture
def exercise(request):
    """Which exercise a test belongs to."""
    return request.path.stem.removeprefix("test_")


@pytest.fixture
def student(exercise):
    """The functions under test."""
    return Student(vars(importlib.import_module(exercise)))


@pytest.fixture
def reference(exercise):
    """The oracle, which is not mutated."""
    return load_reference(exercise)


@pytest.fixture
def rng(request, exercise):
    """Inputs for this test."""
    return Draw(seed_for("benchmark", "you", exercise, request.node.originalname))


@pytest.fixture
def digits():
    """The handwritten digits."""
    return load_digits()


@pytest.fixture
def device():
    """Where the code runs."""
    return "cpu"
