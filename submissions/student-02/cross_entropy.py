import torch

def row_probs(row):
    m = max(row.detach().tolist())
    e = [torch.exp(v - m) for v in row]
    s = e[0]
    for v in e[1:]:
        s = s + v
    return [v / s for v in e]

def cross_entropy(logits, targets):
    N, C = logits.shape
    total = 0
    for i in range(N):
        m = max(logits[i].detach().tolist())
        s = 0
        for j in range(C):
            s = s + torch.exp(logits[i, j] - m)
        # -log p = log(sum exp(z - m)) - (z_t - m)
        total = total + torch.log(s) - (logits[i, targets[i].item()] - m)
    return total / N

def cross_entropy_grad(logits, targets):
    N, C = logits.shape
    grad = torch.zeros_like(logits)
    for i in range(N):
        p = row_probs(logits[i])
        for j in range(C):
            onehot = 1 if j == targets[i].item() else 0
            grad[i, j] = (p[j] - onehot) / N
    return grad
