# misconception: the loss takes the probability of the predicted class (the largest), not of the right one.
# true of the result: the loss is too small, -log of the largest probability; right only if all predictions
# are right. The gradient function is right.
import torch


def cross_entropy(logits, targets):
    largest = logits.max(dim=1).values
    return (torch.logsumexp(logits, dim=1) - largest).mean()


def cross_entropy_grad(logits, targets):
    p = torch.exp(logits - torch.logsumexp(logits, dim=1, keepdim=True))
    p[torch.arange(p.shape[0], device=p.device), targets] -= 1
    return p / p.shape[0]
