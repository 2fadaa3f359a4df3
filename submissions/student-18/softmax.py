import torch


def softmax(logits, dim=-1):
    m = logits.max(dim=dim, keepdim=True).values
    e = torch.exp((logits - m)
    return e / e.sum(dim=dim, keepdim=True)
