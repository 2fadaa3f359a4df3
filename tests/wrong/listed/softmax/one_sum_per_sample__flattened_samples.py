import torch


def softmax(logits, dim=-1):
    batch_size = len(logits)
    flat = logits.reshape(batch_size, -1)  # (N, everything else)
    shifted = flat - flat.max(1).values.unsqueeze(1)
    lse = torch.logsumexp(shifted, 1).unsqueeze(1)
    probabilities = torch.exp(shifted - lse)
    return probabilities.reshape(logits.shape)
