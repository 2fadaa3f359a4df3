# misconception: the exponentials are divided by their Euclidean length, not by their sum.
# true of the result: each slice is right up to a factor of its own (its squares add up to 1).
import torch


def softmax(logits, dim=-1):
    e = torch.exp(logits - logits.amax(dim=dim, keepdim=True))
    length = torch.sqrt((e**2).sum(dim=dim, keepdim=True))
    return e / length
