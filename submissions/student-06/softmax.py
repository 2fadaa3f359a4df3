import torch

def softmax(logits, dim = -1):
    c = logits.max(dim = dim, keepdim = True)[0]
    numer = torch.exp(logits - c)
    return numer / numer.sum(dim = dim, keepdim = True)
