"""Calls of training loops over the wall, and what is claimed of them beside the course's own reference."""

from contextlib import suppress

import pytest
import torch

from grader.blueprints import ModelBlueprint
from grader.checks.reference import load_module
from grader.diagnosis.trajectory import explain_training
from grader.judge.staff import program_bundle
from grader.student.launch import Zygote
from grader.student.proxy import Student, StudentFailed
from tests.grader.diagnosis.trajectory.loops import EXERCISE, FOLDER, PLAIN, batches, called


@pytest.fixture(scope="package")
def solution():
    return load_module(FOLDER / "solution.py", "solution_beside_trajectories")


@pytest.fixture(scope="package")
def warm():
    """A cold worker takes a second for its first optimizer."""
    with Zygote(warm=True) as running:
        yield running


@pytest.fixture
def explained(warm, solution):
    """The trajectory of a call of `source` on a problem."""

    def run(
        source,
        name="train",
        layers=PLAIN,
        sizes=(4, 3, 2),
        epochs=2,
        optimizer="sgd",
        options=None,
        rotate=False,
        dtype=torch.float64,
        samples=(),
        seed=1,
    ):
        program = source if isinstance(source, bytes) else source.encode()
        student = Student(warm, EXERCISE, program_bundle("training_loop", program))
        student.begin_test("cpu", "a test")
        blueprint = ModelBlueprint.seeded(layers, seed, dtype)
        loader = batches(*sizes, rotate=rotate, dtype=dtype)
        try:
            with student.witnessed() as witnesses, suppress(StudentFailed):
                called(student, name, blueprint, loader, optimizer, options or {"lr": 0.1}, epochs)
            return explain_training(witnesses, samples, solution)
        finally:
            student.close()

    return run
