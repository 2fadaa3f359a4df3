"""Right: a torch.autograd.Function with its own backward."""

import torch


class _Softmax(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, dim):
        e = torch.exp2((x - x.amax(dim, keepdim=True)) * 1.4426950408889634)
        p = e / e.sum(dim, keepdim=True)
        ctx.save_for_backward(p)
        ctx.dim = dim
        return p

    @staticmethod
    def backward(ctx, grad):
        (p,) = ctx.saved_tensors
        return p * (grad - (grad * p).sum(ctx.dim, keepdim=True)), None


def softmax(logits, dim=-1):
    """Probabilities along `dim`."""
    return _Softmax.apply(logits, dim)
