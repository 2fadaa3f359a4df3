# misconception: the gradient has a factor of 2, as the derivative of a square would.
# true of the result: every number of the gradient is 2 times too large; the loss is right.
import torch


def cross_entropy(logits, targets):
    rows = torch.arange(len(targets), device=logits.device)
    return (logits.logsumexp(1) - logits[rows, targets]).mean()


def cross_entropy_grad(logits, targets):
    p = torch.exp(logits - logits.logsumexp(1, keepdim=True))
    y = torch.zeros_like(p)
    y[torch.arange(len(targets), device=logits.device), targets] = 1
    return 2 * (p - y) / len(targets)
