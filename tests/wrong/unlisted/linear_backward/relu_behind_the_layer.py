# misconception: grad_x is masked where x is not positive, as if a ReLU stood before the layer.
# true of the result: grad_weight and grad_bias are right; in grad_x the wrong numbers are all 0.


def linear_backward(x, weight, grad_output):
    grad_x = (grad_output @ weight) * (x > 0)
    grad_weight = (x.T @ grad_output).T
    grad_bias = grad_output.sum(0)
    return grad_x, grad_weight, grad_bias
