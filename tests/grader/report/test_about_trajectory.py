"""A training loop beside the reference's, in words that are read at midnight."""

from typing import get_args

import pytest

from grader.findings import Place, Seen, Trajectory
from grader.findings.trajectory import FactorName, SeenKind
from grader.report.about_trajectory import _FACTORS, about_trajectory, where_to_look


def places(*pairs):
    return tuple(Place(epoch=epoch, batch=batch) for epoch, batch in pairs)


def left(step=4, place=(1, 4), seen=(), **fields):
    """A loop of 9 steps that leaves the way at this step."""
    facts = {
        "steps": 9,
        "expected_steps": 9,
        "same": step - 1,
        "step": step,
        "place": Place(epoch=place[0], batch=place[1]) if place else None,
        "name": "0.weight",
        "gap": 0.034978,
        "allowed": 9e-11,
    }
    return Trajectory(**(facts | fields), seen=seen)


def said(trajectory):
    return [sentence for _, sentence in about_trajectory(trajectory)]


def test_gradients_that_pile_up():
    seen = Seen(kind="piled-up", places=places((1, 3), (1, 4)))
    assert about_trajectory(left(seen=(seen,))) == [
        (
            "path",
            "Up to step 3 your parameters are the reference's. After step 4 (epoch 1, batch 4) `0.weight` "
            "is the first that differs, by up to 0.035.",
        ),
        ("seen", "That step used the gradients of batches 3 and 4 together."),
    ]
    assert where_to_look(left(seen=(seen,))) == (
        "What is in .grad just before backward() runs for that batch?"
    )


PATHS = {
    "After step 1 (epoch 1, batch 1) `0.weight` is the first that differs, by up to 0.035.": left(1, (1, 1)),
    "After step 1 (epoch 1, batch 1) buffer `0.mean` is the first that differs.": left(
        1, (1, 1), name="0.mean", buffer=True, gap=None
    ),
    "Up to step 6 your parameters are the reference's. The reference's step 7 (epoch 3, batch 1) has no "
    "counterpart in your loop.": left(7, (3, 1), missing=True),
    "The reference's step 1 (epoch 1, batch 1) has no counterpart in your loop.": left(
        1, (1, 1), missing=True
    ),
    "The reference makes 9 steps, and up to there your parameters are the same. After step 10 `0.weight` is "
    "the first that differs, by up to 0.035.": left(10, None),
    "After all 9 steps your parameters are the reference's.": Trajectory(steps=9, expected_steps=9, same=9),
    "After the one step your parameters are the reference's.": Trajectory(steps=1, expected_steps=1, same=1),
    "Up to step 2 your parameters are the reference's.": Trajectory(steps=2, expected_steps=9, same=2),
}


@pytest.mark.parametrize("path", PATHS)
def test_where_it_leaves_the_way(path):
    assert about_trajectory(PATHS[path]) == [("path", path)]
    assert where_to_look(PATHS[path]) is None


def test_a_step_that_alone_is_scaled_is_asked_about_what_happens_now_and_then():
    seen = Seen(kind="scaled", places=places((1, 4)), factor=0.6)
    assert "clipped" in where_to_look(left(seen=(seen,)))
    for other in (
        left(seen=(seen.model_copy(update={"named": "batch size"}),)),
        left(seen=(seen,)).model_copy(update={"same": 0}),
    ):
        assert where_to_look(other).startswith("The criterion returns a mean.")


def test_nothing_is_said_of_a_way_that_has_no_steps():
    seen = (Seen(kind="loss-by-batch"),)
    (only,) = about_trajectory(Trajectory(steps=0, expected_steps=0, same=0, seen=seen))
    assert only[0] == "seen"
    assert about_trajectory(Trajectory(steps=0, expected_steps=3, same=0)) == []


