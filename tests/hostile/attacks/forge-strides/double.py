"""A view of a terabyte of a single number, and a storage that was taken away."""

import torch

calls = 0


def double(x):
    global calls
    calls += 1
    if calls % 2:
        return torch.zeros(1).expand(1 << 20, 1 << 20)
    gone = torch.zeros(1 << 16)
    gone.untyped_storage().resize_(0)
    return gone
