"""Where only a buffer leaves the reference's way, nothing is said of gradients and steps."""

import pytest

from tests.grader.diagnosis.trajectory.loops import NORMED, USUAL, trains

SHIFTED = "[b.add_(1) for name, b in model.named_buffers() if name.endswith('mean')]"


@pytest.mark.parametrize(
    ("body", "step"), [(f"{SHIFTED}; {USUAL['body']}", 1), (f"{USUAL['body']}; {SHIFTED}", 2)]
)
def test_a_buffer_that_something_else_changed_is_only_named(explained, body, step):
    found = explained(trains(body=body), layers=NORMED)
    assert (found.name, found.buffer, found.step) == ("0.running_mean", True, step)
    assert "gradient-right" not in [seen.kind for seen in found.seen]
