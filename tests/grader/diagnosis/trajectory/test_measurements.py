"""The numbers that a loop returns where its steps are right, and what is seen of a measurement."""

import pytest

from tests.grader.diagnosis.trajectory.loops import NORMED, USUAL, measures, trains

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
