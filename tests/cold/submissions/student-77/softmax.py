import torch

device = torch.device("cuda")

def softmax(logits, dim=-1):
    logits = logits.to(device)
    exp = torch.exp(logits - torch.max(logits, dim=dim, keepdim=True)[0])
    return exp / exp.sum(dim=dim, keepdim=True)
