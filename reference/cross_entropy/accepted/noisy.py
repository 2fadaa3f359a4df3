"""Right, and loud: prints, warnings, stderr on every call; self-tests that use the built-ins."""

import sys
import warnings

import torch
import torch.nn.functional as F


def cross_entropy(x, y, verbose=True):
    """Unlike F.cross_entropy, it says what it does."""
    if verbose:
        print("loss of", tuple(x.shape), "and", tuple(y.shape))
        warnings.warn("this loss is my own", UserWarning, stacklevel=2)
    log_p = x - torch.logsumexp(x, 1, True)
    return -log_p[range(len(y)), y].mean()


def cross_entropy_grad(x, y, verbose=True):
    """No loss.backward() here."""
    if verbose:
        print("gradient of", tuple(x.shape), "and", tuple(y.shape), file=sys.stderr)
        warnings.warn("this gradient is my own", UserWarning, stacklevel=2)
    p = torch.exp(x - torch.logsumexp(x, 1, True))
    for i, label in enumerate(y):
        p[i, label] = p[i, label] - 1.0
    return p.div(len(y))


logits = torch.tensor([[1.0, 2.0, 3.0], [0.5, 0.0, -2.0]], requires_grad=True)
labels = torch.tensor([2, 0])
loss = F.cross_entropy(logits, labels)
loss.backward()
assert torch.allclose(cross_entropy(logits, labels, verbose=False), loss)
assert torch.allclose(cross_entropy_grad(logits.detach(), labels, verbose=False), logits.grad)

if __name__ == "__main__":
    loss = torch.nn.CrossEntropyLoss()(logits, labels)
    assert torch.allclose(cross_entropy(logits, labels), loss)
    print("all good", float(loss))
