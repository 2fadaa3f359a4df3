# misconception: the weight itself is added to grad_weight, as weight decay does.
# true of the result: grad_x and grad_bias are right; grad_weight has the argument weight added.


def linear_backward(x, weight, grad_output):
    grad_x = grad_output.matmul(weight)
    grad_weight = grad_output.t().matmul(x) + weight
    grad_bias = grad_output.sum(dim=0)
    return grad_x, grad_weight, grad_bias
