from torch import Tensor


def softmax(logits: Tensor, dim: int = -1) -> Tensor:
    """Numerically stable softmax."""
    shifted: Tensor = logits - logits.amax(dim=dim, keepdim=True)
    exps: Tensor = shifted.exp()
    return exps.div(exps.sum(dim=dim, keepdim=True))
