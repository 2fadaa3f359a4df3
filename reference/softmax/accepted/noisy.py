"""Right, and loud: prints, warnings, stderr on every call; self-tests that use the built-in."""

import sys
import warnings

import torch
import torch.nn.functional as F


def softmax(x, dim=-1, verbose=True):
    """Probabilities along `dim`. Unlike F.softmax, it says what it does."""
    if verbose:
        print("softmax of", tuple(x.shape), "along", dim)
        print("working", file=sys.stderr)
        warnings.warn("this softmax is my own", UserWarning, stacklevel=2)
    highest, _ = torch.max(x, dim=dim, keepdim=True)
    e = torch.exp(x - highest.expand_as(x))
    return e.div(e.sum(dim=dim, keepdim=True))


sample = torch.tensor([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])
assert torch.allclose(softmax(sample, verbose=False), F.softmax(sample, dim=-1))

if __name__ == "__main__":
    x = torch.randn(3, 4)
    assert torch.allclose(softmax(x, dim=0), torch.softmax(x, dim=0))
    print("all good")
