import torch
from torch import Tensor


def softmax(logits: Tensor, dim: int = -1) -> Tensor:
    if not isinstance(logits, Tensor):
        raise TypeError("logits must be a Tensor")
    if dim == -1:
        dim = logits.dim() - 1
    if dim < 0 or dim >= logits.dim():
        raise ValueError("dim out of range: " + str(dim))
    shifted: Tensor = logits - logits.amax(dim=dim, keepdim=True)
    exps: Tensor = torch.exp(shifted)
    return exps / exps.sum(dim=dim, keepdim=True)
