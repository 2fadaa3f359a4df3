def linear_backward(x, w, g):
    return g @ w, x.T @ g, g.mean(0)
