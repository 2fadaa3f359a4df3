"""grad_x averages over the outputs."""


def linear_backward(x, weight, grad_output):
    """One product for each pair of sample and output, then reduce."""
    paths = grad_output[:, :, None] * weight[None, :, :]  # (N, out, in)
    grad_x = paths.mean(dim=1)
    grad_weight = (grad_output[:, :, None] * x[:, None, :]).sum(dim=0)
    return grad_x, grad_weight, grad_output.sum(dim=0)
