import torch


def softmax(logits, dim=-1):
    z = logits - logits.amax(dim, keepdim=True)
    return z.exp() / z.exp().sum(dim, keepdim=True)
