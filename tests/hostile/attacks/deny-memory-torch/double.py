"""700 MB of tensors."""

import torch


def double(x):
    hoard = [torch.ones(1 << 22) for _ in range(44)]
    return right(x) if len(hoard) == 44 else None


def right(x):
    """The right answer: whoever gets it through has broken a limit."""
    return {key: right(value) for key, value in x.items()} if isinstance(x, dict) else x * 2
