"""How far a right cross-entropy, or its gradient, may be from the float64 oracle.

With L the largest |logit| of a row and C classes, everything that a stable
algorithm rounds on its way to a log-probability (logits, a maximum, a
log-sum-exp, their differences) is at most 2 L + log C in size. An error of that
size times u is an absolute error of the row's loss, and a relative error of each
of its probabilities. Sums: C exponentials in each row, then N losses. Bounds of
the shifted log-sum-exp and softmax: Blanchard, Higham and Higham, "Accurately
computing the log-sum-exp and softmax functions", IMA J. Numer. Anal. 41(4),
2021; with the square root of the number of terms as in Higham and Mary, SIAM J.
Sci. Comput. 41(5), 2019 (see `grader.compare.tolerance`).
"""

import math

import torch

from grader.compare.tolerance import Allowance

NOTHING = 2.0**-23
"""A probability too small to move a float32 sum of 1: what an underflown entry may keep, times eps."""


def cross_entropy(logits: torch.Tensor, targets: torch.Tensor) -> Allowance:
    """Allowance of the loss: the mean of what each row may be off."""
    return Allowance(logits.shape[0] + logits.shape[1], float(_growth(logits).mean()))


def cross_entropy_gradient(
    logits: torch.Tensor, targets: torch.Tensor, *, wrt: tuple[int, ...], cotangent: torch.Tensor
) -> Allowance:
    """Allowance of the gradient that autograd brings back from the loss.

    As for `cross_entropy_grad`, with one term more at each element: where the
    shift by the maximum is differentiated too, what the rounding of a row's
    gradients (of absolute sum at most 2) leaves over goes to its largest logit.
    """
    probabilities = torch.softmax(logits, dim=1)
    size = cotangent.abs() / len(logits)
    return Allowance(logits.shape[1], size * (probabilities * _growth(logits) + 2))


def cross_entropy_grad(logits: torch.Tensor, targets: torch.Tensor) -> Allowance:
    """Allowance of (softmax - onehot) / N, for each element: two terms that may cancel."""
    probabilities = torch.softmax(logits, dim=1)
    onehot = torch.nn.functional.one_hot(targets, logits.shape[1])
    return Allowance(logits.shape[1], (probabilities * _growth(logits) + onehot + NOTHING) / len(logits))


def _growth(logits: torch.Tensor) -> torch.Tensor:
    """1 + 2 L + log C for each row, shape (N, 1)."""
    return 1 + 2 * logits.abs().amax(dim=1, keepdim=True) + math.log(logits.shape[1])
