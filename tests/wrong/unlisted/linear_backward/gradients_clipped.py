# misconception: all gradients are clipped to the range from -1 to 1, "so that they don't explode".
# true of the result: numbers of magnitude up to 1 are right; only those above 1 are wrong, and they are 1
# or -1.
import torch


def clip(g):
    return torch.clamp(g, -1.0, 1.0)


def linear_backward(x, weight, grad_output):
    gx = torch.einsum("no,oi->ni", grad_output, weight)
    gw = torch.einsum("no,ni->oi", grad_output, x)
    gb = torch.einsum("no->o", grad_output)
    return clip(gx), clip(gw), clip(gb)
