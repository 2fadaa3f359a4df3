import torch
import torch.nn.functional as F  # only for the comparison below


def cross_entropy(logits, targets):
    # F.cross_entropy does the same (checked), but it isn't allowed here
    m = logits.max(dim=1, keepdim=True).values
    lse = m.squeeze(1) + torch.log(torch.exp(logits - m).sum(dim=1))
    return (lse - logits[torch.arange(len(logits)), targets]).mean()


def cross_entropy_grad(logits, targets):
    m = logits.max(dim=1, keepdim=True).values
    e = torch.exp(logits - m)
    p = e / e.sum(dim=1, keepdim=True)
    onehot = F.one_hot(targets, logits.shape[1]).to(logits.dtype)
    return (p - onehot) / len(logits)


if __name__ == "__main__":
    z = torch.randn(4, 3, requires_grad=True)
    t = torch.tensor([0, 2, 1, 1])
    F.cross_entropy(z, t).backward()
    print(cross_entropy(z, t), F.cross_entropy(z, t))
    print((cross_entropy_grad(z, t) - z.grad).abs().max())
