"""The terms of a worker."""

from grader.student.begun import Terms
from grader.student.conformance import SelfTestLimits
from grader.wire.caps import Caps


def test_a_large_answer_is_large_behind_its_head():
    """A head is a message without its tensors: a limit of 256 MiB is none for heads."""
    limits = SelfTestLimits(return_mb=256, return_items=7, return_depth=3)
    caps = Terms.of(limits, "cpu").caps
    assert caps == Caps(payload_bytes=256 << 20, items=7, depth=3)
    assert caps.head_bytes == Caps().head_bytes
