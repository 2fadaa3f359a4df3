import torch


def softmax(logits, dim=-1):
    """
    softmax(z)_i = exp(z_i) / sum_j exp(z_j)
    """
    exps = torch.exp(logits)
    return exps / torch.sum(exps, dim=dim, keepdim=True)
