def linear_backward(x, weight, grad_output):
    db = grad_output.sum(dim=0)
    dW = grad_output.T @ x
    dx = grad_output @ weight
    return dx, db, dW
