import math
import torch

# I know this is slow but it is exactly the formula from the lecture :)

def softmax(logits, dim=-1):
    moved = logits.movedim(dim, -1)
    rows = moved.reshape(-1, moved.shape[-1])
    result = []
    for row in rows:
        biggest = -math.inf
        for v in row:
            if v.item() > biggest:
                biggest = v.item()
        exps = []
        for v in row:
            exps.append(torch.exp(v - biggest))
        denom = 0
        for e in exps:
            denom = denom + e
        result.append(torch.stack([e / denom for e in exps]))
    return torch.stack(result).reshape(moved.shape).movedim(-1, dim)


if __name__ == "__main__":
    t = torch.tensor([[1.0, 2.0, 3.0]])
    print(softmax(t))
    print(torch.softmax(t, dim=-1))   # should be the same
