def linear_backward(x, weight, grad_output):
    return (grad_output.mm(weight), grad_output.t().mm(x), grad_output.sum(0))
