"""Training loops beside the reference's: what is claimed of a wrong loop is what the loop does, by number.

Loops are called over the wall, on small problems from blueprints; the reference is the course's own.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
import torch

from grader.blueprints import CriterionBlueprint, LoaderBlueprint, ModelBlueprint, OptimizerBlueprint
from grader.checks.reference import load_module
from grader.compare.samples import Sample
from grader.compare.tolerance import Allowance
from grader.course import read_course
from grader.diagnosis.trajectory import explain_training
from grader.diagnosis.trajectory.loops import _read, problem_of
from grader.findings import Place, Seen
from grader.judge.staff import program_bundle
from grader.student.calls import Asked, Witness
from grader.student.launch import Zygote
from grader.student.proxy import Student, StudentFailed

ROOT = Path(__file__).parents[3]
COURSE = read_course(ROOT, staff=True)
EXERCISE = COURSE.exercise("training_loop")
FOLDER = ROOT / "reference" / "training_loop"

PLAIN = (("linear", 4, 6), ("relu",), ("linear", 6, 3))
NORMED = (("batchnorm1d", 4), *PLAIN)
DROPPED = (*PLAIN[:2], ("dropout", 1.0), PLAIN[2])

HEAD = "import copy, torch\n"
TRAIN = """
def train(model, loader, optimizer, criterion, epochs, device):
    {before}
    history = []
    for epoch in range(epochs):
        {start}
        losses, sizes = [], []
        for i, (x, y) in enumerate({loader}):
            {body}
            losses.append(loss.item()); sizes.append(len(y))
        {end}
        history.append({loss})
    return history
"""
USUAL = {
    "before": "pass",
    "start": "model.train()",
    "loader": "loader",
    "body": "optimizer.zero_grad(); loss = criterion(model(x), y); loss.backward(); optimizer.step()",
    "end": "pass",
    "loss": "sum(a * b for a, b in zip(losses, sizes)) / sum(sizes)",
}
EVALUATE = """
def evaluate(model, loader, criterion, device):
    {before}
    losses, hits, sizes = [], [], []
    for x, y in loader:
        outputs = model(x)
        loss = criterion(outputs, y)
        {body}
        losses.append(loss.item()); hits.append((outputs.argmax(1) == y).sum().item()); sizes.append(len(y))
    torch.set_grad_enabled(True)
    return {loss}, {accuracy}
