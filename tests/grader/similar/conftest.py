"""A reader with whatever walls this machine has, for all tests, and the course that they compare in."""

import atexit
from functools import cache
from pathlib import Path

import pytest

from grader.course import Course, read_course
from grader.sandbox.policy import Confinement
from grader.similar.reading import Reader

ROOT = Path(__file__).parents[3]


@cache
def _shared() -> Reader:
    reader = Reader(Confinement())
    atexit.register(reader.__exit__, None, None, None)
    return reader


@pytest.fixture
def reader() -> Reader:
    reader = _shared()
    reader.next_student()
    return reader


@pytest.fixture(scope="session")
def course() -> Course:
    return read_course(ROOT, staff=True)
