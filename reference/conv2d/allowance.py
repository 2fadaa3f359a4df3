"""How far a right answer may lie from the float64 oracle.

A loop or a matrix product sums n = C_in * kH * kW terms x * w for each output,
in some order, and is off by at most lambda * sqrt(n) * u * sum |x w| with a
probability that is 1 in all but name for lambda = 8 (Higham and Mary, "A New
Approach to Probabilistic Rounding Error Analysis", SIAM J. Sci. Comput. 41(5),
2019, theorem 3.1). `compare` allows eps * (8 + 4 * sqrt(n)), which is u * (16 + 8 * sqrt(n)).

An FFT is a right answer too, but its rounding errors spread over the whole
image: each transform of M points is off by at most a small multiple of
log2(M) * u of its 2-norm (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed. 2002,
theorem 24.2), so that an output is off by about log2(M) * u * sum_c |x_c|_2 |w_c|_2,
channel by channel, even where the image is black. By Cauchy and Schwarz that
product of norms is never below sum |x w|, so it is the magnitude for every algorithm.
For images of a few hundred pixels of one scale it is a small multiple of sum |x w|.
"""

from collections.abc import Sequence

import torch

from grader.compare.tolerance import Allowance


def conv2d(
    x: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor | None = None,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> Allowance:
    """The allowance of the output, (N, C_out, 1, 1): the same for all positions of an image."""
    magnitude = _norms(x) @ _norms(weight).T
    if bias is not None:
        magnitude = magnitude + bias.abs()
    return Allowance(terms=weight[0].numel(), magnitude=magnitude[:, :, None, None])


def conv2d_gradient(
    x: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor | None = None,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    *,
    wrt: Sequence[int] = (0,),
    cotangent: torch.Tensor,
) -> tuple[Allowance, ...]:
    """One allowance for each gradient in `wrt`: 0 for x, 1 for weight, 2 for bias.

    Going back, an element of x meets C_out * kH * kW terms cotangent * w, an
    element of weight meets N * outH * outW terms cotangent * x, and bias[o] is
    the plain sum of the cotangent over everything but o.
    """
    positions = cotangent[:, 0].numel()
    size = _norms(cotangent)
    allowances = (
        Allowance(terms=weight[:, 0].numel(), magnitude=(size @ _norms(weight))[:, :, None, None]),
        Allowance(terms=positions, magnitude=(size.T @ _norms(x))[:, :, None, None]),
        Allowance(terms=positions, magnitude=cotangent.abs().sum(dim=(0, 2, 3))),
    )
    return tuple(allowances[position] for position in wrt)


def _norms(images: torch.Tensor) -> torch.Tensor:
    """2-norms over the last two axes: (A, B, H, W) to (A, B)."""
    return torch.linalg.vector_norm(images, dim=(2, 3))
