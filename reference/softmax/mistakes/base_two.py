"""Softmax."""


def softmax(logits, dim=-1):
    """Powers of the shifted scores, normalised."""
    powers = 2.0 ** (logits - logits.amax(dim=dim, keepdim=True))
    return powers / powers.sum(dim=dim, keepdim=True)
