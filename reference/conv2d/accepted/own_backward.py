"""Right: a callable object around an autograd.Function whose backward is written by hand."""

import torch
import torch.nn.functional as F


class Correlate(torch.autograd.Function):
    """Columns and a matrix product forward; the same columns and F.fold back."""

    @staticmethod
    def forward(ctx, x, weight, bias, stride, padding):
        """(N, C_in, H, W) and (C_out, C_in, kH, kW) to (N, C_out, positions)."""
        columns = F.unfold(x, weight.shape[2:], stride=stride, padding=padding)
        ctx.save_for_backward(columns, weight)
        ctx.geometry = x.shape[2:], stride, padding
        return weight.flatten(1) @ columns + (0 if bias is None else bias[:, None])

    @staticmethod
    def backward(ctx, grad):
        """The product rule, and F.fold as the transpose of F.unfold."""
        columns, weight = ctx.saved_tensors
        size, stride, padding = ctx.geometry
        grad_x = F.fold(weight.flatten(1).T @ grad, size, weight.shape[2:], stride=stride, padding=padding)
        grad_weight = (grad @ columns.transpose(1, 2)).sum(0).view_as(weight)
        grad_bias = grad.sum(dim=(0, 2)) if ctx.needs_input_grad[2] else None
        return grad_x, grad_weight, grad_bias, None, None


class Conv2d:
    """Called like a function; options arrive as keyword arguments."""

    def __call__(self, x, weight, bias=None, **options):
        """Check the size, correlate, give the image its shape."""
        stride, padding = (
            value if isinstance(value, tuple) else (value, value)
            for value in (options.get("stride", 1), options.get("padding", 0))
        )
        shape = [(x.shape[d] + 2 * padding[d - 2] - weight.shape[d]) // stride[d - 2] + 1 for d in (2, 3)]
        if min(shape) < 1:
            raise ValueError("kernel larger than the padded image")
        return Correlate.apply(x, weight, bias, stride, padding).unflatten(2, shape)


conv2d = Conv2d()
