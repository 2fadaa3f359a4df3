import torch


def softmax(logits, dim=-1):
    z = logits - logits.max(dim, keepdim=True)[0]
    return z.exp() / z.exp().sum(dim, keepdim=True)
