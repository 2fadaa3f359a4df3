import torch

def softmax(logits, dim=-1):
    # exp estoura acima de 88, entao limitamos
    x = torch.clamp(logits, -80, 80)
    e = torch.exp(x)
    return e / e.sum(dim=dim, keepdim=True)
