# misconception: the sign of the exponent is wrong, exp(min - x): small logits get the large probabilities.
# true of the result: it is the softmax of the negated logits; slices still add up to 1, so a right slice is
# one with all logits equal. Slices with a logit of -inf come out NaN.
import torch


def softmax(logits, dim=-1):
    low = logits.amin(dim=dim, keepdim=True)
    e = torch.exp(low - logits)
    return e / e.sum(dim=dim, keepdim=True)
