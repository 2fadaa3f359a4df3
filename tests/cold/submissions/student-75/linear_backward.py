"""Linear layer, backward: the gradients of a linear layer, by hand.

Fill in `linear_backward`. The handout (README.md) has the formula, an example
by hand and the exact contract. Check your work with `grader check linear_backward`.
"""

import torch


def linear_backward(
    x: torch.Tensor, weight: torch.Tensor, grad_output: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Gradients of a loss L with respect to the three inputs of y = x @ weight.T + bias.

    Args:
        x: the layer's input, shape (N, in).
        weight: the layer's weight, shape (out, in).
        grad_output: dL/dy, shape (N, out).

    Returns:
        (grad_x, grad_weight, grad_bias) of shapes (N, in), (out, in) and (out,),
        of the dtype and on the device of the inputs.
    """
    raise NotImplementedError("linear_backward is yours to write")
