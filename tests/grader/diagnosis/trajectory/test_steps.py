"""The first step of a wrong loop that differs, and what was seen of it: what the loop does, by number."""

import pytest

from grader.findings import Place, Seen
from tests.grader.diagnosis.trajectory.loops import DROPPED, NO_CLEARING, NORMED, USUAL, trains

ONLY_BACKWARD = "loss = criterion(model(x), y); loss.backward()"


def places(*pairs):
    return tuple(Place(epoch=epoch, batch=batch) for epoch, batch in pairs)


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


def test_the_losses_along_both_ways_part_where_the_steps_do(explained):
    found = explained(trains(body=NO_CLEARING))
    losses = found.losses
    assert losses.batches == 3
    assert len(losses.yours) == len(losses.expected) == 6
    pairs = zip(losses.yours, losses.expected, strict=True)
    parts = [i for i, (yours, expected) in enumerate(pairs) if yours != expected]
    assert parts == list(range(found.step, 6))  # after that step the parameters differ


def test_the_losses_are_known_as_far_as_a_loop_went(explained):
    losses = explained(trains(loader="list(loader)[:2]")).losses
    assert len(losses.yours) == 5  # before each of its four steps, and after the last
    assert len(losses.expected) == 6


def test_a_loop_without_steps_has_no_losses(explained):
    found = explained(trains(body="loss = criterion(model(x), y)"))
    assert found.losses is None
