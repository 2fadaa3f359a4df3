# misconception: the probabilities are rounded to four places, as the handout prints them.
# true of the result: every number is the right one rounded to 4 decimals.
import torch


def softmax(logits, dim=-1):
    top = logits.amax(dim, keepdim=True)
    e = (logits - top).exp()
    p = e / e.sum(dim, keepdim=True)
    return torch.round(p, decimals=4)
