"""Where nothing is claimed: loops that are right, what rounding may decide, tapes that lie or are gone."""

import pytest
import torch

from grader.blueprints import CriterionBlueprint, ModelBlueprint, OptimizerBlueprint
from grader.compare.samples import Sample
from grader.compare.tolerance import Allowance
from grader.diagnosis.trajectory import explain_training
from grader.diagnosis.trajectory.loops import _read, problem_of
from grader.judge.staff import program_bundle
from grader.student.calls import Asked, Witness
from grader.student.proxy import Student
from tests.grader.diagnosis.trajectory.loops import (
    DROPPED,
    EXERCISE,
    FOLDER,
    NO_CLEARING,
    NORMED,
    PLAIN,
    batches,
    called,
    measures,
    trains,
)


@pytest.mark.parametrize("path", sorted((FOLDER / "accepted").glob("*.py")), ids=lambda path: path.stem)
@pytest.mark.parametrize(
    "problem",
    [
        {"optimizer": "adam", "options": {"lr": 0.01}, "layers": NORMED},
        {"rotate": True, "options": {"lr": 0.05, "momentum": 0.9}},
        {"layers": DROPPED},
        {"dtype": torch.float32, "sizes": (5,), "epochs": 1},
    ],
    ids=("adam", "rotating", "dropped", "float32"),
)
def test_right_loops_have_no_trajectory(explained, path, problem):
    assert explained(path.read_bytes(), **problem) is None


def test_a_single_sample_in_training_mode_is_no_candidate(explained):
    single = {"layers": NORMED, "sizes": (5, 1)}
    found = explained(measures(loss="sum(losses) / len(losses)"), "evaluate", **single)
    assert [seen.kind for seen in found.seen] == ["loss-by-batch"]


def test_a_right_measurement_has_no_trajectory(explained):
    for source in (measures(), (FOLDER / "solution.py").read_bytes()):
        assert explained(source, "evaluate", layers=NORMED) is None


def test_what_rounding_may_decide_is_not_followed(explained):
    wrong = trains(body=NO_CLEARING)
    assert explained(wrong, dtype=torch.float32, optimizer="adam", options={"lr": 0.01}) is None
    found = explained(wrong, dtype=torch.float32)
    assert (found.step, [seen.kind for seen in found.seen]) == (2, ["piled-up"])


def test_the_allowance_of_the_test_counts(explained):
    lax = Sample("value", "train", expected={}, allowance=Allowance(magnitude=1e30))
    assert explained(trains(body=NO_CLEARING), samples=[lax]) is None


def test_long_loops_are_followed_as_far_as_the_tape_goes(explained):
    sizes = (1,) * 40
    found = explained(trains(body=NO_CLEARING), sizes=sizes)
    assert (found.step, found.steps) == (2, 64)
    assert [seen.kind for seen in found.seen] == ["piled-up"]
    late = trains(end="optimizer.step() if epoch else None")
    assert explained(late, sizes=sizes) is None  # beyond the tape: nothing is known
    single = trains(
        body="optimizer.zero_grad(); loss = criterion(model(x), y); (3 * loss).backward(); optimizer.step()"
    )
    assert [seen.kind for seen in explained(single, sizes=sizes, epochs=1).seen] == ["scaled"]


def test_a_model_that_is_taken_apart_ends_its_tape(explained):
    assert explained(trains(before="model[0].extra = torch.nn.Parameter(torch.ones(3))")) is None


def test_calls_without_blueprints_are_no_loops():
    assert problem_of(Witness(Asked("softmax", (torch.ones(3),), {"dim": 0}))) is None


def test_what_a_test_did_to_the_model_itself_is_not_blamed_on_the_loop(warm, solution):
    source = trains(body=NO_CLEARING).encode()
    blueprint, loader = ModelBlueprint.seeded(PLAIN, 1, torch.float64), batches(4, 3)
    student = Student(warm, EXERCISE, program_bundle("training_loop", source))
    student.begin_test("cpu", "a test")
    with student.witnessed() as witnesses:
        called(student, "train", blueprint, loader, "sgd", {"lr": 0.1}, 1)
        assert explain_training(witnesses, (), solution) is not None
        (loop,) = (each for each in witnesses if each.asked.name == "train")
        loop.asked.args[0].set_parameters({"0.bias": torch.ones(6, dtype=torch.float64)})
        assert explain_training(witnesses, (), solution) is None
    assert explain_training(witnesses[:0], (), solution) is None
    student.close()


def test_a_worker_that_is_gone_leaves_nothing_to_explain(warm, solution):
    student = Student(warm, EXERCISE, program_bundle("training_loop", trains(body=NO_CLEARING).encode()))
    student.begin_test("cpu", "a test")
    with student.witnessed() as witnesses:
        called(
            student,
            "train",
            ModelBlueprint.seeded(PLAIN, 1, torch.float64),
            batches(4, 3),
            "sgd",
            {"lr": 0.1},
            1,
        )
    student.restart()
    assert explain_training(witnesses, (), solution) is None
    student.close()


GOOD = {
    "states": torch.zeros(2, 5, dtype=torch.float64),
    "gradients": torch.zeros(1, 4, dtype=torch.float64),
    "at": torch.ones(1, dtype=torch.int64),
    "moved": torch.zeros(2, dtype=torch.int64),
    "settings": torch.zeros(1, dtype=torch.int64),
    "graphs": torch.zeros(1, dtype=torch.int64),
    "forwards": torch.ones(1, dtype=torch.int64),
    "modes": torch.ones(3, dtype=torch.int64),
    "whole": True,
}


@pytest.mark.parametrize(
    "lie",
    [
        {"states": torch.zeros(2, 5)},
        {"states": "many"},
        {"gradients": torch.zeros(1, dtype=torch.float64)},
        {"gradients": torch.zeros(2, 4, dtype=torch.float64)},
        {"at": torch.zeros(2, dtype=torch.int64)},
        {"moved": torch.zeros(1, dtype=torch.int64)},
        {"graphs": torch.zeros(1)},
        {"modes": None},
        {"forwards": [1]},
    ],
    ids=lambda lie: " ".join(lie),
)
def test_a_tape_that_no_honest_worker_sends_is_not_read(lie):
    assert _read(GOOD) is not None
    assert _read(GOOD | lie) is None


def test_keyword_arguments_are_arguments(warm, solution):
    student = Student(warm, EXERCISE, program_bundle("training_loop", trains(body=NO_CLEARING).encode()))
    student.begin_test("cpu", "a test")
    with student.witnessed() as witnesses:
        far = student.build(ModelBlueprint.seeded(PLAIN, 1, torch.float64))
        student.train(
            far,
            loader=student.build(batches(4, 3)),
            optimizer=student.build(OptimizerBlueprint("sgd", far, {"lr": 0.1})),
            criterion=student.build(CriterionBlueprint("cross_entropy")),
            epochs=1,
            device="cpu",
        )
    found = explain_training(witnesses, (), solution)
    assert [seen.kind for seen in found.seen] == ["piled-up"]
    student.close()
