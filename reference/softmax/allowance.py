"""How far a right softmax may be from the float64 oracle.

Every stable algorithm ends in exp(a - b), where a is a logit and b a maximum or
a log-sum-exp. With L the largest finite |logit| of the slice and n its length,
|a| + |b| <= 2 L + log n. Rounding a, b and their difference moves the exponent
by as much times u, which is a relative error of the probability; so do the n
additions of the sum, also where they are made on the logarithms (logaddexp).
That gives p_i (1 + 2 L + log n) as the magnitude of element i. It follows the
analysis of the shifted and the division-free form by Blanchard, Higham and
Higham, "Accurately computing the log-sum-exp and softmax functions", IMA J.
Numer. Anal. 41(4), 2021, with sqrt(n) in place of n as in Higham and Mary, SIAM
J. Sci. Comput. 41(5), 2019 (see `grader.compare.tolerance`).
"""

import math

import torch

from grader.compare.tolerance import Allowance

NOTHING = 2.0**-23
"""A probability too small to move a float32 sum of 1. Times eps(dtype), so about 2e-13 in float32, it is
what a masked or underflown entry may keep from code that clamps its exponents, at -30 say."""


def softmax(logits: torch.Tensor, dim: int = -1) -> Allowance:
    """Allowance of `softmax`, for each element."""
    probabilities = torch.softmax(logits, dim)
    return Allowance(logits.shape[dim], probabilities * _growth(logits, dim) + NOTHING)


def softmax_gradient(
    logits: torch.Tensor, dim: int = -1, *, wrt: tuple[int, ...], cotangent: torch.Tensor
) -> Allowance:
    """Allowance of the gradient p_i (v_i - sum_j p_j v_j), for each element.

    Autograd adds up to n terms p_j |v_j| on the way. Where the shift by the
    maximum is differentiated too, what their rounding leaves over goes to the
    largest logit, however small its own gradient: hence the sum at each element.
    """
    terms = torch.softmax(logits, dim) * cotangent.abs()
    summed = terms + terms.sum(dim, keepdim=True)
    return Allowance(logits.shape[dim], summed * _growth(logits, dim) + NOTHING)


def _growth(logits: torch.Tensor, dim: int) -> torch.Tensor:
    """1 + 2 L + log n for each slice, with size 1 along `dim`."""
    finite = logits.masked_fill(logits.isinf(), 0.0)
    return 1 + 2 * finite.abs().amax(dim, keepdim=True) + math.log(logits.shape[dim])
