import torch


def softmax(logits, dim=-1):
    c = torch.max(logits, dim, keepdim=True)[0]
    return torch.exp(logits - c) / torch.sum(torch.exp(logits - c), dim, keepdim=True)
