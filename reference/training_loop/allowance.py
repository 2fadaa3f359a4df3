"""How far a right answer of `evaluate` may be from the oracle.

Every sample's loss is a short chain of operations on outputs that are sums
themselves; the mean adds one sum over all samples. The bound follows Higham and
Mary, "A New Approach to Probabilistic Rounding Error Analysis", SIAM J. Sci.
Comput. 41(5), 2019: roundings of a sum of n terms stay below lambda * sqrt(n) *
u times the sum of their absolute values.

Both numbers are Python floats, but a right program may have added them up in
float32 whatever the model's dtype (`total = torch.zeros(())`, or
`(predicted == targets).float().mean()`), so float32 is what they are held to.
"""

from collections.abc import Callable, Iterable

import torch
from torch import nn

from grader.compare.tolerance import Allowance

LAYERS = 4
"""Sums in a row: two linear layers, the loss of a sample, the mean over samples."""


def evaluate(
    model: nn.Module,
    loader: Iterable[tuple[torch.Tensor, torch.Tensor]],
    criterion: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    device: str,
) -> tuple[Allowance, Allowance]:
    """The allowances of the mean loss and of the accuracy.

    A loss moves at most twice as much as the largest output (a cross-entropy's
    gradient has absolute values that sum to at most 2), so the largest output
    says how much rounding there is to pass on.
    """
    model.eval()
    largest, samples = 1.0, 0
    for inputs, targets in loader:
        largest = max(largest, float(model(inputs).abs().max()))
        samples += len(targets)
    loss = Allowance(terms=LAYERS**2 * samples, magnitude=2 * largest)
    accuracy = Allowance(terms=samples, magnitude=1.0)
    return loss, accuracy
