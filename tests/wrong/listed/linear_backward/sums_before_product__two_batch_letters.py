import torch


def linear_backward(inputs, W, upstream):
    d_inputs = torch.einsum("bo,of->bf", upstream, W)
    # sum over the batch: b and k are both left out on the right
    d_W = torch.einsum("bo,kf->of", upstream, inputs)
    d_b = torch.einsum("bo->o", upstream)
    return d_inputs, d_W, d_b
