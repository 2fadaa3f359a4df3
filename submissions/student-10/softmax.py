import torch


def softmax(logits, dim=-1):
    # numerically stable version (slide 14)
    maximum = torch.amax(logits, dim, keepdim=True)
    exponentials = torch.exp(logits - maximum)
    return exponentials / torch.sum(exponentials, dim, keepdim=True)
