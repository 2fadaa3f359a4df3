import torch
from torch import Tensor


def crossEntropy(logits: Tensor, targets: Tensor) -> Tensor:
    logProbs = logits - torch.logsumexp(logits, 1, True)
    rows = torch.arange(logits.size(0))
    return logProbs[rows, targets].mean().neg()


def crossEntropyGrad(logits: Tensor, targets: Tensor) -> Tensor:
    probs = torch.exp(logits - torch.logsumexp(logits, 1, True))
    rows = torch.arange(logits.size(0))
    probs[rows, targets] -= 1.0
    return probs / logits.size(0)
