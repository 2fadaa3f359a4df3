import torch


def log_softmax_by_hand(x):
    x = x - x.max(axis=0).values
    return x - torch.log(torch.sum(torch.exp(x), axis=0))


def cross_entropy(logits, targets):
    logp = log_softmax_by_hand(logits)
    losses = [-logp[n, t] for n, t in enumerate(targets)]
    return torch.stack(losses).mean()


def cross_entropy_grad(logits, targets):
    grad = log_softmax_by_hand(logits).exp()
    for n, t in enumerate(targets):
        grad[n, t] = grad[n, t] - 1.0
    return grad / logits.size(0)