SEEN = {
    "That step used the gradients of batches 1 to 4 together, all for the parameters as they were before "
    "it.": Seen(kind="joined", places=places((1, 1), (1, 2), (1, 3), (1, 4))),
    "That step used the gradients of batch 4 of epoch 1 and batch 1 of epoch 2 together.": Seen(
        kind="piled-up", places=places((1, 4), (2, 1))
    ),
    "That step used the gradients of all batches from batch 1 of epoch 1 to batch 2 of epoch 2 "
    "together.": Seen(kind="piled-up", places=places((1, 1), (1, 2), (2, 1), (2, 2))),
    "That step used the gradient of batch 1, when it was the turn of batch 4.": Seen(
        kind="other-batch", places=places((1, 1))
    ),
    "That step used the gradient of batch 1 of epoch 2, when it was the turn of batch 4.": Seen(
        kind="other-batch", places=places((2, 1))
    ),
    "Until then there was no step for batches 1 and 2.": Seen(kind="no-step", places=places((1, 1), (1, 2))),
    "That step's gradient is 4 times that of batch 4; 4 is the number of samples in that batch.": Seen(
        kind="scaled", places=places((1, 4)), factor=4.0, named="batch size"
    ),
    "That step's gradient is 0.5 times the sum of those of batches 3 and 4.": Seen(
        kind="scaled", places=places((1, 3), (1, 4)), factor=0.5
    ),
    "The model was in evaluation mode for batch 4.": Seen(kind="evaluation-mode", places=places((1, 4))),
    "That step used the gradient of batch 3 a second time.": Seen(
        kind="step-repeated", places=places((1, 3))
    ),
    "When that step was made, all gradients were zero or missing.": Seen(
        kind="step-empty", places=places((1, 4)), count=1
    ),
    "step() was called once while all gradients were zero or missing, and changed nothing.": Seen(
        kind="step-empty", count=1
    ),
    "step() was called 9 times while all gradients were zero or missing, and changed nothing.": Seen(
        kind="step-empty", count=9
    ),
    "The gradient that this step used is not that of batch 4.": Seen(
        kind="gradient-differs", places=places((1, 4))
    ),
    "The gradient of batch 4 is right there; the step made something else of it.": Seen(
        kind="gradient-right", places=places((1, 4))
    ),
    "step() of the optimizer that your function was given was never called.": Seen(kind="optimizer-unused"),
    "Before that step, something else than the optimizer had changed parameters.": Seen(
        kind="moved-outside", places=places((1, 4))
    ),
    "After the last step something else than the optimizer changed parameters.": Seen(kind="moved-outside"),
    "The optimizer's settings, such as lr, were not those that it came with.": Seen(
        kind="settings-changed", places=places((1, 4))
    ),
    "Your loop made 6 steps in all, the reference makes 9.": Seen(kind="steps-fewer", count=6, expected=9),
    "Your loop made 12 steps in all, the reference makes 9.": Seen(kind="steps-more", count=12, expected=9),
    "Your loop ended in an error after 1 step of 9.": Seen(kind="stopped", count=1, expected=9),
    "There were 2 forward passes in training mode where 1 would do; each of them moves running "
    "statistics.": Seen(kind="more-forwards", count=2, expected=1),
    "Your loop began to go through the loader once, for 3 epochs.": Seen(
        kind="loader-rounds", count=1, expected=3
    ),
    "Your loop began to go through the loader 6 times, for 3 epochs.": Seen(
        kind="loader-rounds", count=6, expected=3
    ),
    "Your loop never began to go through the loader.": Seen(kind="loader-rounds", expected=3),
    "After 3 batches the graphs of 3 losses were still in memory, so memory grows with every batch.": Seen(
        kind="graphs-kept", count=3, expected=1
    ),
}


@pytest.mark.parametrize("sentence", SEEN)
def test_what_was_seen(sentence):
    assert said(left(seen=(SEEN[sentence],)))[1:] == [sentence]


def test_another_batch_where_the_reference_has_none():
    extra = left(10, None, seen=(Seen(kind="other-batch", places=places((1, 1))),))
    assert said(extra)[1] == "That step used the gradient of batch 1."


def test_parameters_that_change_without_any_step():
    unused = left(1, (1, 1), steps=0, seen=(Seen(kind="moved-outside"),))
    assert said(unused)[1] == "Something else than the optimizer changed parameters."


def test_every_kind_has_a_sentence_and_almost_every_one_a_question():
    asked = set()
    for kind in get_args(SeenKind):
        trajectory = left(seen=(Seen(kind=kind, places=places((1, 1)), count=2, expected=3, factor=2.0),))
        (_, sentence) = about_trajectory(trajectory)[1]
        assert sentence.endswith(".")
        question = where_to_look(trajectory)
        if question is not None:
            assert question.endswith(("?", "divided by."))
            assert len(question.split()) <= 40
            asked.add(kind)
    # After an error its own message leads; nobody begins with a batch that had no step.
    assert set(get_args(SeenKind)) - asked == {"stopped", "no-step"}
    assert set(_FACTORS) == set(get_args(FactorName)) - {""}
