import torch

# softmax stable : on retire le maximum (invariance par translation)


def softmax(logits, dim=-1):
    m, _ = torch.max(logits, dim=dim, keepdim=True)
    e = torch.exp(logits - m)
    if dim == -1 or dim == logits.dim() - 1:
        Z = torch.sum(e, dim=-1, keepdim=True)
    else:
        Z = torch.sum(e, dim=0, keepdim=True)
    return e / Z
