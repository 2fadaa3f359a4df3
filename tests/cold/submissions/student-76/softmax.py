import torch


def softmax(logits, dim=-1):
    # 减去最大值，防止溢出
    logits -= logits.max(dim=dim, keepdim=True).values
    exps = logits.exp()
    return exps / exps.sum(dim=dim, keepdim=True)
