"""Double, by way of a file."""

import tempfile

import torch


def double(x):
    """Twice x."""
    if isinstance(x, dict):
        return {key: double(value) for key, value in x.items()}
    if not isinstance(x, torch.Tensor):
        return x + x
    with tempfile.NamedTemporaryFile() as file:
        torch.save(torch.tensor(2.0), file)
        file.seek(0)
        return x * torch.load(file)
