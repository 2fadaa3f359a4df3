import sys
import warnings

import torch

DEBUG = True


def log(*args):
    if DEBUG:
        print("[softmax]", *args)


def softmax(logits, dim=-1):
    warnings.warn("softmax called", UserWarning)
    log("shape", tuple(logits.shape), "dim", dim)
    m = logits.max(dim=dim, keepdim=True).values
    log("max", m.flatten()[:3].tolist())
    e = (logits - m).exp()
    s = e.sum(dim=dim, keepdim=True)
    print("sum", s.flatten()[:3].tolist(), file=sys.stderr)
    return e / s


# quick check that the rows sum to 1
DEBUG = False
for i in range(10000):
    total = sum(x / 45 for x in range(10))
    print(f"check {i:5d}: {total:.6f}")
DEBUG = True
