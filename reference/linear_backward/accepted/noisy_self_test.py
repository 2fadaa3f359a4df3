"""Right: prints and warns on every call, and tests itself against autograd when it is loaded."""

import warnings

import torch
import torch.nn.functional as F


def linear_backward(x, weight, grad_output, verbose=True):
    """A student who debugs with print."""
    if verbose:
        print("x", x.shape, "weight", weight.shape, "grad_output", grad_output)
        warnings.warn("still debugging", stacklevel=2)
    grad_x = torch.addmm(torch.zeros_like(x), grad_output, weight)
    grad_weight = torch.tensordot(grad_output, x, dims=([0], [0]))
    return grad_x, grad_weight, torch.cumsum(grad_output, dim=0)[-1]


x = torch.randn(3, 4, requires_grad=True)
weight, bias = torch.randn(2, 4, requires_grad=True), torch.randn(2, requires_grad=True)
y = F.linear(x, weight, bias)
y.backward(torch.ones_like(y))
with torch.no_grad():
    assert torch.allclose(linear_backward(x, weight, torch.ones(3, 2))[1], weight.grad, atol=1e-5)

if __name__ == "__main__":
    print("all good")
