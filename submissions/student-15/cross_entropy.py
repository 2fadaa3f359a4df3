import torch


def softmax(z):
    z = z - z.max(dim=1, keepdim=True).values
    return z.exp() / z.exp().sum(dim=1, keepdim=True)


def cross_entropy(logits, targets):
    z = logits - logits.max(dim=1, keepdim=True).values
    log_p = z - torch.log(torch.sum(torch.exp(z), dim=1, keepdim=True))
    return -torch.mean(torch.gather(log_p, 1, targets[:, None]))


def cross_entropy_grad(logits, targets):
    n, c = logits.shape
    onehot = torch.eye(c, dtype=logits.dtype, device=logits.device)[targets]
    return (softmax(logits) - onehot) / n
