import torch


def softmax_zeile(zeile):
    zeile = torch.exp(zeile)
    return zeile / zeile.sum()


def cross_entropy(logits, targets):
    verlust = 0
    for i in range(len(logits)):
        # log-sum-exp mit Maximum, siehe Skript
        m = logits[i].max()
        lse = torch.log(torch.sum(torch.exp(logits[i] - m))) + m
        verlust = verlust + lse - logits[i][targets[i]]
    return verlust / len(logits)


def cross_entropy_grad(logits, targets):
    N = len(logits)
    grad = torch.zeros_like(logits)
    for i in range(N):
        p = softmax_zeile(logits[i])
        p[targets[i]] = p[targets[i]] - 1
        grad[i] = p / N
    return grad
