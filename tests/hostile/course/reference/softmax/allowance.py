"""How far a right softmax may be from the oracle."""

from grader.compare.tolerance import Allowance


def softmax(logits):
    """An allowance on the scale of the logits, which is where the rounding happens."""
    return Allowance(logits.shape[-1], 1.0 + logits.abs().amax(dim=-1, keepdim=True).expand_as(logits))
