import torch
from torch import Tensor


class LinearBackward:
    @staticmethod
    def linear_backward(x: Tensor, weight: Tensor, grad_output: Tensor):
        return grad_output @ weight, grad_output.T @ x, grad_output.sum(dim=0)
