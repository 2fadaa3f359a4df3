import torch

# H(q, p) = - somme_i q_i log p_i


def cross_entropy(logits, targets):
    N = logits.shape[0]
    m = logits.max(dim=1, keepdim=True).values
    logZ = m.squeeze(1) + torch.log10(torch.exp(logits - m).sum(dim=1))
    return (logZ - logits[torch.arange(N), targets]).mean()


def cross_entropy_grad(logits, targets):
    N, C = logits.shape
    m = logits.max(dim=1, keepdim=True).values
    e = torch.exp(logits - m)
    p = e / e.sum(dim=1, keepdim=True)
    delta = torch.eye(C, dtype=logits.dtype, device=logits.device)[targets]
    # dérivée de -log p_t : (p - delta), moyenne sur N
    return (p - delta) / N
