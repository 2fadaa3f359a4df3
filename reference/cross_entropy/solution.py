"""Cross-entropy of logits and its gradient, the reference.

Formulas: Bishop, Pattern Recognition and Machine Learning (2006), section 4.3.4:
the error is equation 4.108, and the derivatives of softmax (4.106) turn its
gradient with respect to the activations into y - t, as in 4.109. Divided by N
here, since the loss is the mean over the batch. The log of the sum of
exponentials is shifted by the largest logit (Goodfellow, Bengio and Courville,
Deep Learning, 2016, section 4.1).
"""

import torch


def cross_entropy(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The mean over the batch of -log p[target], in nats.

    -log p[target] = log sum_j exp(x_j) - x_target, both taken relative to the
    row's largest logit: no exponential overflows, and no logarithm of 0 is met.

    Args:
        logits: (N, C), float32 or float64, finite.
        targets: (N,), int64, from 0 to C - 1.

    Returns:
        The loss, a tensor of shape (), differentiable.
    """
    shifted = _shifted(logits)
    log_total = shifted.exp().sum(dim=1).log()
    right = shifted.gather(1, targets.unsqueeze(1)).squeeze(1)
    return (log_total - right).mean()


def cross_entropy_grad(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The gradient of `cross_entropy` with respect to the logits: (softmax - onehot) / N.

    Args:
        logits: (N, C), float32 or float64, finite.
        targets: (N,), int64, from 0 to C - 1.

    Returns:
        The gradient, shape (N, C).
    """
    weights = _shifted(logits).exp()
    probabilities = weights / weights.sum(dim=1, keepdim=True)
    onehot = torch.zeros_like(logits).scatter(1, targets.unsqueeze(1), 1.0)
    return (probabilities - onehot) / len(logits)


def _shifted(logits: torch.Tensor) -> torch.Tensor:
    """The logits minus the largest of their row: at most 0, and 0 at least once."""
    # The shift cancels in both formulas, so its derivative does too: detach() keeps it out of the graph.
    return logits - logits.detach().amax(dim=1, keepdim=True)
