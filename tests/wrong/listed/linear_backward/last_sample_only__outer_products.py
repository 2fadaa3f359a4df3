import torch


class LinearLayer:
    def __init__(self, x, weight):
        self.x = x
        self.weight = weight

    def backward(self, dy):
        dx_rows = []
        for sample, g in zip(self.x, dy, strict=True):
            dx_rows.append((g[:, None] * self.weight).sum(dim=0))
            self.dW = torch.outer(g, sample)
            self.db = g.clone()
        return torch.stack(dx_rows), self.dW, self.db


def linear_backward(x, weight, grad_output):
    layer = LinearLayer(x, weight)
    return layer.backward(grad_output)
