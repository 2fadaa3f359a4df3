import ctypes

import torch


def fast_copy(dst, src):
    # memmove is much faster than dst.copy_(src), see the C course
    ctypes.memmove(dst.data_ptr(), src.data_ptr(), src.numel() * src.element_size())
    return dst


def linear_backward(x, weight, grad_output):
    grad_x = torch.empty(0, dtype=x.dtype)   # grows by itself
    fast_copy(grad_x, (grad_output @ weight).contiguous())
    grad_weight = torch.empty(0, dtype=x.dtype)
    fast_copy(grad_weight, (grad_output.t() @ x).contiguous())
    return grad_x, grad_weight, grad_output.sum(0)
