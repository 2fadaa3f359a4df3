"""Null: the right numbers, with a dimension too many."""


def softmax(logits, dim=-1):
    """Each number is right, the shape is not."""
    weights = (logits - logits.amax(dim, keepdim=True)).exp()
    return (weights / weights.sum(dim, keepdim=True)).unsqueeze(0)
