"""The fixtures of the hidden tests as plain pytest: one submission, or all of a class in one session."""

import os
from pathlib import Path

import pytest
from grader.loading import load
from grader.running import digits as load_digits
from grader.running import reference as load_reference

from grader.checks.draw import Draw, seed_for
from grader.student.proxy import Student

PLACE = Path(os.environ["SUBMISSIONS"])
FOLDERS = sorted(PLACE.iterdir()) if os.environ.get("WHOLE_CLASS") else [PLACE]


def pytest_generate_tests(metafunc):
    """Every test for every submission; one after the other, so that a worker has few to load."""
    if "folder" in metafunc.fixturenames:
        marked = [
            pytest.param(folder, id=folder.name, marks=pytest.mark.xdist_group(folder.name))
            for folder in FOLDERS
        ]
        metafunc.parametrize("folder", marked if len(FOLDERS) > 1 else FOLDERS, ids=[f.name for f in FOLDERS])


def pytest_configure(config):
    """A marker of xdist's, for whoever runs without it."""
    config.addinivalue_line("markers", "xdist_group(name): run by one worker")


LOADED = {}


def functions_of(folder, exercise):
    """What a submission defines; loaded once in a process."""
    if (folder, exercise) not in LOADED:
        LOADED[folder, exercise] = load(folder, exercise)
    return LOADED[folder, exercise]


@pytest.fixture
def exercise(request):
    """Which exercise a test belongs to."""
    return request.path.stem.removeprefix("test_")


@pytest.fixture
def student(folder, exercise):
    """Her functions."""
    return Student(functions_of(folder, exercise))


@pytest.fixture
def reference(exercise):
    """The oracle."""
    return load_reference(exercise)


@pytest.fixture
def rng(request, folder, exercise):
    """Inputs for this student and this test."""
    return Draw(seed_for("benchmark", folder.name, exercise, request.node.originalname))


@pytest.fixture
def digits():
    """The handwritten digits."""
    return load_digits()


@pytest.fixture
def device():
    """Where student code runs."""
    return "cpu"