"""
MEASURES = {
    "before": "model.eval(); torch.set_grad_enabled(False)",
    "body": "pass",
    "loss": USUAL["loss"],
    "accuracy": "sum(hits) / sum(sizes)",
}


def trains(**changes):
    return HEAD + TRAIN.format(**(USUAL | changes)) + EVALUATE.format(**MEASURES)


def measures(**changes):
    return HEAD + TRAIN.format(**USUAL) + EVALUATE.format(**(MEASURES | changes))


@pytest.fixture(scope="module")
def solution():
    return load_module(FOLDER / "solution.py", "solution_beside_trajectories")


def batches(*sizes, rotate=False, dtype=torch.float64):
    generator = torch.Generator().manual_seed(3)
    pairs = [
        (
            torch.randn(size, 4, generator=generator, dtype=dtype),
            torch.randint(3, (size,), generator=generator),
        )
        for size in sizes
    ]
    return LoaderBlueprint(tuple(pairs), rotate)


def called(student, name, blueprint, loader, optimizer, options, epochs):
    far = student.build(blueprint)
    far.eval()
    given = [student.build(loader)]
    if name == "train":
        given.append(student.build(OptimizerBlueprint(optimizer, far, options)))
    given.append(student.build(CriterionBlueprint("cross_entropy")))
    getattr(student, name)(far, *given, *([epochs] if name == "train" else []), "cpu")


@pytest.fixture(scope="module")
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


def places(*pairs):
    return tuple(Place(epoch=epoch, batch=batch) for epoch, batch in pairs)


NO_CLEARING = "loss = criterion(model(x), y); loss.backward(); optimizer.step()"
ONLY_BACKWARD = "loss = criterion(model(x), y); loss.backward()"

STEPS = {
    "gradients pile up": (
        trains(body=NO_CLEARING),
        {},
        (2, (1, 2), 1),
        [Seen(kind="piled-up", places=places((1, 1), (1, 2)))],
    ),
    "gradients pile up under Adam": (
        trains(body=NO_CLEARING),
        {"optimizer": "adam", "options": {"lr": 0.01}},
        (2, (1, 2), 1),
        [Seen(kind="piled-up", places=places((1, 1), (1, 2)))],
    ),
    "gradients pile up across epochs": (
        trains(start="model.train(); optimizer.zero_grad() if not epoch else None", body=NO_CLEARING),
        {"sizes": (4,), "epochs": 3},
        (2, (2, 1), 1),
        [Seen(kind="piled-up", places=places((1, 1), (2, 1)))],
    ),
    "gradients pile up in evaluation mode": (
        trains(start="model.eval()", body=NO_CLEARING),
        {"layers": NORMED},
        (1, (1, 1), 0),
        [Seen(kind="evaluation-mode", places=places((1, 1)))],
    ),
    "one step an epoch": (
        trains(start="model.train(); optimizer.zero_grad()", body=ONLY_BACKWARD, end="optimizer.step()"),
        {},
        (1, (1, 1), 0),
        [
            Seen(kind="joined", places=places((1, 1), (1, 2), (1, 3))),
            Seen(kind="steps-fewer", count=2, expected=6),
        ],
    ),
    "one step an epoch, averaged": (
        trains(
            start="model.train(); optimizer.zero_grad()",
            body="loss = criterion(model(x), y); (loss / 3).backward()",
            end="optimizer.step()",
        ),
        {},
        (1, (1, 1), 0),
        [
            Seen(
                kind="scaled",
                places=places((1, 1), (1, 2), (1, 3)),
                factor=round(1 / 3, 6),
                named="1/batches",
            ),
            Seen(kind="steps-fewer", count=2, expected=6),
        ],
    ),
    "only the last batch": (
        trains(
            body="loss = criterion(model(x), y)",
            end="optimizer.zero_grad(); loss.backward(); optimizer.step()",
        ),
        {},
        (1, (1, 1), 0),
        [
            Seen(kind="other-batch", places=places((1, 3))),
            Seen(kind="no-step", places=places((1, 1), (1, 2))),
            Seen(kind="steps-fewer", count=2, expected=6),
        ],
    ),
    "the first order kept": (
        trains(before="kept = list(loader)", loader="kept"),
        {"rotate": True},
        (4, (2, 1), 3),
        [
            Seen(kind="other-batch", places=places((2, 3))),
            Seen(kind="loader-rounds", count=1, expected=2),
        ],
    ),
    "sum of losses": (
        trains(
            body="optimizer.zero_grad(); loss = criterion(model(x), y) * len(y); loss.backward(); "
            "optimizer.step()"
        ),
        {},
        (1, (1, 1), 0),
        [Seen(kind="scaled", places=places((1, 1)), factor=round(4.0, 6), named="batch size")],
    ),
    "a mean that is divided again": (
        trains(
            body="optimizer.zero_grad(); loss = criterion(model(x), y) / 9; loss.backward(); optimizer.step()"
        ),
        {},
        (1, (1, 1), 0),
        [Seen(kind="scaled", places=places((1, 1)), factor=round(1 / 9, 6), named="1/samples")],
    ),
    "a factor that equals nothing": (
        trains(
            body="optimizer.zero_grad(); loss = criterion(model(x), y); (7.5 * loss).backward(); "
            "optimizer.step()"
        ),
        {},
        (1, (1, 1), 0),
        [Seen(kind="scaled", places=places((1, 1)), factor=round(7.5, 6))],
    ),
    "evaluation mode from the second epoch on": (
        trains(start="model.train(epoch == 0)"),
        {"layers": DROPPED},
        (4, (2, 1), 3),
        [Seen(kind="evaluation-mode", places=places((2, 1)))],
    ),
    "a step too many": (
        trains(end="optimizer.step()"),
        {"epochs": 1},
        (4, None, 3),
        [
            Seen(kind="step-repeated", places=places((1, 3))),
            Seen(kind="steps-more", count=4, expected=3),
        ],
    ),
    "two steps for each batch": (
        trains(body=USUAL["body"] + "; optimizer.step()"),
        {},
        (2, (1, 2), 1),
        [
            Seen(kind="step-repeated", places=places((1, 1))),
            Seen(kind="steps-more", count=12, expected=6),
        ],
    ),
    "the last batch without a step": (
        trains(
            body="optimizer.zero_grad(); loss = criterion(model(x), y); loss.backward(); "
            "optimizer.step() if i < 2 or not epoch else None"
        ),
        {},
        (6, (2, 3), 5),
        [Seen(kind="steps-fewer", count=5, expected=6)],
    ),
    "steps without gradients": (
        trains(
            body="loss = criterion(model(x), y); loss.backward(); optimizer.zero_grad(); optimizer.step()"
        ),
        {},
        (1, (1, 1), 0),
        [Seen(kind="step-empty", count=6)],
    ),
    "steps without gradients, with weight decay": (
        trains(
            body="loss = criterion(model(x), y); loss.backward(); optimizer.zero_grad(set_to_none=False); "
            "optimizer.step()"
        ),
        {"options": {"lr": 0.1, "weight_decay": 0.1}},
        (1, (1, 1), 0),
        [Seen(kind="step-empty", count=1, places=places((1, 1)))],
    ),
    "the gradient of the batch before": (
        trains(
            body="optimizer.step(); optimizer.zero_grad(); loss = criterion(model(x), y); loss.backward()"
        ),
        {},
        (6, (2, 3), 5),
        [Seen(kind="step-empty", count=1)],
    ),
    "a learning rate that falls": (
        trains(end="optimizer.param_groups[0]['lr'] /= 2"),
        {},
        (4, (2, 1), 3),
        [Seen(kind="settings-changed", places=places((2, 1)))],
    ),
    "another optimizer": (
        trains(before="optimizer = torch.optim.SGD(model.parameters(), lr=0.5)"),
        {},
        (1, (1, 1), 0),
        [Seen(kind="optimizer-unused", expected=6), Seen(kind="moved-outside")],
    ),
    "parameters that shrink by hand": (
        trains(
            body=USUAL["body"]
            + "\n            with torch.no_grad(): [p.mul_(0.9) for p in model.parameters()]"
        ),
        {},
        (2, (1, 2), 1),
        [Seen(kind="moved-outside", places=places((1, 2)))],
    ),
    "another loss": (
        trains(
            body="optimizer.zero_grad(); loss = criterion(model(x).softmax(1), y); loss.backward(); "
            "optimizer.step()"
        ),
        {},
        (1, (1, 1), 0),
        [Seen(kind="gradient-differs", places=places((1, 1)))],
    ),
    "an error in the second batch": (
        trains(
            before="sums = 0",
            body="sums = sums + criterion(model(x), y); loss = sums; "
            "optimizer.zero_grad(); sums.backward(); optimizer.step()",
        ),
        {},
        (2, (1, 2), 1),
        [Seen(kind="stopped", count=1, expected=6)],
    ),
    "nothing but the return": (
        "def train(*_): return [0.5, 0.5]\ndef evaluate(*_): return 0, 0",
        {},
        (1, (1, 1), 0),
        [Seen(kind="loader-rounds", expected=2)],
    ),
    "a second forward pass for the loss": (
        trains(body="model(x); " + USUAL["body"]),
        {"layers": NORMED},
        (1, (1, 1), 0),
        [Seen(kind="more-forwards", count=2, expected=1, places=places((1, 1)))],
    ),
    "gradients of losses that are kept": (
        trains(start="model.train(); kept = []", body=NO_CLEARING + "; kept.append(loss)"),
        {},
        (2, (1, 2), 1),
        [
            Seen(kind="piled-up", places=places((1, 1), (1, 2))),
            Seen(kind="graphs-kept", count=3, expected=1),
        ],
    ),
}


@pytest.mark.parametrize("what", STEPS)
def test_the_first_step_that_differs_and_what_was_seen(explained, what):
    source, problem, (step, place, same), seen = STEPS[what]
    found = explained(source, **problem)
    assert found is not None
    assert (found.step, found.same) == (step, same)
    assert found.place == (Place(epoch=place[0], batch=place[1]) if place else None)
    assert [
        each.model_copy(update={"factor": each.factor and round(each.factor, 6)}) for each in found.seen
    ] == seen
    assert found.gap > found.allowed > 0
    assert found.expected_steps == problem.get("epochs", 2) * len(problem.get("sizes", (4, 3, 2)))
    assert (
        found.buffer == found.name.startswith("0.running") == (what == "a second forward pass for the loss")
    )


LOSSES = {
    "loss-by-batch": trains(loss="sum(losses) / len(losses)"),
    "loss-not-divided": trains(loss="sum(losses)"),
    "loss-not-weighted": trains(loss="sum(losses) / sum(sizes)"),
    "loss-over-batches": trains(loss="sum(a * b for a, b in zip(losses, sizes)) / len(losses)"),
    "loss-of-first-batch": trains(loss="losses[0]"),
    "loss-of-last-batch": trains(loss="losses[-1]"),
    "loss-so-far": trains(
        before="total, n = 0, 0",
        end="total += sum(map(float.__mul__, losses, map(float, sizes))); n += sum(sizes)",
        loss="total / n",
    ),
    "loss-after-step": trains(body=USUAL["body"] + "; loss = criterion(model(x), y)"),
    "loss-after-epoch": trains(end="losses = [criterion(model(x), y).item() for x, y in loader]"),
    "graph-returned": trains(
        body=USUAL["body"] + "; kept = loss * len(y) + (kept if i else 0)", loss="kept / sum(sizes)"
    ),
    "moved-outside": trains(end="[p.data.zero_() for p in model.parameters()] if epoch else None"),
}


@pytest.mark.parametrize("kind", LOSSES)
def test_what_the_losses_are_where_the_steps_are_right(explained, kind):
    found = explained(LOSSES[kind])
    assert (found.step, found.same, found.steps) == (None, 6, 6)
    assert [seen.kind for seen in found.seen][:1] == [kind]


def test_an_epoch_of_one_batch_has_the_same_losses_after_it_and_after_its_step(explained):
    found = explained(LOSSES["loss-after-epoch"], sizes=(5,), epochs=2)
    assert [seen.kind for seen in found.seen] == ["loss-after-step", "loader-rounds"][:1]


MEASURED = {
    ("loss-by-batch",): measures(loss="sum(losses) / len(losses)"),
    ("accuracy-by-batch",): measures(accuracy="sum(a / b for a, b in zip(hits, sizes)) / len(sizes)"),
    ("statistics-moved", "measured-in-training-mode"): measures(
        before="model.train(); torch.set_grad_enabled(False)"
    ),
    ("evaluation-trains", "graph-recorded", "evaluation-backward"): measures(
        before="model.eval(); optimizer = torch.optim.SGD(model.parameters(), lr=0.01)",
        body="loss.backward(); optimizer.step()",
    ),
    ("graph-recorded", "evaluation-backward"): measures(before="model.eval()", body="loss.backward()"),
    ("graph-returned", "graph-recorded"): measures(
        before="model.eval()", loss="loss", accuracy="sum(hits) / sum(sizes)"
    ),
}


@pytest.mark.parametrize("kinds", MEASURED)
def test_what_is_seen_of_a_measurement(explained, kinds):
    found = explained(MEASURED[kinds], "evaluate", layers=NORMED, sizes=(5, 3, 2))
    assert (found.steps, found.expected_steps, found.step) == (0, 0, None)
    assert tuple(seen.kind for seen in found.seen if seen.kind != "loss-of-last-batch") == kinds


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
