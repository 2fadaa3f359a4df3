"""Right: one over the sum of exp(x_j - x_i), all pairs, exponents clamped against overflow."""


def softmax(logits, dim=-1):
    """Probabilities along `dim`."""
    moved = logits.movedim(dim, -1)
    shifted = (moved - moved.amax(-1, keepdim=True)).clamp(min=-80.0)
    gaps = shifted.unsqueeze(-2) - shifted.unsqueeze(-1)
    return (1 / gaps.exp().sum(-1)).masked_fill(moved.isneginf(), 0).movedim(-1, dim)
