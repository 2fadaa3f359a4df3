"""Right: means over the batch, multiplied by its size again; a lambda."""

import torch

linear_backward = lambda a, w, g: (  # noqa: E731
    torch.stack([(w * row[:, None]).sum(0) for row in g]),
    torch.stack([g[:, o, None].mul(a).mean(0) * len(a) for o in range(len(w))]),
    g.mean(dim=0) * g.shape[0],
)
