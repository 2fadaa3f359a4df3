import torch


def softmax_of_vector(v):
    m = v.max()
    e = torch.exp(v - m)
    return e / e.sum()


def softmax(logits, dim=-1):
    # everything is a bunch of rows in the end
    n = logits.shape[-1]
    rows = logits.reshape(-1, n)
    result = []
    for i in range(rows.shape[0]):
        result.append(softmax_of_vector(rows[i]))
    return torch.stack(result).reshape(logits.shape)
