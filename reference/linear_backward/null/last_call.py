"""Says nothing: the right answer to the call before, in the shapes of this one."""

import torch

before = [torch.zeros(1)] * 3


def linear_backward(x, weight, grad_output):
    """Numbers that look right and are of another call."""
    global before
    right = [grad_output @ weight, grad_output.T @ x, grad_output.sum(0)]
    stale = [_reshaped(old, part) for old, part in zip(before, right, strict=True)]
    before = right
    return tuple(stale)


def _reshaped(old, part):
    repeats = 1 + part.numel() // old.numel()
    return old.flatten().repeat(repeats)[: part.numel()].view(part.shape).to(part.dtype)
