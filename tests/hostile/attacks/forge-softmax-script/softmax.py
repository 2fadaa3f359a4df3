"""Scripts are not Python."""

import torch


@torch.jit.script
def hidden(x: torch.Tensor) -> torch.Tensor:
    return torch.softmax(x, -1)


def softmax(logits):
    return hidden(logits)
