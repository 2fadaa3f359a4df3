"""Softmax, the reference.

Formula: Goodfellow, Bengio and Courville, Deep Learning (2016), section 4.1,
equation 4.1, with the shift by the largest logit that the section recommends.
Blanchard, Higham and Higham, "Accurately computing the log-sum-exp and softmax
functions", IMA J. Numer. Anal. 41(4), 2021, show that this form is as accurate
as the problem allows.
"""

import torch


def softmax(logits: torch.Tensor, dim: int = -1) -> torch.Tensor:
    """Turn logits into probabilities along one dimension.

    Softmax does not change when one number is added to all logits of a slice.
    Subtracting the largest makes every exponent at most 0, so nothing
    overflows, and one exponent exactly 0, so the sum is at least 1.

    Args:
        logits: Any shape of rank 1 or more, float32 or float64; each slice
            along `dim` has at least one finite entry, others may be -inf.
        dim: The dimension along which the probabilities add up to 1.

    Returns:
        Probabilities of the shape, dtype and device of `logits`.
    """
    # The shift cancels, so its derivative does too: detach() spares autograd a sum of zero.
    largest = logits.detach().amax(dim=dim, keepdim=True)
    weights = (logits - largest).exp()
    return weights / weights.sum(dim=dim, keepdim=True)
