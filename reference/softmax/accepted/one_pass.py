"""Right: the online algorithm, a running maximum and a running sum in one pass.

Milakov and Gimelshein, "Online normalizer calculation for softmax", 2018.
"""

import torch


def softmax(logits, dim=-1):
    """Probabilities along `dim`."""
    slices = logits.unbind(dim)
    highest, total = slices[0], torch.ones_like(slices[0])
    for x in slices[1:]:
        new = torch.maximum(highest, x)
        # -inf - (-inf) is NaN: nothing but masked positions so far.
        empty = new.isneginf()
        safe = new.masked_fill(empty, 0)
        total = total * (highest - safe).exp() + (x - safe).exp()
        highest = new
    return torch.stack([(x - highest).exp() / total for x in slices], dim=dim)
