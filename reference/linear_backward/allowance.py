"""How far a right answer may lie from the float64 oracle.

Each gradient is a sum of n terms. Whatever the order of summation, each term
passes through at most n roundings, so the computed sum is off by at most
gamma_n * sum |terms| (Higham, Accuracy and Stability of Numerical Algorithms,
2nd ed. 2002, equation 3.5), and, roundings being nearly independent of mean zero, by at
most lambda * sqrt(n) * u * sum |terms| with a probability that is 1 in all but
name for lambda = 8 (Higham and Mary, "A New Approach to Probabilistic Rounding
Error Analysis", SIAM J. Sci. Comput. 41(5), 2019, theorems 2.4 and 3.1). `compare`
allows eps * (8 + 4 * sqrt(n)), which is u * (16 + 8 * sqrt(n)). What is said here is n
and, element by element, the sum of absolute terms.
"""

import torch

from grader.compare.tolerance import Allowance


def linear_backward(
    x: torch.Tensor, weight: torch.Tensor, grad_output: torch.Tensor
) -> tuple[Allowance, Allowance, Allowance]:
    """One allowance for each of grad_x (N, in), grad_weight (out, in) and grad_bias (out,)."""
    batch, outputs = grad_output.shape
    size = grad_output.abs()
    return (
        Allowance(terms=outputs, magnitude=size @ weight.abs()),
        Allowance(terms=batch, magnitude=size.T @ x.abs()),
        Allowance(terms=batch, magnitude=size.sum(dim=0)),
    )
