import torch


def softmax(logits, dim=-1):
    """Works on a list of slices: one tensor for each position along dim."""
    slices = logits.unbind(dim)
    top = slices[0]
    for s in slices[1:]:
        top = torch.maximum(top, s)
    exps = [(s - top).exp() for s in slices]
    total = sum(exps)
    # stack adds a dimension, squeeze gets rid of the ones I don't need
    return torch.stack([e / total for e in exps], dim).squeeze()
