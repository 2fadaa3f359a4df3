import torch

# from the lecture: dout is the upstream gradient, cache = (x, w, b)
def linear_backward(dout, cache):
    x, w, b = cache
    dx = dout.mm(w)
    dw = dout.t().mm(x)
    db = dout.sum(dim=0)
    return dx, dw, db
