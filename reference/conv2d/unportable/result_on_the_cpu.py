"""Collects the products in a tensor that is made without a device."""

import torch


def _pair(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Cross-correlation of images with kernels."""
    (s_v, s_h), (p_v, p_h) = _pair(stride), _pair(padding)
    n, _, h, w = x.shape
    c_out, _, k_v, k_h = weight.shape
    if k_v > h + 2 * p_v or k_h > w + 2 * p_h:
        raise ValueError("the kernel is larger than the padded image")
    x = torch.nn.functional.pad(x, (p_h, p_h, p_v, p_v))
    out_v, out_h = (h + 2 * p_v - k_v) // s_v + 1, (w + 2 * p_h - k_h) // s_h + 1
    result = torch.zeros(n, c_out, out_v, out_h, dtype=x.dtype)
    for i in range(k_v):
        for j in range(k_h):
            seen = x[:, :, i : i + s_v * out_v : s_v, j : j + s_h * out_h : s_h]
            result = result + torch.einsum("nchw,oc->nohw", seen, weight[:, :, i, j])
    return result if bias is None else result + bias[:, None, None]
