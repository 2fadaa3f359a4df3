"""grad_weight of each sample, not added up."""


def linear_backward(x, weight, grad_output):
    """Outer products with broadcasting."""
    grad_weight = grad_output.unsqueeze(2) * x.unsqueeze(1)  # outer product of each sample
    grad_bias = grad_output.sum(dim=0)
    grad_x = grad_output @ weight
    return grad_x, grad_weight, grad_bias
