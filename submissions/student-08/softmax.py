# HW1 softmax
import torch

def softmax(logits, dim = -1):
    top, _ = torch.max(logits, dim = dim, keepdim = True)
    num = torch.exp(logits - top)
    den = torch.sum(num, dim = dim, keepdim = True)
    out = num / den
    return out
